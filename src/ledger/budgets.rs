//! What is left of the budgets of a person.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::book::Book;
use super::bucket::{Bucket, Holder};
use super::order::Buckets;
use super::store::Purpose;
use super::{Ledger, LedgerError};
use crate::answer::plain;
use crate::calendar::Calendar;
use crate::decide::{Allotted, Mode};
use crate::engine::Engine;
use crate::number::Number;
use crate::outline;
use crate::policy::expr::Type;
use crate::policy::{ActionId, Budget, BudgetId, BudgetUnit, Key, Policy};
use crate::question::{Actor, Explain, Question, default_state};
use crate::say::Speech;

/// One budget of a person, in its window that holds now. Quantities have the form that questions have: `50.00 EUR`, `25%`, `PT3H`, `2`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct BudgetState {
    /// Its name.
    pub budget: String,
    /// Its title.
    pub title: Option<String>,
    /// Who shares it: `actor`, `actor.team`; nothing where it is one for all.
    pub per: Vec<String>,
    /// When it begins anew: `month`, `year from 04-01`, `rolling 365 days`, `ever`.
    pub window: String,
    /// What the role may spend; null where the budget does not limit it, or where that depends on a case.
    pub allotment: Option<String>,
    /// What is spent of it; null where it is shared by a team and the team is not known.
    pub spent: Option<String>,
    /// What is left of it; null where either is.
    pub left: Option<String>,
    /// Whether the budget only records what this role spends.
    pub unlimited: bool,
    /// The day on which the window begins anew, or on which what is spent today counts no more where the window rolls; null is never.
    pub resets: Option<String>,
}

/// A budget in one measure.
struct Line<'p> {
    id: BudgetId,
    declared: &'p Budget,
    measure: &'p Type,
    bucket: Bucket,
}

impl Ledger {
    /// Every budget of a person that is kept by nothing but person and team, in the order of the policy; budgets of which the role has no share and has spent nothing are left out. `language` is a
    /// place in the policy's `languages`. A budget that counts in whatever its actions are measured in has an entry for each of these measures.
    ///
    /// # Errors
    ///
    /// Where the ledger does not answer.
    pub async fn budgets(&self, engine: &Engine, actor: &Actor, language: usize) -> Result<Vec<BudgetState>, LedgerError> {
        let (policy, now) = (engine.policy(), self.now());
        let lines = lines(engine, actor, now);
        let wanted = Buckets { seen: lines.iter().map(|line| line.bucket.clone()).collect(), ..Buckets::default() };
        let mut book = Book::new(now, [0; 32]);
        if !wanted.seen.is_empty() {
            let mut tx = self.store().begin(Purpose::Read).await?;
            book.read_buckets(tx.as_mut(), &wanted).await?;
        }
        let question = nothing_known(policy, actor, now);
        let speech = Speech::new(policy, language);
        let state = |line: &Line<'_>| state(engine, &question, line, book.used(&line.bucket), speech);
        Ok(lines.iter().filter_map(state).collect())
    }
}

/// What is to be looked up.
fn lines<'p>(engine: &'p Engine, actor: &Actor, now: Timestamp) -> Vec<Line<'p>> {
    let policy = engine.policy();
    let holder = Holder { actor, facts: &[], mode: Mode::Grant };
    let mut lines = Vec::new();
    for (at, declared) in policy.budgets.iter().enumerate() {
        if declared.keys.iter().any(|key| matches!(key, Key::Fact(_))) {
            continue;
        }
        let id = BudgetId::new(at);
        let mut measures: Vec<&Type> = Vec::new();
        for action in actions(engine, id, declared) {
            let measure = plain::budget_measure(policy, &declared.unit, action);
            if measures.contains(&measure) {
                continue;
            }
            measures.push(measure);
            lines.extend(Bucket::of(engine, holder, id, action, now).map(|bucket| Line { id, declared, measure, bucket }));
        }
    }
    lines
}

/// The actions that tell what a budget counts in: any one, unless it counts in their measures.
fn actions(engine: &Engine, budget: BudgetId, declared: &Budget) -> Vec<ActionId> {
    let all = (0..engine.policy().actions.len()).map(ActionId::new);
    match declared.unit {
        BudgetUnit::Any => all.filter(|action| engine.charged_by(*action).contains(&budget)).collect(),
        BudgetUnit::Times | BudgetUnit::Quantity(_) => all.take(1).collect(),
    }
}

/// A question about nothing: of the case only what always holds is known.
fn nothing_known(policy: &Policy, actor: &Actor, now: Timestamp) -> Question {
    Question {
        actor: actor.clone(),
        action: ActionId::new(0),
        amount: None,
        facts: policy.facts.iter().map(default_state).collect(),
        spent: vec![Number::ZERO; policy.budgets.len()],
        at: now,
        explain: Explain::Decisive,
    }
}

/// `None` where the role has no share and nothing is spent.
fn state(engine: &Engine, question: &Question, line: &Line<'_>, used: i64, speech: Speech<'_>) -> Option<BudgetState> {
    let Line { id, declared, measure, bucket } = line;
    let policy = engine.policy();
    let allotted = engine.program().allotted(question, *id, Mode::Grant);
    if allotted == Allotted::None && used == 0 {
        return None;
    }
    let down = |value: &Number| plain::rounded_down(policy, measure, value);
    let allotment = match &allotted {
        Allotted::Known(most) => Some(down(most)),
        Allotted::None => Some(Number::ZERO),
        Allotted::Unknown | Allotted::Unlimited => None,
    };
    let spent = bucket.is_known.then(|| bucket.quantity(used));
    let left = allotment.as_ref().zip(spent.as_ref()).and_then(|(allotment, spent)| allotment.subtract(spent));
    let shown = |value: &Number| plain::quantity(policy, measure, value);
    let calendar = Calendar { zone: &policy.time_zone, holidays: &policy.holidays };
    Some(BudgetState {
        budget: declared.name.clone(),
        title: declared.title.as_ref().map(|title| speech.plain(title)),
        per: declared.keys.iter().map(|key| outline::key(policy, *key)).collect(),
        window: outline::window(&declared.window),
        allotment: allotment.as_ref().map(shown),
        spent: spent.as_ref().map(shown),
        left: left.map(|left| shown(&left.max(Number::ZERO))),
        unlimited: allotted == Allotted::Unlimited,
        resets: calendar.window_end(&declared.window, question.at).map(|date| date.to_string()),
    })
}
