//! What the commands that book have in common: the pack, the people and the ledger, open.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use super::arguments::{Books, Doer, Known};
use super::exit::{Failure, Outcome};
use super::language;
use super::question::{Files, Words};
use super::terminal::Terminal;
use super::{ask, locate, pack};
use crate::diagnostic::nearest;
use crate::engine::Engine;
use crate::ledger::people::People;
use crate::ledger::record::Who;
use crate::ledger::{Ledger, LedgerError, Office, Proposal, PseudonymKey, REPLIES_KEPT, Setup, Ticket, Token, is_alias};
use crate::policy::Policy;
use crate::question::{Field, Json, Particulars, Problem, Reader, Request, Spending, Spoken, told};
use crate::say::{Colour, Herald, Speech};

/// Whose keys these are: those of this command line never meet those of a service.
const CALLER: &str = "command line";

/// A command at work on a ledger.
#[derive(Debug)]
pub struct Session<'a> {
    /// The ledger.
    pub ledger: Ledger,
    /// The pack and the people.
    pub office: Office,
    /// Where it prints.
    pub terminal: &'a Terminal,
    /// Where it is booked, as it was typed.
    pub books: &'a Books,
    /// The place of the answer's language.
    pub language: usize,
}

/// Opens everything, does something with it, and closes it again.
///
/// # Errors
///
/// Where the pack does not check, the people are not understood, the ledger cannot be opened, or what is done fails.
pub fn open<'a, F>(books: &'a Books, terminal: &'a Terminal, work: F) -> Result<Outcome, Failure>
where
    F: AsyncFnOnce(&Session<'a>) -> Result<Outcome, Failure>,
{
    open_at(&books.ledger, books, terminal, work)
}

fn open_at<'a, F>(address: &str, books: &'a Books, terminal: &'a Terminal, work: F) -> Result<Outcome, Failure>
where
    F: AsyncFnOnce(&Session<'a>) -> Result<Outcome, Failure>,
{
    let engine = Arc::new(pack::engine(terminal)?);
    let people = Arc::new(people(books.people.as_deref(), terminal)?);
    let language = language::place(engine.policy(), terminal)?;
    on_a_ledger(address, books.pseudonym_key.as_deref(), async |ledger| {
        let session = Session { ledger, office: Office { engine, people }, terminal, books, language };
        let outcome = work(&session).await;
        if let Err(error) = session.ledger.seal().await {
            terminal.note(&format!("the log was not sealed: {error}"));
        }
        let kept_since = session.ledger.now().checked_sub(REPLIES_KEPT).unwrap_or_default();
        if let Err(error) = session.ledger.drop_replies(kept_since).await {
            terminal.note(&format!("old replies are kept for now: {error}"));
        }
        close(session.ledger, terminal).await;
        outcome
    })
}

/// As [`open`], for what reads or goes on: a ledger that is not there is not made, but looked at as the empty one that it is.
///
/// # Errors
///
/// As [`open`].
pub fn open_existing<'a, F>(books: &'a Books, terminal: &'a Terminal, work: F) -> Result<Outcome, Failure>
where
    F: AsyncFnOnce(&Session<'a>) -> Result<Outcome, Failure>,
{
    let address = if is_there(&books.ledger, terminal) { &books.ledger } else { "memory:" };
    open_at(address, books, terminal, work)
}

/// Refuses a ledger in a file that is not there.
///
/// # Errors
///
/// Where there is none.
pub fn must_be_there(address: &str) -> Result<(), Failure> {
    let Some(path) = file(address).filter(|path| !path.exists()) else { return Ok(()) };
    let help = "name one with `--ledger ADDRESS`; `kulanz grant` and `kulanz case open` make one";
    Err(Failure::usage_with_help(format!("there is no ledger `{}`", path.display()), help))
}

/// Whether there is a ledger to look at. Where there is none, nothing is spent, and a note says so.
pub fn is_there(address: &str, terminal: &Terminal) -> bool {
    let missing = missing(address);
    if let Some(path) = &missing {
        terminal.note(&format!("there is no ledger `{}` yet, so nothing is spent", path.display()));
    }
    missing.is_none()
}

/// The file of a ledger, if it is not there but could be.
fn missing(address: &str) -> Option<PathBuf> {
    let path = file(address)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    (!path.exists() && folder.is_none_or(Path::is_dir)).then_some(path)
}

/// The file that an address names.
fn file(address: &str) -> Option<PathBuf> {
    let path = address.strip_prefix("sqlite:")?;
    Some(PathBuf::from(path.strip_prefix("//").unwrap_or(path))).filter(|path| !path.as_os_str().is_empty())
}

/// Opens a ledger, with the file of its key for pseudonyms, and does something with it.
///
/// # Errors
///
/// Where it cannot be opened, or what is done fails.
pub fn on_a_ledger<T>(address: &str, key: Option<&Path>, work: impl AsyncFnOnce(Ledger) -> Result<T, Failure>) -> Result<T, Failure> {
    let setup = Setup { pseudonyms: pseudonyms(key)?, ..Setup::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let ledger = Ledger::open(address, setup).await.map_err(|error| match error {
            LedgerError::Address(_) | LedgerError::LeftOut(_) => Failure::usage(error),
            LedgerError::Pseudonyms(_) => Failure::usage_with_help(error, "the key is named with `--pseudonym-key FILE`"),
            error => error.into(),
        })?;
        work(ledger).await
    })
}

/// The key of pseudonyms in a file, if one is named.
///
/// # Errors
///
/// Where there is none in it, or others may read it.
fn pseudonyms(file: Option<&Path>) -> Result<Option<PseudonymKey>, Failure> {
    file.map(PseudonymKey::read).transpose().map_err(Failure::usage)
}

/// Closes a ledger. What was acknowledged is on disk before that.
pub async fn close(ledger: Ledger, terminal: &Terminal) {
    if let Err(error) = ledger.close().await {
        terminal.note(&format!("the ledger was not closed well: {error}"));
    }
}

/// Who works here: the file that is named, else the one that [`list`] finds; nobody where there is none.
///
/// # Errors
///
/// Where the file cannot be read or is not understood.
pub fn people(named: Option<&Path>, terminal: &Terminal) -> Result<People, Failure> {
    let Some(path) = named.map(Path::to_owned).or_else(|| list(&locate::place(terminal))) else { return Ok(People::default()) };
    let text = std::fs::read_to_string(&path).map_err(|error| Failure::usage(format!("cannot read `{}`: {error}", path.display())))?;
    let help = "`kulanz check --people FILE` says where";
    People::parse(&text).map_err(|error| Failure::usage_with_help(format!("`{}` is not understood: {error}", path.display()), help))
}

/// The list of people of a pack: `people.toml` in its folder, else beside it, else in the current directory.
pub fn list(pack: &Path) -> Option<PathBuf> {
    let folders = [Some(pack), pack.parent(), Some(Path::new("."))];
    folders.into_iter().flatten().map(|folder| folder.join("people.toml")).find(|path| path.is_file())
}

/// A person as a question names them.
#[derive(Debug)]
pub struct Named {
    id: String,
    role: String,
    team: Option<String>,
}

/// The ticket of a request that has a key; `asked` is everything that was asked.
///
/// # Errors
///
/// Where the key is none.
pub fn ticket(key: Option<&str>, asked: &serde_json::Value) -> Result<Option<Ticket>, Failure> {
    let Some(key) = key else { return Ok(None) };
    if key.is_empty() || key.len() > 255 {
        return Err(Failure::usage("the KEY is empty or longer than 255 bytes"));
    }
    let digest = blake3::hash(asked.to_string().as_bytes()).to_hex().to_string();
    Ok(Some(Ticket { token: Token { caller: CALLER.into(), key: key.into() }, digest }))
}

impl Session<'_> {
    /// The policy.
    pub fn policy(&self) -> &Policy {
        self.office.engine.policy()
    }

    /// Tells of grants and cases.
    pub fn herald(&self) -> Herald<'_> {
        Herald { speech: Speech::new(self.policy(), self.language), people: &self.office.people, colour: Colour::Ansi }
    }

    /// Reads questions whose budgets the ledger knows.
    pub fn reader(&self) -> Reader<'_> {
        self.office.engine.reader().spending(Spending::Ledger)
    }

    fn named(&self, id: Option<&str>, role: Option<&str>, team: Option<&str>) -> Result<Named, Failure> {
        let missing = || Failure::usage_with_help("who does it is missing", "name the person with `--actor ID`");
        let id = id.map(str::trim).filter(|id| !id.is_empty()).ok_or_else(missing)?;
        if is_alias(id) {
            return Err(Failure::usage(format!("`{id}` stands for somebody in the log, and is nobody's id")));
        }
        let people = &self.office.people;
        let person = people.find(id);
        let role = role.or(person.map(|person| person.role.as_str())).ok_or_else(|| {
            let near = nearest(id, people.iter().map(|person| person.id.as_str())).map(|near| format!("did you mean `{near}`? Else "));
            let help = format!("{}name it with `--as ROLE`, or put the person into people.toml", near.unwrap_or_default());
            Failure::usage_with_help(format!("the role of `{id}` is not known"), help)
        })?;
        let team = team.or(person.and_then(|person| person.team.as_deref()));
        Ok(Named { id: id.to_owned(), role: role.to_owned(), team: team.map(str::to_owned) })
    }

    /// Who it is, in a role that the policy has.
    ///
    /// # Errors
    ///
    /// Where nobody is named, or their role is not known.
    pub fn person(&self, id: Option<&str>, role: Option<&str>, team: Option<&str>) -> Result<Who, Failure> {
        let Named { id, role, team } = self.named(id, role, team)?;
        let roles = || self.policy().roles.iter().map(|role| role.name.as_str());
        if roles().any(|known| known == role) {
            return Ok(Who { id, role, team });
        }
        let near = nearest(&role, roles())
            .map_or_else(|| format!("the roles are {}", roles().collect::<Vec<_>>().join(", ")), |near| format!("did you mean `{near}`?"));
        Err(Failure::usage_with_help(format!("unknown role `{role}`"), near))
    }

    /// Who does it.
    ///
    /// # Errors
    ///
    /// As [`Self::person`].
    pub fn doer(&self, doer: &Doer) -> Result<Who, Failure> {
        self.person(doer.actor.as_deref(), doer.role.as_deref(), doer.team.as_deref())
    }

    /// The question that was typed.
    ///
    /// # Errors
    ///
    /// Where it is wrong; that has been said then.
    pub fn request(&self, words: &Words, known: &Known) -> Result<Request, Failure> {
        if words.action.is_none() {
            let help = "write it before the first fact: `kulanz grant refund \"40 EUR\" --actor anna reason=late`";
            return Err(Failure::usage_with_help("the ACTION is missing", help));
        }
        let named = self.named(known.actor.as_deref(), known.role.as_deref(), known.team.as_deref())?;
        let files = self.right(Files::read(&known.told))?;
        let spoken = Spoken {
            role: &named.role,
            actor: Some(&named.id),
            team: named.team.as_deref(),
            action: words.action.as_deref(),
            amount: words.amount.as_deref(),
            facts: &words.facts,
            facts_json: files.facts(),
            record_json: files.record(),
            lang: self.terminal.lang.as_deref(),
            ..Spoken::default()
        };
        self.right(self.reader().spoken(&spoken, self.ledger.now()))
    }

    /// What was read, unless it is wrong; that has been said then.
    ///
    /// # Errors
    ///
    /// Where it is wrong.
    pub fn right<T>(&self, read: Result<T, Vec<Problem>>) -> Result<T, Failure> {
        read.or_else(|problems| Err(Failure::Told(ask::wrong(problems, self.terminal)?)))
    }

    /// What stands beside an order, as the service reads it.
    ///
    /// # Errors
    ///
    /// Where it is wrong; that has been said then.
    pub fn particulars(&self, confirm: &[String], texts: &[(Field, &str, Option<&str>)]) -> Result<Particulars, Failure> {
        let text = |text: &str| Json::Text(text.to_owned());
        let mut members = vec![("confirm".to_owned(), Json::Array(confirm.iter().map(|duty| text(duty)).collect()))];
        members.extend(texts.iter().filter_map(|(_, name, value)| Some(((*name).to_owned(), text((*value)?)))));
        let fields: Vec<Field> = texts.iter().map(|(field, ..)| *field).chain([Field::Confirm]).collect();
        self.right(self.reader().particulars(&Json::Object(members), &fields, &[], &[]))
    }

    /// A question that is to be granted, or to become a case.
    pub fn proposal(&self, request: Request, particulars: &Particulars) -> Proposal {
        let engine: Arc<Engine> = Arc::clone(&self.office.engine);
        Proposal { engine, request, confirm: particulars.confirm.clone(), note: particulars.note.clone(), brought_by: None }
    }

    /// Everything that was asked, to tell whether a key is used for the same again. The moment is no part of it.
    pub fn asked(&self, verb: &str, proposal: &Proposal, more: &serde_json::Value) -> serde_json::Value {
        let question = told(self.policy(), &proposal.request.question, |_, value| value);
        json!([verb, question, proposal.confirm, proposal.note, more])
    }
}
