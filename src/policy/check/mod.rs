//! Trees into a checked policy.
//!
//! First every name is collected, then every item is checked against them. An expression that failed is an `Err` that says so and nothing more, so a
//! mistake is reported once; what needs the failed part stays silent.

mod amounts;
mod budgets;
mod charges;
mod clauses;
mod comparisons;
mod definitions;
mod expressions;
mod extents;
mod facts;
mod guards;
mod hierarchy;
mod items;
mod literals;
mod lookups;
mod names;
mod otherwise;
mod promises;
mod repeated;
mod report;
mod rule_tables;
mod rules;
mod scope;
mod settings;
mod sums;
mod table_cells;
mod test_items;
mod test_moments;
mod texts;
mod times;
mod vocabulary;
mod wording;

use crate::diagnostic::Diagnostic;
use crate::pack::Pack;
use crate::policy::{Budget, Complete, Definition, Index, Lookup, Policy, Rule};

use definitions::Memo;
use facts::{Choices, FactShape};
use items::Items;
use names::Names;
use report::{Checked, Reported};
use settings::Settings;

use crate::policy::expr::Type;

/// Checks the trees of a pack.
///
/// # Errors
/// Everything that is wrong with it, in source order; nothing is answered from such a pack.
pub fn check(pack: &Pack) -> Result<Complete, Vec<Diagnostic>> {
    let items = Items::of(pack);
    let mut checker = Checker::new(pack, &items);
    match checker.policy() {
        Ok(policy) if checker.diagnostics.is_empty() => Ok(policy),
        _ => Err(checker.into_diagnostics()),
    }
}

/// What is known so far, and what is wrong.
struct Checker<'a> {
    pack: &'a Pack,
    items: &'a Items<'a>,
    names: Names,
    settings: Settings,
    choices: Choices,
    /// By `FactId`.
    facts: Vec<FactShape>,
    /// By `ActionId`.
    measures: Vec<Option<Type>>,
    /// By `RoleId`: the roles directly below.
    below: Vec<Vec<crate::policy::RoleId>>,
    memo: Memo,
    definitions: Vec<Definition>,
    lookups: Vec<Lookup>,
    budgets: Vec<Checked<Budget>>,
    /// The charges of budgets that only record.
    recorded: Vec<charges::Recorded>,
    /// The budgets whose unit is being looked for.
    looked_for: Vec<crate::policy::BudgetId>,
    /// By `DutyId`.
    deadlines: Vec<Option<crate::policy::expr::Expr>>,
    diagnostics: Vec<Diagnostic>,
    /// The type of the value that stands where something is being looked for, if it is known.
    wanted: Option<Type>,
    /// What stands for nothing, in the order it was found.
    unresolved: Vec<repeated::Unresolved>,
    /// Uses of actions with a quantity that they do not have.
    unmeasured: Vec<otherwise::Unmeasured>,
    /// Amounts of budgets without a unit that were told.
    unitless: Vec<crate::source::Span>,
}

impl<'a> Checker<'a> {
    fn new(pack: &'a Pack, items: &'a Items<'a>) -> Self {
        Self {
            pack,
            items,
            names: Names::default(),
            settings: Settings::default(),
            choices: Choices::default(),
            facts: Vec::new(),
            measures: Vec::new(),
            below: Vec::new(),
            memo: Memo::default(),
            definitions: Vec::new(),
            lookups: Vec::new(),
            budgets: Vec::new(),
            recorded: Vec::new(),
            looked_for: Vec::new(),
            deadlines: Vec::new(),
            diagnostics: Vec::new(),
            wanted: None,
            unresolved: Vec::new(),
            unmeasured: Vec::new(),
            unitless: Vec::new(),
        }
    }

    /// Every step runs, whatever the ones before it found; only at the end it shows whether there is a policy.
    fn policy(&mut self) -> Checked<Complete> {
        let title = self.settings();
        self.collect_names();
        self.collect_facts();
        self.collect_measures();
        let roles = self.roles();
        let actions = self.actions();
        let facts = self.fact_items();
        self.definitions();
        let duties = self.duties();
        self.budget_items();
        let (rules, terms) = self.rules();
        self.settle_units();
        self.check_lines(&rules);
        let fallbacks = self.fallbacks();
        let tests = self.tests(&rules, &terms, &fallbacks);
        let promises = self.promises();
        let name = self.text(title.ok_or(Reported::ALREADY)?)?;
        let index = self.index(&rules);
        let policy = Policy {
            name,
            version: self.pack.version.clone(),
            currency: self.settings.currency.ok_or(Reported::ALREADY)?,
            currency_decimals: self.settings.decimals(),
            time_zone: self.settings.time_zone.clone().ok_or(Reported::ALREADY)?,
            languages: self.settings.spoken_languages(),
            holidays: self.settings.holidays.clone(),
            roles: roles?,
            facts: facts?,
            choices: self.choices.names(),
            actions: actions?,
            duties: duties?,
            budgets: std::mem::take(&mut self.budgets).into_iter().collect::<Checked<_>>()?,
            definitions: std::mem::take(&mut self.definitions),
            lookups: std::mem::take(&mut self.lookups),
            rules,
            fallbacks,
            tests,
            promises,
            sources: self.pack.sources.clone(),
            own: self.pack.parts.first().into_iter().flat_map(|part| &part.files).map(|file| file.source).collect(),
            index,
        };
        Ok(Complete { policy, terms })
    }

    fn index(&self, rules: &[Rule]) -> Index {
        Index::new(self.names.of_policy(), rules)
    }
}
