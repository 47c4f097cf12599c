//! A prohibition that a fact's default switches off, where nobody vouches for the fact.

use super::Subject;
use super::exact::{Exact, asked};
use super::supposed::amount_is;
use crate::analysis::{Case, Coverage, Silence};
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::expr::Comparison;
use crate::policy::{Fact, FactId, FactRef, Rule, RuleKind};
use crate::program;
use crate::program::node::{Condition, Reads};
use crate::source::Span;

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let exact = Exact::new(on, "unverified-default");
    // What only the person who asks can say has the default for everybody else.
    let hangs = |fact: &&Fact| !fact.verified && fact.default.is_some() && !(fact.about_actor && fact.asks.is_some());
    for (at, fact) in on.policy.facts.iter().enumerate().filter(|(_, fact)| hangs(fact)) {
        for Silenced { rule, case } in silenced(on, &exact, FactId::new(at), Silence::Default) {
            let title = format!("{} is off while nobody speaks of {}", rule.name, fact.name);
            found.push(
                Diagnostic::new(Code::UnverifiedDefault, format!("`{}` does not apply where nobody says anything about `{}`", rule.name, fact.name))
                    .at(rule.span, "this prohibition hangs on the fact")
                    .at(fact.span, "its default keeps the prohibition off, and it need not come from a system of record")
                    .help(format!("make `{}` `verified`, or leave out its default so that it has to be found out", fact.name))
                    .case(case.as_test(on.policy, on.program, &title)),
            );
        }
    }
    exact.tell(found);
}

/// A prohibition that silence switches off, in a case.
pub(super) struct Silenced<'a> {
    pub rule: &'a Rule,
    pub case: Case,
}

/// The prohibitions that silence about a fact switches off: in some case it is off because of that, and would apply if something else were said.
pub(super) fn silenced<'a>(on: Subject<'a>, exact: &Exact<'a>, id: FactId, silence: Silence) -> Vec<Silenced<'a>> {
    let rules = on.policy.rules.iter().zip(&on.program.rules);
    let hanging =
        rules.filter(|(rule, compiled)| matches!(rule.kind, RuleKind::Prohibition { .. }) && compiled.reads.facts.contains(&FactRef::Fact(id)));
    let found = hanging.filter_map(|(rule, compiled)| {
        let mut coverage = Coverage::Exact;
        let binding = binding(on, id, compiled);
        let mut days = exact.days(std::iter::once(&compiled.condition)).into_iter();
        let case = days.find_map(|day| {
            let found = exact.analysis_of(day, |analysis| analysis.find_swing(asked(rule), id, silence, &binding));
            coverage = coverage.and(found.coverage);
            found.case
        });
        if case.is_none() {
            exact.note(rule.span, coverage);
        }
        Some(Silenced { rule, case: case? })
    });
    found.collect()
}

/// When a prohibition binds: where the fact is in the quantity of a cap, where the amount is above that.
fn binding(on: Subject<'_>, id: FactId, rule: &program::Rule) -> Condition {
    let mut reads = Reads::default();
    let quantity = rule.quantity.as_deref().inspect(|quantity| quantity.reads(&on.program.named(), &mut reads));
    match quantity.filter(|_| reads.facts.contains(&FactRef::Fact(id))) {
        Some(quantity) => Condition::And(vec![rule.condition.clone(), amount_is(Comparison::Greater, quantity)].into(), Span::default()),
        None => rule.condition.clone(),
    }
}
