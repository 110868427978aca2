//! Classes: statements, method resolution order, instances.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::statements::because;
use super::{Args, Eval, Frame, Interpreter};
use crate::python::object::{Class, Instance, Namespace, Object, Payload, Scope};
use crate::python::syntax::ast;
use crate::python::syntax::{Name, Ranged, TextRange};
use crate::python::value::Unknown;
use crate::source::Location;

/// What a class is made from.
pub struct ClassParts {
    /// Its name.
    pub name: Name,
    /// Its module.
    pub module: Arc<str>,
    /// Its qualified name.
    pub qualname: Arc<str>,
    /// Bases as given.
    pub bases: Vec<Object>,
    /// Its body's names.
    pub attrs: Namespace,
    /// The class's class.
    pub metaclass: Option<Rc<Class>>,
    /// Where it is written.
    pub at: Option<Location>,
}

impl Interpreter {
    /// `class`
    pub(crate) fn define_class(&mut self, frame: &mut Frame, def: &ast::StmtClassDef) -> Eval<()> {
        let generic = def.type_params.as_deref().map(|parameters| self.type_parameters(frame, parameters));
        let mut args = match &def.arguments {
            Some(arguments) => {
                let outer = generic.clone().map(|scope| std::mem::replace(&mut frame.scope, scope));
                let args = self.eval_arguments(frame, arguments);
                frame.scope = outer.unwrap_or_else(|| frame.scope.clone());
                args?
            }
            None => Args::none(),
        };
        let metaclass = args.take_keyword("metaclass");
        let mut bases = Vec::new();
        for base in std::mem::take(&mut args.positional) {
            bases.extend(self.resolve_base(base)?);
        }
        if let Some(why) = args.open.take() {
            bases.push(Object::Unknown(why));
        }
        if generic.is_some() {
            bases.push(self.import_path("typing.Generic")?);
        }
        let name = def.name.id.clone();
        let qualname: Arc<str> = match self.qualifier(frame) {
            Some(outer) => format!("{outer}.{name}").into(),
            None => name.as_str().into(),
        };
        let cell = Rc::new(RefCell::new(None));
        let parent = if frame.is_class { frame.scope.parent.clone() } else { Some(frame.scope.clone()) };
        let parent = if frame.at_module && frame.scope.parent.is_none() { None } else { parent };
        let parent = generic.or(parent);
        let scope = Scope::new(parent, Some(cell.clone()));
        {
            let mut vars = scope.vars.borrow_mut();
            vars.insert(Name::new_static("__module__"), Object::Str(frame.module.name.clone()));
            vars.insert(Name::new_static("__qualname__"), Object::Str(qualname.clone()));
            if let Some(doc) = docstring(&def.body) {
                self.charge(doc.len());
                vars.insert(Name::new_static("__doc__"), Object::str(doc));
            }
        }
        let mut body = Frame {
            scope: scope.clone(),
            module: frame.module.clone(),
            parsed: frame.parsed.clone(),
            at_module: false,
            is_class: true,
            guarded: 0,
            function: frame.function.clone(),
            first: None,
            maybe_returned: Vec::new(),
            yields: None,
            handling: None,
        };
        self.charge(2 * size_of::<Class>());
        self.run_body(&mut body, &def.body)?;
        let attrs = scope.vars.borrow().clone();
        let header = TextRange::new(
            def.name.start(),
            def.arguments.as_ref().map_or(def.name.end(), |a| a.range.end()),
        );
        let at = Some(frame.parsed.location(header));
        self.here = Some((frame.parsed.clone(), header));
        let metaclass = match self.metaclass_of(metaclass, &bases) {
            None => (self.extension.adopt)(self, &bases, &attrs).map(Object::Class),
            found => found,
        };
        let class = match &metaclass {
            Some(Object::Unknown(why)) => {
                let parts = ClassParts {
                    name: name.clone(),
                    module: frame.module.name.clone(),
                    qualname,
                    bases,
                    attrs,
                    metaclass: None,
                    at,
                };
                let class = self.make_class(parts)?;
                *class.open.borrow_mut() = Some(why.clone());
                Object::Class(class)
            }
            Some(Object::Class(metaclass)) => {
                self.call_metaclass(metaclass, &name, bases, attrs, args.keywords, at.clone())?
            }
            _ => {
                let parts = ClassParts {
                    name: name.clone(),
                    module: frame.module.name.clone(),
                    qualname,
                    bases,
                    attrs,
                    metaclass: None,
                    at,
                };
                let class = self.make_class(parts)?;
                self.finish_class(&class, args.keywords)?;
                Object::Class(class)
            }
        };
        if let Object::Class(class) = &class {
            *cell.borrow_mut() = Some(class.clone());
        }
        let mut value = class;
        for decorator in def.decorator_list.iter().rev() {
            let decorate = self.eval(frame, &decorator.expression)?;
            self.here = Some((frame.parsed.clone(), decorator.range));
            let decorated = self.call(&decorate, Args::of(vec![value.clone()]))?;
            // A decorator that is not known nearly always gives its class back.
            value = match (decorated, value) {
                (Object::Unknown(_), Object::Class(class)) => Object::Class(class),
                (decorated, _) => decorated,
            };
        }
        self.bind(frame, &name, Some(value));
        Ok(())
    }

    /// `__mro_entries__`: what stands for a base that is no class.
    fn resolve_base(&mut self, base: Object) -> Eval<Vec<Object>> {
        match &base {
            Object::Class(_) | Object::Unknown(_) => Ok(vec![base]),
            Object::Instance(_) => match self.find_attribute(&base, "__mro_entries__")? {
                Some(entries) => {
                    let entries = self.call(&entries, Args::of(vec![Object::tuple(vec![base.clone()])]))?;
                    self.items(&entries)
                }
                None => Ok(vec![self.unknown("a base that is no class")]),
            },
            other => {
                let reason = format!("a base that is a {}", other.type_name());
                Ok(vec![self.unknown(reason)])
            }
        }
    }

    /// The most derived metaclass; unknown if a base's is.
    fn metaclass_of(&self, given: Option<Object>, bases: &[Object]) -> Option<Object> {
        let mut best = match given {
            Some(Object::Class(class)) if class.has_path("builtins.type") || class.has_path("type") => None,
            Some(Object::Class(class)) => Some(class),
            Some(other) => return Some(other),
            None => None,
        };
        for base in bases {
            if let Object::Class(base) = base {
                for class in base.mro.borrow().iter() {
                    if let Some(theirs) = &class.metaclass
                        && best.as_ref().is_none_or(|best| theirs.is_subclass(best))
                    {
                        best = Some(theirs.clone());
                    }
                }
            }
        }
        best.map(Object::Class)
    }

    /// `metaclass(name, bases, attrs, **keywords)`
    pub fn call_metaclass(
        &mut self,
        metaclass: &Rc<Class>,
        name: &Name,
        bases: Vec<Object>,
        attrs: Namespace,
        keywords: Vec<(Name, Object)>,
        at: Option<Location>,
    ) -> Eval {
        let mut dict = crate::python::object::Dict::default();
        for (key, value) in attrs {
            dict.insert_str(&key, value);
        }
        let attrs = if metaclass.derives_from("enum.EnumType") {
            crate::python::builtins::enum_dict(self, name, dict)?
        } else {
            Object::from_dict(dict)
        };
        let positional = vec![Object::str(name.as_str()), Object::tuple(bases), attrs];
        let here = self.here.clone();
        let outer = std::mem::replace(&mut self.header, at.map(|at| (name.clone(), at)));
        let class = self.instantiate(metaclass, Args { positional, keywords, open: None });
        self.header = outer;
        self.here = here;
        class
    }

    /// `type.__new__`: the class itself, without `__init_subclass__` and `__set_name__`.
    ///
    /// # Errors
    /// None but limits; an inconsistent method resolution order is worked around.
    pub fn make_class(&mut self, parts: ClassParts) -> Eval<Rc<Class>> {
        self.tick()?;
        let mut open = None;
        let mut known: Vec<Rc<Class>> = Vec::new();
        for base in &parts.bases {
            match base {
                Object::Class(base) => {
                    known.push(base.clone());
                    open = open.or_else(|| base.open.borrow().clone());
                }
                Object::Unknown(why) => {
                    open = open.or_else(|| Some(because(why, "has a base that is not known")));
                }
                _ => {}
            }
        }
        if known.is_empty() {
            known.push(self.types.object.clone());
        }
        let ancestors = known.iter().map(|base| base.mro.borrow().len()).sum::<usize>();
        if ancestors > MOST_ANCESTORS {
            return Err(self.exhausted("derives from too many classes to evaluate"));
        }
        // Each ancestor is looked for in what each base derives from, once for each.
        self.toil(ancestors * ancestors * known.len() / 8)?;
        let class = Rc::new(Class {
            name: parts.name,
            module: parts.module,
            qualname: parts.qualname,
            bases: RefCell::new(parts.bases),
            mro: RefCell::default(),
            attrs: RefCell::new(parts.attrs),
            metaclass: parts.metaclass,
            open: RefCell::new(open),
            at: parts.at,
            native: false,
            elsewhere: false,
        });
        let mut mro = vec![class.clone()];
        mro.extend(linearize(&known));
        *class.mro.borrow_mut() = mro;
        Ok(class)
    }

    /// `__set_name__` of attributes and `__init_subclass__` of bases.
    pub fn finish_class(&mut self, class: &Rc<Class>, keywords: Vec<(Name, Object)>) -> Eval<()> {
        let attrs = class.attrs.borrow().clone();
        for (name, value) in attrs {
            if let Object::Instance(instance) = &value
                && let Some(set_name) = self.class_attribute_bound(instance, "__set_name__")?
            {
                self.call(
                    &set_name,
                    Args::of(vec![Object::Class(class.clone()), Object::str(name.as_str())]),
                )?;
            }
        }
        let inherited = class
            .mro
            .borrow()
            .iter()
            .skip(1)
            .find_map(|base| base.attrs.borrow().get("__init_subclass__").cloned());
        if let Some(hook) = inherited {
            let hook = match &hook {
                Object::Descriptor(descriptor) => match &**descriptor {
                    crate::python::object::Descriptor::ClassMethod(function) => function.clone(),
                    _ => hook.clone(),
                },
                _ => hook,
            };
            self.call(&hook, Args { positional: vec![Object::Class(class.clone())], keywords, open: None })?;
        }
        Ok(())
    }

    /// `class(*args)`
    pub(crate) fn instantiate(&mut self, class: &Rc<Class>, args: Args) -> Eval {
        if let Some(metaclass) = class.metaclass.clone()
            && let Some((call, owner)) = metaclass.lookup("__call__")
            && !owner.has_path("builtins.type")
        {
            return self.call(&call, args.with_first(Object::Class(class.clone())));
        }
        self.instantiate_plainly(class, args)
    }

    /// `type.__call__(class, *args)`: `__new__`, then `__init__`.
    pub(crate) fn instantiate_plainly(&mut self, class: &Rc<Class>, args: Args) -> Eval {
        // `type(x)` asks, it makes nothing.
        if let [object] = &args.positional[..]
            && args.keywords.is_empty()
            && Rc::ptr_eq(class, &self.types.type_)
        {
            return Ok(match object {
                Object::Unknown(_) => object.clone(),
                object => Object::Class(self.class_of(object)),
            });
        }
        let new = class.lookup("__new__");
        let instance = match new {
            Some((new, owner)) if !owner.has_path("builtins.object") => {
                let new = match &new {
                    Object::Descriptor(descriptor) => match &**descriptor {
                        crate::python::object::Descriptor::StaticMethod(function) => function.clone(),
                        _ => new.clone(),
                    },
                    _ => new,
                };
                let made = self.call(&new, args.clone().with_first(Object::Class(class.clone())))?;
                let ours = match &made {
                    Object::Instance(made) => made.class.borrow().is_subclass(class),
                    Object::Class(made) => {
                        made.metaclass.as_ref().is_some_and(|meta| meta.is_subclass(class))
                    }
                    _ => false,
                };
                if !ours {
                    return Ok(made);
                }
                made
            }
            _ => {
                if let Some(why) = class.open.borrow().clone()
                    && class.lookup("__init__").is_none_or(|(_, owner)| owner.has_path("builtins.object"))
                {
                    // Its constructor is not known; keep what was given, for those who can read it.
                    let instance = self.instance_with(class, Payload::Constructed(Rc::new(args)));
                    let _ = why;
                    return Ok(instance);
                }
                self.instance_of(class)
            }
        };
        let init = match &instance {
            Object::Instance(instance) => instance.class.borrow().lookup("__init__"),
            Object::Class(made) => made.metaclass.as_ref().and_then(|meta| meta.lookup("__init__")),
            _ => None,
        };
        if let Some((init, owner)) = init
            && !owner.has_path("builtins.object")
            && !owner.has_path("builtins.type")
        {
            if let (Object::Unknown(why), Object::Instance(made)) = (&init, &instance) {
                return Ok(self.unread_constructor(made, class, why));
            }
            self.call(&init, args.with_first(instance.clone()))?;
        }
        Ok(instance)
    }

    /// An instance whose `__init__` is not known: nothing is known of it but its class, and even that is
    /// of use only where the class is of a kind that the host knows.
    fn unread_constructor(&mut self, made: &Rc<Instance>, class: &Rc<Class>, why: &Arc<Unknown>) -> Object {
        let object = &self.types.object;
        let of_a_kind = class.mro.borrow().iter().any(|base| base.native && !Rc::ptr_eq(base, object));
        if !of_a_kind {
            return Object::Unknown(why.clone());
        }
        self.set_own_attribute(made, &Name::new_static("$open"), Some(Object::Unknown(why.clone())));
        Object::Instance(made.clone())
    }

    /// The class of any object.
    pub fn class_of(&self, object: &Object) -> Rc<Class> {
        match object {
            Object::Instance(instance) => instance.class.borrow().clone(),
            Object::Class(class) => {
                let metaclass = class.mro.borrow().iter().find_map(|class| class.metaclass.clone());
                metaclass.unwrap_or_else(|| self.types.type_.clone())
            }
            Object::Frozen(value) => self.class_of_frozen(value),
            other => self.types.of(other),
        }
    }

    /// A value at rest has the class that its path names, once that module has been imported.
    fn class_of_frozen(&self, value: &crate::python::value::Value) -> Rc<Class> {
        let path = match value {
            crate::python::value::Value::Call(call) if &*call.path == "re.compile" => "re.Pattern",
            crate::python::value::Value::Call(call) => &call.path,
            crate::python::value::Value::Ref(path) => path.rsplit_once('.').map_or("", |(class, _)| class),
            _ => "",
        };
        let found = path.rsplit_once('.').and_then(|(module, name)| self.modules.get(module)?.get(name));
        match found {
            Some(Object::Class(class)) => class,
            _ => self.types.object.clone(),
        }
    }
}

fn docstring(body: &[ast::Stmt]) -> Option<&str> {
    match body.first()? {
        ast::Stmt::Expr(expr) => match &*expr.value {
            ast::Expr::StringLiteral(literal) => Some(literal.value.to_str()),
            _ => None,
        },
        _ => None,
    }
}

/// How many classes the bases of a class may come to: merging them takes the square of it, and of
/// published projects the deepest have a tenth.
const MOST_ANCESTORS: usize = 500;

/// C3 linearization of bases; where it fails (unknown bases were left out), first come first served.
fn linearize(bases: &[Rc<Class>]) -> Vec<Rc<Class>> {
    let mut lists: Vec<Vec<Rc<Class>>> = bases.iter().map(|base| base.mro.borrow().clone()).collect();
    lists.push(bases.to_vec());
    let mut result: Vec<Rc<Class>> = Vec::new();
    loop {
        lists.retain(|list| !list.is_empty());
        if lists.is_empty() {
            return result;
        }
        let in_tail =
            |class: &Rc<Class>| lists.iter().any(|list| list[1..].iter().any(|c| Rc::ptr_eq(c, class)));
        let head =
            lists.iter().map(|list| &list[0]).find(|head| !in_tail(head)).unwrap_or(&lists[0][0]).clone();
        for list in &mut lists {
            list.retain(|class| !Rc::ptr_eq(class, &head));
        }
        result.push(head);
    }
}
