//! The calls that are measured, in one place for all benches and for the test that counts allocations.

use std::path::Path;

use jiff::Timestamp;
use kulanz::engine::{Engine, Scratch};
use kulanz::pack::Pack;
use kulanz::policy;
use kulanz::question::{Reader, Request};

/// A pack that answers.
pub struct Kulanz {
    engine: Engine,
}

#[allow(dead_code, reason = "not every bench makes every call")]
impl Kulanz {
    /// Reads, checks and compiles a pack, as the program does.
    pub fn read(path: &Path) -> Self {
        Self { engine: Engine::read(path).unwrap_or_else(|broken| panic!("{:?}", broken.diagnostics)) }
    }

    /// Parses, checks and compiles one text.
    pub fn from_text(text: &str) -> Self {
        Self::from_texts(&[("policy.kulanz", text)])
    }

    /// The same of a text in files so short that one thread reads them all: what is counted is counted for one thread alone.
    pub fn on_one_thread(text: &str) -> Self {
        const LONGEST: usize = 60_000;
        let mut files = vec![String::new()];
        for item in text.split_inclusive("\n\n") {
            if files.last().is_some_and(|file| file.len() + item.len() > LONGEST) {
                files.push(String::new());
            }
            files.last_mut().unwrap().push_str(item);
        }
        let names: Vec<String> = (0..files.len()).map(|at| format!("{at:04}.kulanz")).collect();
        let texts: Vec<(&str, &str)> = names.iter().zip(&files).map(|(name, file)| (name.as_str(), file.as_str())).collect();
        Self::from_texts(&texts)
    }

    fn from_texts(texts: &[(&str, &str)]) -> Self {
        let (pack, diagnostics) = Pack::from_texts(texts);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        Self { engine: Engine::new(policy::check(&pack).unwrap_or_else(|diagnostics| panic!("{diagnostics:?}"))) }
    }

    /// The pack.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// A question, read once and for all.
    pub fn prepare(&self, json: &str) -> Request {
        self.engine.reader().json(json, Timestamp::now()).unwrap_or_else(|problems| panic!("{problems:?} in {json}"))
    }

    /// Somebody who asks and asks again, with whatever can be used again.
    pub fn asker(&self) -> Asker<'_> {
        Asker { engine: &self.engine, reader: self.engine.reader(), scratch: Scratch::default() }
    }
}

/// Asks one question after the other.
pub struct Asker<'e> {
    engine: &'e Engine,
    reader: Reader<'e>,
    scratch: Scratch,
}

#[allow(dead_code, reason = "not every bench makes every call")]
impl Asker<'_> {
    /// Decides a prepared question; the word that the answer begins with.
    #[inline]
    pub fn decide(&mut self, request: &Request) -> &'static str {
        self.engine.decide(request).outcome.word()
    }

    /// From a question in JSON to the line of JSON that answers it, in `out` instead of what was there.
    #[inline]
    pub fn answer(&mut self, json: &str, out: &mut String) {
        out.clear();
        let answered = self.engine.answer_json(&self.reader, json, Timestamp::now(), &mut self.scratch, out);
        answered.unwrap_or_else(|unread| panic!("{unread:?} in {json}"));
        out.push('\n');
    }
}
