//! What is wrong with a question.

use std::fmt;

/// More than this are not told: whoever sends thousands of wrong fields learns nothing from the thousandth.
const MOST: usize = 100;

/// One problem of a question.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema), schema(as = QuestionProblem))]
pub struct Problem {
    /// Where, as a JSON Pointer (RFC 6901) into the question: `/facts/order/total`. Empty for the question as a whole. Questions from the command line have the
    /// pointers of the JSON that says the same.
    pub path: String,
    /// What is wrong: lower case, without a final full stop.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path.replace(char::is_control, " "))?;
        }
        f.write_str(&self.message)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, " ({help})"))
    }
}

/// Why a text is no question, and everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// How far its reader came.
    pub fault: Fault,
    /// At least one; only a wrong question has more.
    pub problems: Vec<Problem>,
}

/// How far the reader of a question came. Its code is the same on the command line and over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The bytes are no text in UTF-8.
    NotUtf8,
    /// It is longer than what is read.
    TooLarge,
    /// It is no JSON.
    NotJson,
    /// It may be JSON, but it is nested more deeply than what is read.
    TooDeep,
    /// It is JSON, but no right question.
    WrongQuestion,
}

impl Fault {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::NotUtf8, Self::TooLarge, Self::NotJson, Self::TooDeep, Self::WrongQuestion];

    /// Its stable code: `not_json`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotUtf8 => "not_utf8",
            Self::TooLarge => "too_large",
            Self::NotJson => "not_json",
            Self::TooDeep => "too_deep",
            Self::WrongQuestion => "wrong_question",
        }
    }
}

impl Unread {
    /// Bytes that are no UTF-8 from the `byte`th on, counted from 1.
    #[must_use]
    pub fn not_utf8(byte: usize) -> Self {
        Self::whole(Fault::NotUtf8, Mistake::new(format!("not UTF-8 from byte {byte} on")))
    }

    /// A text of more than 1 MiB.
    #[must_use]
    pub fn too_large() -> Self {
        Self::whole(Fault::TooLarge, Mistake::new("longer than 1 MiB"))
    }

    /// Something that is wrong with the whole of a text.
    pub(super) fn whole(fault: Fault, mistake: Mistake) -> Self {
        let Mistake { message, help } = mistake;
        Self { fault, problems: vec![Problem { path: String::new(), message, help }] }
    }
}

impl From<Vec<Problem>> for Unread {
    /// A wrong question.
    fn from(problems: Vec<Problem>) -> Self {
        Self { fault: Fault::WrongQuestion, problems }
    }
}

/// What is wrong with one value, wherever it stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    pub message: String,
    pub help: Option<String>,
}

impl Mistake {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a guess at what was meant, where there is one.
    pub fn did_you_mean(self, meant: Option<&str>) -> Self {
        match meant {
            Some(meant) => self.help(format!("did you mean `{meant}`?")),
            None => self,
        }
    }
}

/// Everything that is wrong with one value.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Mistakes(Vec<Mistake>);

impl From<Mistake> for Mistakes {
    fn from(mistake: Mistake) -> Self {
        Self(vec![mistake])
    }
}

impl FromIterator<Mistake> for Mistakes {
    fn from_iter<I: IntoIterator<Item = Mistake>>(mistakes: I) -> Self {
        Self(mistakes.into_iter().collect())
    }
}

impl Mistakes {
    /// The value, unless something is wrong with it.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }
}

/// All problems of one question, in the order in which they were found.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    pub fn add(&mut self, path: &str, mistake: Mistake) {
        if !self.is_full() {
            self.0.push(Problem { path: path.to_owned(), message: mistake.message, help: mistake.help });
        }
    }

    /// Whether no more problems are told, so that none need be looked for.
    pub fn is_full(&self) -> bool {
        self.0.len() >= MOST
    }

    /// The value, or nothing and one problem more for each of its mistakes.
    pub fn note<T>(&mut self, path: &str, result: Result<T, impl Into<Mistakes>>) -> Option<T> {
        result.map_err(|mistakes| mistakes.into().0.into_iter().for_each(|mistake| self.add(path, mistake))).ok()
    }

    pub fn into_vec(self) -> Vec<Problem> {
        self.0
    }
}

/// The pointer to a member of what `path` points to.
pub(super) fn member(path: &str, name: impl fmt::Display) -> String {
    let name = name.to_string().replace('~', "~0").replace('/', "~1");
    format!("{path}/{name}")
}

/// What somebody wrote, in backticks and not too long.
pub(super) fn quoted(written: &str) -> String {
    const LONGEST: usize = 60;
    let mut characters = written.chars().map(|c| if c.is_control() { ' ' } else { c });
    let start: String = characters.by_ref().take(LONGEST).collect();
    let more = if characters.next().is_some() { "…" } else { "" };
    format!("`{start}{more}`")
}
