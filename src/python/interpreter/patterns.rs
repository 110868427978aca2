//! `match` statements.

use std::sync::Arc;

use super::statements::because;
use super::{Eval, Flow, Frame, Interpreter};
use crate::python::object::Object;
use crate::python::syntax::Name;
use crate::python::syntax::ast::{self, Pattern, Singleton};
use crate::python::value::Unknown;

type Answer = Result<bool, Arc<Unknown>>;

impl Interpreter {
    /// `match`
    pub(crate) fn run_match(&mut self, frame: &mut Frame, inner: &ast::StmtMatch) -> Eval<Flow> {
        let subject = self.eval(frame, &inner.subject)?;
        for case in &inner.cases {
            let mut answer = self.matches(frame, &case.pattern, &subject)?;
            if let (Ok(true), Some(guard)) = (&answer, &case.guard) {
                let guard = self.eval(frame, guard)?;
                answer = self.truth(&guard)?;
            }
            match answer {
                Ok(true) => return self.run_body(frame, &case.body),
                Ok(false) => {}
                Err(why) => {
                    return Err(super::Raise::Limit(because(&why, "depends on a match that is not known")));
                }
            }
        }
        Ok(Flow::Next)
    }

    fn matches(&mut self, frame: &mut Frame, pattern: &Pattern, subject: &Object) -> Eval<Answer> {
        self.deeper(|this| this.matches_inner(frame, pattern, subject))
    }

    fn matches_inner(&mut self, frame: &mut Frame, pattern: &Pattern, subject: &Object) -> Eval<Answer> {
        match pattern {
            Pattern::MatchValue(inner) => {
                let value = self.eval(frame, &inner.value)?;
                self.equal(subject, &value)
            }
            Pattern::MatchSingleton(inner) => {
                if let Object::Unknown(why) = subject {
                    return Ok(Err(why.clone()));
                }
                Ok(Ok(match inner.value {
                    Singleton::None => subject.is_none(),
                    Singleton::True => matches!(subject, Object::Bool(true)),
                    Singleton::False => matches!(subject, Object::Bool(false)),
                }))
            }
            Pattern::MatchAs(inner) => {
                if let Some(pattern) = &inner.pattern {
                    match self.matches(frame, pattern, subject)? {
                        Ok(true) => {}
                        answer => return Ok(answer),
                    }
                }
                if let Some(name) = &inner.name {
                    self.bind(frame, &name.id, Some(subject.clone()));
                }
                Ok(Ok(true))
            }
            Pattern::MatchOr(inner) => {
                for pattern in &inner.patterns {
                    match self.matches(frame, pattern, subject)? {
                        Ok(false) => {}
                        answer => return Ok(answer),
                    }
                }
                Ok(Ok(false))
            }
            Pattern::MatchSequence(inner) => {
                if !matches!(subject, Object::List(_) | Object::Tuple(_)) {
                    return Ok(subject_unknown(subject));
                }
                let items = self.items(subject)?;
                let star = inner.patterns.iter().position(|pattern| matches!(pattern, Pattern::MatchStar(_)));
                let fits = match star {
                    None => items.len() == inner.patterns.len(),
                    Some(_) => items.len() + 1 >= inner.patterns.len(),
                };
                if !fits {
                    return Ok(Ok(false));
                }
                let tail = star.map_or(0, |at| inner.patterns.len() - at - 1);
                for (at, pattern) in inner.patterns.iter().enumerate() {
                    let item = match star {
                        Some(star) if at == star => Object::list(items[star..items.len() - tail].to_vec()),
                        Some(star) if at > star => items[items.len() - (inner.patterns.len() - at)].clone(),
                        _ => items[at].clone(),
                    };
                    match self.matches(frame, pattern, &item)? {
                        Ok(true) => {}
                        answer => return Ok(answer),
                    }
                }
                Ok(Ok(true))
            }
            Pattern::MatchStar(inner) => {
                if let Some(name) = &inner.name {
                    self.bind(frame, &name.id, Some(subject.clone()));
                }
                Ok(Ok(true))
            }
            Pattern::MatchMapping(inner) => {
                let Object::Dict(dict) = subject else { return Ok(subject_unknown(subject)) };
                for (key, pattern) in inner.keys.iter().zip(&inner.patterns) {
                    let key = self.eval(frame, key)?;
                    let key = match self.key(&key)? {
                        Ok(key) => key,
                        Err(why) => return Ok(Err(why)),
                    };
                    let value = dict.get().get(&key).cloned();
                    let Some(value) = value else { return Ok(dict.taint().map_or(Ok(false), Err)) };
                    match self.matches(frame, pattern, &value)? {
                        Ok(true) => {}
                        answer => return Ok(answer),
                    }
                }
                Ok(Ok(true))
            }
            Pattern::MatchClass(inner) => {
                let class = self.eval(frame, &inner.cls)?;
                match self.is_instance(subject, &class) {
                    Ok(true) => {}
                    answer => return Ok(answer),
                }
                for keyword in &inner.arguments.keywords {
                    let value = self.get_attribute(subject, &Name::new(keyword.attr.id.as_str()))?;
                    match self.matches(frame, &keyword.pattern, &value)? {
                        Ok(true) => {}
                        answer => return Ok(answer),
                    }
                }
                match inner.arguments.patterns.first() {
                    Some(pattern) => self.matches(frame, pattern, subject),
                    None => Ok(Ok(true)),
                }
            }
        }
    }
}

fn subject_unknown(subject: &Object) -> Answer {
    if let Object::Unknown(why) = subject { Err(why.clone()) } else { Ok(false) }
}
