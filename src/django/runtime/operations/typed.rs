//! Live operation objects → typed [`Operation`]s.

use std::rc::Rc;
use std::sync::Arc;

use super::custom::{custom, given, own_description};
use super::overridden::with_own_state;
use super::{Spec, spec_of};
use crate::django::field::{Field, FieldClass};
use crate::django::operations::{
    CreateModel, CustomOperation, Named, Operation, OperationKind, RunPython, RunSql,
};
use crate::python::interpreter::Interpreter;
use crate::python::object::{Instance, Object};
use crate::python::value::{Unknown, Value};
use crate::source::Location;

/// How deep operations may be nested in each other.
pub(super) const NESTING: u32 = 20;

/// An operation at rest.
pub(crate) fn operation(interpreter: &mut Interpreter, object: &Object) -> Operation {
    operation_at(interpreter, object, 0)
}

/// An operation at rest that lies within `depth` others; beyond [`NESTING`] it is not read.
pub(super) fn operation_at(interpreter: &mut Interpreter, object: &Object, depth: u32) -> Operation {
    let mut operation = without_description(interpreter, object, depth);
    if let Object::Instance(instance) = object {
        let class = instance.class.borrow().clone();
        let described = own_description(interpreter, instance, &class);
        operation.custom_describe = described.or(operation.custom_describe);
    }
    operation
}

/// `Operation.describe()` of Django's own class, as an override that calls it gets it.
pub(crate) fn describe(interpreter: &mut Interpreter, object: &Object) -> String {
    let version = crate::django::runtime::facts(interpreter).version;
    without_description(interpreter, object, 0).describe(version)
}

/// An operation at rest; a `describe()` of user code is not asked.
fn without_description(interpreter: &mut Interpreter, object: &Object, depth: u32) -> Operation {
    let instance = match object {
        Object::Instance(instance) => instance,
        Object::Unknown(why) => return unknown(why.clone(), why.at.clone()),
        other => {
            let why = Unknown { reason: format!("a {} is no operation", other.type_name()).into(), at: None };
            return unknown(Arc::new(why), None);
        }
    };
    let class = instance.class.borrow().clone();
    let at = instance.at.clone();
    let path: Arc<str> = class.path().into();
    let reader = Reader { instance, at: at.clone(), depth };
    let kind = match spec_of(&class) {
        Some(spec) if spec.base.is_empty() => custom(interpreter, instance, &class, None),
        Some(spec) => match reader.kind(interpreter, spec) {
            Ok(kind) => {
                return with_own_state(
                    interpreter,
                    instance,
                    &class,
                    Operation { class: path, kind, at, custom_describe: None },
                );
            }
            Err(why) => custom(interpreter, instance, &class, Some(why)),
        },
        None => {
            let why = class.open.borrow().clone().unwrap_or_else(|| {
                Arc::new(Unknown {
                    reason: format!("{} is no operation of Django", class.name).into(),
                    at: at.clone(),
                })
            });
            custom(interpreter, instance, &class, Some(why))
        }
    };
    Operation { class: path, kind, at, custom_describe: None }
}

fn unknown(why: Arc<Unknown>, at: Option<Location>) -> Operation {
    let kind = OperationKind::Custom(CustomOperation {
        found: false,
        why: Some(why),
        ..CustomOperation::unread("Unknown")
    });
    Operation { class: "Unknown".into(), kind, at, custom_describe: None }
}

type Read<T> = Result<T, Arc<Unknown>>;

struct Reader<'a> {
    instance: &'a Rc<Instance>,
    at: Option<Location>,
    depth: u32,
}

impl Reader<'_> {
    fn why(&self, reason: impl Into<Arc<str>>) -> Arc<Unknown> {
        Arc::new(Unknown { reason: reason.into(), at: self.at.clone() })
    }

    /// An argument, or what user code made of it: an attribute of the instance or its class.
    fn get(&self, name: &str) -> Option<Object> {
        let own = self.instance.attrs.borrow().get(name).cloned();
        let found = own.or_else(|| match self.instance.class.borrow().lookup(name) {
            Some((value, owner))
                if !owner.native && !matches!(value, Object::Function(_) | Object::Descriptor(_)) =>
            {
                Some(value)
            }
            _ => None,
        });
        found.or_else(|| self.instance.attrs.borrow().get("$open").cloned())
    }

    fn name(&self, name: &str) -> Read<Arc<str>> {
        match self.get(name) {
            Some(Object::Unknown(why)) => Err(why),
            Some(value) => value.as_str().ok_or_else(|| self.why(format!("{name} is no string"))),
            None => Err(self.why(format!("{name} is missing"))),
        }
    }

    fn value(&self, interpreter: &mut Interpreter, name: &str) -> Value {
        self.get(name).map_or(Value::None, |value| interpreter.freeze(&value))
    }

    fn flag(&self, name: &str, default: bool) -> bool {
        match self.get(name) {
            Some(Object::Bool(value)) => value,
            _ => default,
        }
    }

    fn pairs(&self, interpreter: &mut Interpreter, name: &str) -> Read<Vec<(Object, Object)>> {
        let Some(value) = self.get(name) else { return Ok(Vec::new()) };
        if value.is_none() {
            return Ok(Vec::new());
        }
        if let Some(why) = interpreter.unknown_items(&value) {
            return Err(why);
        }
        if let Object::Dict(dict) = &value {
            return Ok(dict.get().iter().map(|(key, value)| (key.clone(), value.clone())).collect());
        }
        let items =
            interpreter.items(&value).map_err(|raise| self.why(interpreter.describe_raise(&raise)))?;
        let mut pairs = Vec::with_capacity(items.len());
        for item in items {
            if let Object::Unknown(why) = item {
                return Err(why);
            }
            let parts =
                interpreter.items(&item).map_err(|raise| self.why(interpreter.describe_raise(&raise)))?;
            match <[Object; 2]>::try_from(parts) {
                Ok([name, value]) => pairs.push((name, value)),
                Err(_) => return Err(self.why(format!("{name} holds what is no pair"))),
            }
        }
        Ok(pairs)
    }

    fn named(&self, interpreter: &mut Interpreter, name: &str) -> Read<Vec<Named<Value>>> {
        let mut named = Vec::new();
        for (key, value) in self.pairs(interpreter, name)? {
            let key = key.as_str().ok_or_else(|| self.why(format!("{name} has a name that is no string")))?;
            named.push((key, interpreter.freeze(&value)));
        }
        Ok(named)
    }

    fn field(&self, interpreter: &mut Interpreter, name: &str) -> Read<Arc<Field>> {
        match self.get(name) {
            Some(value) => Ok(field(interpreter, &value, self.at.as_ref())),
            None => Err(self.why(format!("{name} is missing"))),
        }
    }

    fn operations(&self, interpreter: &mut Interpreter, name: &str) -> Read<Vec<Operation>> {
        let Some(value) = self.get(name) else { return Ok(Vec::new()) };
        if value.is_none() {
            return Ok(Vec::new());
        }
        if self.depth > NESTING {
            return Err(self.why("operations are nested too deep"));
        }
        if let Some(why) = interpreter.unknown_items(&value) {
            return Err(why);
        }
        let items =
            interpreter.items(&value).map_err(|raise| self.why(interpreter.describe_raise(&raise)))?;
        Ok(items.iter().map(|item| operation_at(interpreter, item, self.depth + 1)).collect())
    }

    fn kind(&self, interpreter: &mut Interpreter, spec: &Spec) -> Read<OperationKind> {
        let model_name = || self.name("model_name");
        let name = || self.name("name");
        Ok(match spec.name {
            "CreateModel" => self.create_model(interpreter)?,
            "DeleteModel" => OperationKind::DeleteModel { name: name()? },
            "RenameModel" => OperationKind::RenameModel {
                old_name: self.name("old_name")?,
                new_name: self.name("new_name")?,
            },
            "AlterModelTable" => {
                OperationKind::AlterModelTable { name: name()?, table: self.value(interpreter, "table") }
            }
            "AlterModelTableComment" => OperationKind::AlterModelTableComment {
                name: name()?,
                table_comment: self.value(interpreter, "table_comment"),
            },
            "AlterUniqueTogether" => OperationKind::AlterUniqueTogether {
                name: name()?,
                unique_together: self.value(interpreter, "unique_together"),
            },
            "AlterIndexTogether" => OperationKind::AlterIndexTogether {
                name: name()?,
                index_together: self.value(interpreter, "index_together"),
            },
            "AlterOrderWithRespectTo" => OperationKind::AlterOrderWithRespectTo {
                name: name()?,
                order_with_respect_to: self.value(interpreter, "order_with_respect_to"),
            },
            "AlterModelOptions" => OperationKind::AlterModelOptions {
                name: name()?,
                options: self.named(interpreter, "options")?,
            },
            "AlterModelManagers" => OperationKind::AlterModelManagers {
                name: name()?,
                managers: self.named(interpreter, "managers")?,
            },
            "AddField" => OperationKind::AddField {
                model_name: model_name()?,
                name: name()?,
                field: self.field(interpreter, "field")?,
                preserve_default: self.flag("preserve_default", true),
            },
            "RemoveField" => OperationKind::RemoveField { model_name: model_name()?, name: name()? },
            "AlterField" => OperationKind::AlterField {
                model_name: model_name()?,
                name: name()?,
                field: self.field(interpreter, "field")?,
                preserve_default: self.flag("preserve_default", true),
            },
            "RenameField" => OperationKind::RenameField {
                model_name: model_name()?,
                old_name: self.name("old_name")?,
                new_name: self.name("new_name")?,
            },
            "AddIndex" | "AddIndexConcurrently" => OperationKind::AddIndex {
                model_name: model_name()?,
                index: self.value(interpreter, "index"),
                concurrently: spec.name == "AddIndexConcurrently",
            },
            "RemoveIndex" | "RemoveIndexConcurrently" => OperationKind::RemoveIndex {
                model_name: model_name()?,
                name: name()?,
                concurrently: spec.name == "RemoveIndexConcurrently",
            },
            "RenameIndex" => OperationKind::RenameIndex {
                model_name: model_name()?,
                new_name: self.name("new_name")?,
                old_name: self.name("old_name").ok(),
                old_fields: self.get("old_fields").filter(|v| !v.is_none()).map(|v| interpreter.freeze(&v)),
            },
            "AddConstraint" | "AddConstraintNotValid" => OperationKind::AddConstraint {
                model_name: model_name()?,
                constraint: self.value(interpreter, "constraint"),
                not_valid: spec.name == "AddConstraintNotValid",
            },
            "RemoveConstraint" => {
                OperationKind::RemoveConstraint { model_name: model_name()?, name: name()? }
            }
            "AlterConstraint" => OperationKind::AlterConstraint {
                model_name: model_name()?,
                name: name()?,
                constraint: self.value(interpreter, "constraint"),
            },
            "ValidateConstraint" => {
                OperationKind::ValidateConstraint { model_name: model_name()?, name: name()? }
            }
            "RunPython" => OperationKind::RunPython(self.run_python(interpreter)),
            "RunSQL" => OperationKind::RunSql(RunSql {
                sql: self.value(interpreter, "sql"),
                reverse_sql: self.optional(interpreter, "reverse_sql"),
                state_operations: self.operations(interpreter, "state_operations")?,
                hints: self.value(interpreter, "hints"),
                elidable: self.flag("elidable", false),
            }),
            "SeparateDatabaseAndState" => OperationKind::SeparateDatabaseAndState {
                database_operations: self.operations(interpreter, "database_operations")?,
                state_operations: self.operations(interpreter, "state_operations")?,
            },
            "CreateCollation" | "RemoveCollation" => self.collation(interpreter, spec)?,
            _ if self.extension().is_some() || spec.name == "CreateExtension" => {
                OperationKind::CreateExtension {
                    name: self.name("name").or_else(|why| self.extension().map(Into::into).ok_or(why))?,
                    hints: self.value(interpreter, "hints"),
                }
            }
            other => return Err(self.why(format!("{other} is a base for operations, not one itself"))),
        })
    }

    fn optional(&self, interpreter: &mut Interpreter, name: &str) -> Option<Value> {
        self.get(name).filter(|value| !value.is_none()).map(|value| interpreter.freeze(&value))
    }

    fn create_model(&self, interpreter: &mut Interpreter) -> Read<OperationKind> {
        let name = self.name("name")?;
        let mut unknowns = Vec::new();
        let mut fields = Vec::new();
        match self.pairs(interpreter, "fields") {
            Ok(pairs) => {
                for (name, value) in pairs {
                    match name.as_str() {
                        Some(name) => fields.push((name, field(interpreter, &value, self.at.as_ref()))),
                        None => unknowns.push(self.why("a field's name is no string")),
                    }
                }
            }
            Err(why) => unknowns.push(why),
        }
        let options = match self.named(interpreter, "options") {
            Ok(options) => options,
            Err(why) => {
                unknowns.push(why);
                Vec::new()
            }
        };
        let bases = match self.get("bases") {
            None | Some(Object::None) => vec![Value::Ref("django.db.models.base.Model".into())],
            Some(bases) => {
                let bases = interpreter
                    .items(&bases)
                    .map_err(|raise| self.why(interpreter.describe_raise(&raise)))?;
                let bases = if bases.is_empty() { None } else { Some(bases) };
                bases.map_or_else(
                    || vec![Value::Ref("django.db.models.base.Model".into())],
                    |bases| bases.iter().map(|base| base_value(interpreter, base)).collect(),
                )
            }
        };
        let managers = self.named(interpreter, "managers").unwrap_or_default();
        Ok(OperationKind::CreateModel(CreateModel { name, fields, options, bases, managers, unknowns }))
    }

    fn run_python(&self, interpreter: &mut Interpreter) -> RunPython {
        RunPython {
            code: self.value(interpreter, "code"),
            reverse_code: self.optional(interpreter, "reverse_code"),
            atomic: match self.get("atomic") {
                Some(Object::Bool(value)) => Some(value),
                _ => None,
            },
            hints: self.value(interpreter, "hints"),
            elidable: self.flag("elidable", false),
        }
    }

    fn collation(&self, interpreter: &mut Interpreter, spec: &Spec) -> Read<OperationKind> {
        let name = self.name("name")?;
        let locale = self.value(interpreter, "locale");
        let provider =
            self.get("provider").map_or_else(|| Value::str("libc"), |value| interpreter.freeze(&value));
        let deterministic =
            self.get("deterministic").map_or(Value::Bool(true), |value| interpreter.freeze(&value));
        Ok(if spec.name == "CreateCollation" {
            OperationKind::CreateCollation { name, locale, provider, deterministic }
        } else {
            OperationKind::RemoveCollation { name, locale, provider, deterministic }
        })
    }

    /// The extension that a subclass of `CreateExtension` stands for.
    fn extension(&self) -> Option<&'static str> {
        let class = self.instance.class.borrow();
        let mro = class.mro.borrow();
        mro.iter().filter(|class| class.native).find_map(|class| {
            Some(match class.name.as_str() {
                "BloomExtension" => "bloom",
                "BtreeGinExtension" => "btree_gin",
                "BtreeGistExtension" => "btree_gist",
                "CITextExtension" => "citext",
                "CryptoExtension" => "pgcrypto",
                "HStoreExtension" => "hstore",
                "TrigramExtension" => "pg_trgm",
                "UnaccentExtension" => "unaccent",
                _ => return None,
            })
        })
    }
}

fn base_value(interpreter: &mut Interpreter, base: &Object) -> Value {
    match base {
        Object::Class(class) => Value::Ref(class.path().into()),
        // `ModelState.__init__` keeps a model's name in lower case.
        Object::Str(text) => Value::str(text.to_lowercase()),
        other => interpreter.freeze(other),
    }
}

/// A field at rest. One whose class is not known keeps its path and what is written.
pub(crate) fn field(interpreter: &mut Interpreter, object: &Object, at: Option<&Location>) -> Arc<Field> {
    if let Value::Field(field) = interpreter.freeze(object) {
        return field;
    }
    let (path, args, kwargs, why) = match object {
        Object::Instance(instance) => {
            let class = instance.class.borrow().clone();
            let (args, kwargs) = given(interpreter, instance);
            let why = class.open.borrow().clone();
            (class.path(), args, kwargs, why)
        }
        Object::Unknown(why) => (String::new(), Vec::new(), Vec::new(), Some(why.clone())),
        _ => (String::new(), Vec::new(), Vec::new(), None),
    };
    let mut kwargs: Vec<(Arc<str>, Value)> = kwargs;
    if path.is_empty() {
        let why = why.unwrap_or_else(|| {
            Arc::new(Unknown {
                reason: format!("a {} is no field", object.type_name()).into(),
                at: at.cloned(),
            })
        });
        kwargs.push(("$unknown".into(), Value::Unknown(why)));
    }
    let path: Arc<str> = path.into();
    let mut class = FieldClass::new(path.clone(), None, vec![path.clone()]);
    class.opaque_type = true;
    let at = object.as_instance().and_then(|instance| instance.at.clone()).or_else(|| at.cloned());
    Arc::new(Field { path, args, kwargs, class: Arc::new(class), at, live: None })
}
