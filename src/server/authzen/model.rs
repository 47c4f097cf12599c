//! What a request says, as the specification's information model has it. Members that it does not know are passed over.

use super::known::Properties;
use crate::question::{self, Json};
use crate::server::problem::Problem;

/// A subject or a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// What it is: `user`, `record`.
    pub ty: String,
    /// Which one.
    pub id: String,
    /// What is said of it.
    pub properties: Properties,
}

/// An action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// Its name.
    pub name: String,
    /// What is said of it.
    pub properties: Properties,
}

/// May this subject do this to that resource?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Who.
    pub subject: Entity,
    /// What.
    pub action: Deed,
    /// To what.
    pub resource: Entity,
    /// In which circumstances.
    pub context: Properties,
}

/// A mistake, as a problem.
pub fn wrong(path: impl Into<String>, message: impl Into<String>) -> Problem {
    let error = question::Problem { path: path.into(), message: message.into(), help: None };
    as_specified(Problem::wrong_question(vec![error]))
}

/// The same problem with the status that the specification has for it: what is wrong with a request is 400.
pub fn as_specified(mut problem: Problem) -> Problem {
    if matches!(problem.status, 415 | 422) {
        problem.status = 400;
    }
    problem
}

/// An object of a request, and where it is.
#[derive(Clone, Copy, Debug)]
pub struct Part<'j> {
    members: &'j [(String, Json)],
    path: &'j str,
}

impl<'j> Part<'j> {
    /// An object that has each of its members once.
    ///
    /// # Errors
    ///
    /// 400 where it is something else.
    pub fn new(json: &'j Json, path: &'j str) -> Result<Self, Problem> {
        let Json::Object(members) = json else { return Err(wrong(path, "an object is needed")) };
        let mut names: Vec<_> = members.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        let twice = names.iter().zip(names.iter().skip(1)).find(|(one, other)| one == other);
        twice.map_or(Ok(Self { members, path }), |(twice, _)| Err(wrong(path, format!("`{twice}` is given twice"))))
    }

    /// A member; null says nothing.
    pub fn get(&self, name: &str) -> Option<&'j Json> {
        self.members.iter().find(|(member, _)| member == name).map(|(_, value)| value).filter(|value| **value != Json::Null)
    }

    fn at(&self, name: &str) -> String {
        format!("{}/{name}", self.path)
    }

    /// A text, where there is one.
    ///
    /// # Errors
    ///
    /// 400 where it is no text.
    pub fn text(&self, name: &str) -> Result<Option<&'j str>, Problem> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::Text(text)) => Ok(Some(text)),
            Some(_) => Err(wrong(self.at(name), "a string is needed")),
        }
    }

    /// A text that says something.
    ///
    /// # Errors
    ///
    /// 400 where there is none.
    pub fn needed(&self, name: &str) -> Result<String, Problem> {
        let text = self.text(name)?.ok_or_else(|| wrong(self.at(name), format!("`{name}` is missing")))?;
        if text.trim().is_empty() { Err(wrong(self.at(name), format!("`{name}` is empty"))) } else { Ok(text.to_owned()) }
    }

    /// The members of an object; none where it is not there.
    ///
    /// # Errors
    ///
    /// 400 where it is no object.
    pub fn properties(&self, name: &str) -> Result<Properties, Problem> {
        let Some(json) = self.get(name) else { return Ok(Vec::new()) };
        Part::new(json, &self.at(name)).map(|_| members(json))
    }
}

fn members(json: &Json) -> Properties {
    if let Json::Object(members) = json { members.clone() } else { Vec::new() }
}

/// The parts of a request, of which those that an evaluation does not have are the defaults.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'j> {
    own: Part<'j>,
    defaults: Option<Part<'j>>,
}

impl<'j> Parts<'j> {
    /// Those of a request.
    pub fn new(own: Part<'j>, defaults: Option<Part<'j>>) -> Self {
        Self { own, defaults }
    }

    fn part(&self, name: &'static str) -> Option<&'j Json> {
        self.own.get(name).or_else(|| self.defaults?.get(name))
    }

    fn object(&self, name: &'static str) -> Result<&'j Json, Problem> {
        self.part(name).ok_or_else(|| wrong(format!("/{name}"), format!("`{name}` is missing")))
    }

    /// A subject or a resource.
    ///
    /// # Errors
    ///
    /// 400 where it is not there, or is none.
    pub fn entity(&self, name: &'static str) -> Result<Entity, Problem> {
        let path = format!("/{name}");
        let part = Part::new(self.object(name)?, &path)?;
        Ok(Entity { ty: part.needed("type")?, id: part.needed("id")?, properties: part.properties("properties")? })
    }

    /// The type of what is looked for. Its id, and what is said of it, count for nothing.
    ///
    /// # Errors
    ///
    /// 400 where it has none.
    pub fn sought(&self, name: &'static str) -> Result<String, Problem> {
        let path = format!("/{name}");
        Part::new(self.object(name)?, &path)?.needed("type")
    }

    /// The action.
    ///
    /// # Errors
    ///
    /// 400 where it is not there, or is none.
    pub fn action(&self) -> Result<Deed, Problem> {
        let part = Part::new(self.object("action")?, "/action")?;
        Ok(Deed { name: part.needed("name")?, properties: part.properties("properties")? })
    }

    /// The context.
    ///
    /// # Errors
    ///
    /// 400 where it is no object.
    pub fn context(&self) -> Result<Properties, Problem> {
        match self.part("context") {
            Some(json) => Part::new(json, "/context").map(|_| members(json)),
            None => Ok(Vec::new()),
        }
    }

    /// All of it.
    ///
    /// # Errors
    ///
    /// 400 with the first mistake.
    pub fn asked(&self) -> Result<Asked, Problem> {
        Ok(Asked { subject: self.entity("subject")?, action: self.action()?, resource: self.entity("resource")?, context: self.context()? })
    }
}

impl Asked {
    /// A text that is the same for the same subject, action, resource and those members of the context that are named.
    pub fn digest(&self, relevant: impl Fn(&str) -> bool) -> String {
        let text = |text: &String| Json::Text(text.clone());
        let entity = |entity: &Entity| Json::Array(vec![text(&entity.ty), text(&entity.id), Json::Object(entity.properties.clone())]);
        let context = self.context.iter().filter(|(name, _)| relevant(name)).cloned().collect();
        let action = Json::Array(vec![text(&self.action.name), Json::Object(self.action.properties.clone())]);
        let all = Json::Array(vec![entity(&self.subject), action, entity(&self.resource), Json::Object(context)]);
        crate::server::idempotency::digest("authzen", &all)
    }
}
