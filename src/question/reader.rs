//! A question in JSON.

use jiff::Timestamp;

use super::facts::{Origin, Supplied, near};
use super::fields::Fields;
use super::json::Json;
use super::names::Names;
use super::problem::{Mistake, Mistakes, Problem, Problems, Unread, member, quoted};
use super::quantity::{self, Purpose, wrong_type};
use super::quick::Quick;
use super::slate::Slate;
use super::{Actor, Case, Explain, Provenance, Question, moment};
use crate::number::Number;
use crate::policy::expr::Type;
use crate::policy::{ActionId, Budget, BudgetUnit, Policy, RoleId};

/// Who brings a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// What it calls `record` is believed.
    SystemOfRecord,
    /// What it calls `record` counts as said.
    Anybody,
    /// It is told that a `record` of its own is not believed; one that claims nothing is none.
    WithoutRecord,
}

/// Who says what the budgets have used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spending {
    /// The question, in `spent`; what it does not name is unspent.
    Question,
    /// A ledger; `spent` in a question is an error.
    Ledger,
}

/// A question and the language in which it is to be answered.
#[derive(Clone, Debug)]
pub struct Request {
    /// The question.
    pub question: Question,
    /// The place in the policy's `languages`.
    pub language: usize,
}

/// A case without an action: what may be done in it at all?
#[derive(Clone, Debug)]
pub struct OptionsRequest {
    /// The case.
    pub case: Case,
    /// The place in the policy's `languages`.
    pub language: usize,
}

/// Reads questions for one policy.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'p> {
    pub(super) policy: &'p Policy,
    names: Option<&'p Names>,
    pub(super) caller: Caller,
    pub(super) spending: Spending,
    /// The language of answers to questions that name none, and its place in the policy's `languages`.
    spoken: Option<(&'p str, Option<usize>)>,
}

const ASK: [&str; 9] = ["actor", "action", "amount", "facts", "record", "spent", "at", "lang", "explain"];
const OPTIONS: [&str; 7] = ["actor", "facts", "record", "spent", "at", "lang", "explain"];
/// What a question has that one about every action has not.
const OF_ONE_ACTION: [&str; 2] = ["action", "amount"];

impl<'p> Reader<'p> {
    /// A reader that believes `record` and takes `spent`.
    #[must_use]
    pub fn new(policy: &'p Policy) -> Self {
        Self { policy, names: None, caller: Caller::SystemOfRecord, spending: Spending::Question, spoken: None }
    }

    /// Finds names in a list that was made beforehand. It must be that of the same policy.
    pub(crate) fn with_names(self, names: &'p Names) -> Self {
        Self { names: Some(names), ..self }
    }

    /// Says in which language questions are answered that name none: a code as in `lang`. Without this it is the policy's first.
    #[must_use]
    pub fn speaking(self, lang: &'p str) -> Self {
        Self { spoken: Some((lang, language(self.policy, lang).ok())), ..self }
    }

    /// The place of the language of questions that name none; `None` where that is none of the policy's.
    pub(super) fn unspoken(&self) -> Option<usize> {
        self.spoken.map_or(Some(0), |(_, place)| place)
    }

    /// Says who brings the questions.
    #[must_use]
    pub fn caller(self, caller: Caller) -> Self {
        Self { caller, ..self }
    }

    /// Says who knows what the budgets have used.
    #[must_use]
    pub fn spending(self, spending: Spending) -> Self {
        Self { spending, ..self }
    }

    /// Reads a question; `now` is its moment where it names none.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn json(&self, text: &str, now: Timestamp) -> Result<Request, Vec<Problem>> {
        self.slowly(text, now).map_err(|unread| unread.problems)
    }

    /// Like [`Reader::json`], onto a slate. A reader of an engine does so straight from the text, without a tree.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn fill<'s>(&self, text: &str, now: Timestamp, slate: &'s mut Slate) -> Result<&'s Request, Unread> {
        if self.names.and_then(|names| Quick::new(self, names, slate).question(text, now)).is_none() {
            slate.put(self.slowly(text, now)?);
        }
        Ok(&slate.request)
    }

    fn slowly(&self, text: &str, now: Timestamp) -> Result<Request, Unread> {
        Ok(self.question(&Json::parse(text)?, now)?)
    }

    /// Reads a question without an action.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn options_json(&self, text: &str, now: Timestamp) -> Result<OptionsRequest, Vec<Problem>> {
        self.options(&Json::parse(text).map_err(|unread| unread.problems)?, now)
    }

    /// Like [`Reader::json`], from a tree.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn question(&self, json: &Json, now: Timestamp) -> Result<Request, Vec<Problem>> {
        let mut problems = Problems::default();
        if !is_object(json, &mut problems) {
            return Err(problems.into_vec());
        }
        let fields = Fields::open(json, "", &ASK, &mut problems);
        let action = self.action(&fields, &mut problems);
        let amount = fields.get("amount").and_then(|json| problems.note("/amount", self.amount(action, json))).flatten();
        let case = self.case(&fields, now, &mut problems);
        let language = self.language(&fields, &mut problems);
        match (problems.into_vec(), case, action) {
            (problems, Some(case), Some(action)) if problems.is_empty() => Ok(Request { question: case.question(action, amount), language }),
            (problems, ..) => Err(problems),
        }
    }

    /// Like [`Reader::options_json`], from a tree.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn options(&self, json: &Json, now: Timestamp) -> Result<OptionsRequest, Vec<Problem>> {
        let mut problems = Problems::default();
        if !is_object(json, &mut problems) {
            return Err(problems.into_vec());
        }
        let fields = Fields::open_all(json, &OPTIONS, &OF_ONE_ACTION, &mut problems);
        let case = self.case(&fields, now, &mut problems);
        let language = self.language(&fields, &mut problems);
        match (problems.into_vec(), case) {
            (problems, Some(case)) if problems.is_empty() => Ok(OptionsRequest { case, language }),
            (problems, _) => Err(problems),
        }
    }

    fn case(&self, fields: &Fields<'_>, now: Timestamp, problems: &mut Problems) -> Option<Case> {
        let actor = self.actor(fields, problems);
        let mut supplied = Supplied::new(self.policy);
        if let Some(json) = fields.get("record") {
            if self.caller == Caller::WithoutRecord && claims(json) {
                problems.add("/record", Mistake::new("`record` is not believed from this caller").help("send these facts in `facts`"));
            }
            supplied.read(Origin::Record, json, "/record", problems);
        }
        if let Some(json) = fields.get("facts") {
            supplied.read(Origin::Said, json, "/facts", problems);
        }
        let record_as = if self.caller == Caller::SystemOfRecord { Provenance::Record } else { Provenance::Said };
        let facts = supplied.states(record_as, problems);
        let spent = self.spent(fields, problems);
        let at = self.at(fields, now, problems);
        let explain = explain(fields, problems);
        Some(Case { actor: actor?, facts, spent, at, explain })
    }

    fn actor(&self, fields: &Fields<'_>, problems: &mut Problems) -> Option<Actor> {
        let Some(json) = fields.get("actor") else {
            problems.add("/actor", Mistake::new("`actor` is missing").help("say who asks: `\"actor\": {\"role\": \"…\"}`"));
            return None;
        };
        let fields = Fields::open(json, "/actor", &["id", "role", "team"], problems);
        let id = fields.text("id", problems);
        let team = fields.text("team", problems);
        let role = match fields.text("role", problems) {
            Some(written) => problems.note("/actor/role", self.role(&written)),
            None if matches!(json, Json::Object(_)) && fields.get("role").is_none() => {
                problems.add("/actor/role", Mistake::new("`role` is missing").help(self.role_list()));
                None
            }
            None => None,
        };
        Some(Actor { id, role: role?, team })
    }

    fn role_names(&self) -> impl Iterator<Item = &'p str> {
        self.policy.roles.iter().map(|role| role.name.as_str())
    }

    pub(super) fn role_list(&self) -> String {
        format!("the roles are {}", self.role_names().collect::<Vec<_>>().join(", "))
    }

    fn role(&self, written: &str) -> Result<RoleId, Mistake> {
        let name = super::name(written);
        let at = self.role_names().position(|role| role == name);
        at.map(RoleId::new).ok_or_else(|| {
            let mistake = Mistake::new(format!("unknown role {}", quoted(written)));
            mistake.help(self.role_list()).did_you_mean(near(&name, self.role_names()))
        })
    }

    fn action(&self, fields: &Fields<'_>, problems: &mut Problems) -> Option<ActionId> {
        let names = || self.policy.actions.iter().map(|action| action.name.as_str());
        let list = || format!("the actions are {}", names().collect::<Vec<_>>().join(", "));
        if fields.get("action").is_none() {
            problems.add("/action", Mistake::new("`action` is missing").help(list()));
            return None;
        }
        let written = fields.text("action", problems)?;
        let name = super::name(&written);
        let at = names().position(|action| action == name);
        let unknown = || Mistake::new(format!("unknown action {}", quoted(&written))).help(list()).did_you_mean(near(&name, names()));
        problems.note("/action", at.map(ActionId::new).ok_or_else(unknown))
    }

    fn amount(&self, action: Option<ActionId>, json: &Json) -> Result<Option<Number>, Mistakes> {
        let Some(action) = action.and_then(|id| self.policy.actions.get(id.index())) else { return self.some_amount(json).map(|()| None) };
        match &action.measure {
            Some(measure) => quantity::read(self.policy, measure, json, Purpose::Amount).map(Some),
            None => Err(Mistake::new(format!("`{}` takes no amount", action.name)).help("it is granted or not; leave the amount out").into()),
        }
    }

    /// What is wrong with an amount whatever the action is.
    fn some_amount(&self, json: &Json) -> Result<(), Mistakes> {
        let read = |measure: &Type, purpose| quantity::read(self.policy, measure, json, purpose);
        let mut measures: Vec<&Type> = Vec::new();
        for measure in self.policy.actions.iter().filter_map(|action| action.measure.as_ref()) {
            if read(measure, Purpose::Amount).is_ok() {
                return Ok(());
            }
            if !measures.contains(&measure) {
                measures.push(measure);
            }
        }
        let Some(first) = measures.first() else { return Ok(()) };
        let closest = measures.iter().find(|measure| read(measure, Purpose::Fact).is_ok());
        match closest.or(if measures.len() == 1 { Some(first) } else { None }) {
            Some(measure) => read(measure, Purpose::Amount).map(drop),
            None => Err(Mistake::new(format!("no action has an amount that is {}", json.shown())).into()),
        }
    }

    fn spent(&self, fields: &Fields<'_>, problems: &mut Problems) -> Vec<Number> {
        let mut spent = vec![Number::ZERO; self.policy.budgets.len()];
        let Some(json) = fields.get("spent") else { return spent };
        if self.spending == Spending::Ledger {
            problems.add("/spent", Mistake::new("the ledger knows what is spent").help("leave `spent` out"));
            return spent;
        }
        let names: Vec<&str> = self.policy.budgets.iter().map(|budget| budget.name.as_str()).collect();
        let fields = Fields::open_named(json, "/spent", &names, "budget", problems);
        for (budget, slot) in self.policy.budgets.iter().zip(&mut spent) {
            let Some(json) = fields.get(&budget.name) else { continue };
            if let Some(value) = problems.note(&member("/spent", &budget.name), self.used(budget, json)) {
                *slot = value;
            }
        }
        spent
    }

    pub(super) fn used(&self, budget: &Budget, json: &Json) -> Result<Number, Mistakes> {
        let read = |measure: &Type| quantity::read(self.policy, measure, json, Purpose::Spent);
        match &budget.unit {
            BudgetUnit::Times => quantity::times(json),
            BudgetUnit::Quantity(measure) => read(measure),
            // It records whatever its actions are measured in.
            BudgetUnit::Any => read(&Type::Money).or_else(|mistake| read(&Type::Percent).or_else(|_| read(&Type::Duration)).map_err(|_| mistake)),
        }
    }

    fn at(&self, fields: &Fields<'_>, now: Timestamp, problems: &mut Problems) -> Timestamp {
        let Some(text) = fields.text("at", problems) else { return now };
        problems.note("/at", moment::clock(text.trim(), &self.policy.time_zone)).unwrap_or(now)
    }

    fn language(&self, fields: &Fields<'_>, problems: &mut Problems) -> usize {
        let written = match (fields.has("lang"), self.spoken) {
            (false, Some((spoken, _))) => Some(spoken.to_owned()),
            _ => fields.text("lang", problems),
        };
        let Some(written) = written else { return 0 };
        problems.note("/lang", language(self.policy, &written)).unwrap_or(0)
    }
}

/// What is no object has no fields that could be missing.
fn is_object(json: &Json, problems: &mut Problems) -> bool {
    if matches!(json, Json::Object(_)) {
        return true;
    }
    let mistake = Mistake::new(format!("a question is an object, not {}", json.kind()));
    problems.add("", mistake.help("write it like `{\"actor\": {\"role\": \"…\"}, …}`"));
    false
}

/// Whether a `record` says anything of any fact.
fn claims(record: &Json) -> bool {
    let Json::Object(members) = record else { return false };
    members.iter().any(|(_, value)| !matches!(value, Json::Object(group) if group.is_empty()))
}

/// The place of a language in a policy's `languages`; of `de-AT` or `de_AT.UTF-8` the `de` counts.
pub(super) fn language(policy: &Policy, written: &str) -> Result<usize, Mistake> {
    let code = written.split(['-', '_', '.']).next().unwrap_or_default().to_lowercase();
    policy.languages.iter().position(|language| *language == code).ok_or_else(|| {
        Mistake::new(format!("{} is not a language of this policy", quoted(written))).help(format!("it speaks {}", policy.languages.join(", ")))
    })
}

fn explain(fields: &Fields<'_>, problems: &mut Problems) -> Explain {
    match fields.get("explain") {
        Some(Json::Bool(true)) => Explain::Every,
        Some(Json::Bool(false)) | None => Explain::Decisive,
        Some(other) => {
            problems.add("/explain", wrong_type("true or false", other));
            Explain::Decisive
        }
    }
}
