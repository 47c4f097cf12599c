//! What there is, with its properties: `{"record-1": {"status": "active"}}`.

use std::collections::HashMap;
use std::path::Path;

use crate::question::Json;

/// The properties of something, by name.
pub type Properties = Vec<(String, Json)>;

/// Entities of a type, in the order of their file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    list: Vec<(String, Properties)>,
    places: HashMap<String, usize>,
}

impl Known {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// Why it cannot be read, or what is wrong with it.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|why| format!("cannot read `{}`: {why}", path.display()))?;
        Self::parse(&text).map_err(|why| format!("`{}` {why}", path.display()))
    }

    fn parse(text: &str) -> Result<Self, String> {
        const FORM: &str = "is not understood; write it like {\"record-1\": {\"status\": \"active\"}}";
        let Ok(Json::Object(members)) = Json::parse(text) else { return Err(FORM.to_owned()) };
        let mut known = Self::default();
        for (id, properties) in members {
            let Json::Object(properties) = properties else { return Err(format!("{FORM}: `{id}` has no properties")) };
            if known.places.insert(id.clone(), known.list.len()).is_some() {
                return Err(format!("names `{id}` twice"));
            }
            known.list.push((id, properties));
        }
        Ok(known)
    }

    /// The properties of one.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Properties> {
        self.list.get(*self.places.get(id)?).map(|(_, properties)| properties)
    }

    /// Their ids.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|(id, _)| id.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_each_id_once() {
        let known = Known::parse(r#"{"b": {"x": 1}, "a": {}}"#).unwrap();
        assert_eq!(known.ids().collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(known.find("b"), Some(&vec![("x".to_owned(), Json::Number("1".to_owned()))]));
        assert_eq!(known.find("c"), None);
        assert!(Known::parse(r#"{"b": {}, "b": {}}"#).unwrap_err().contains("twice"));
        for wrong in ["", "[]", r#"{"b": 1}"#] {
            assert!(Known::parse(wrong).is_err(), "{wrong}");
        }
    }
}
