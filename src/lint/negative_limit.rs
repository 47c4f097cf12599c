//! A limit that can go below zero.

use super::Subject;
use super::exact::{Exact, asked};
use super::extent::{Extents, Known};
use super::supposed;
use crate::analysis::Coverage;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::Rule;
use crate::policy::expr::Comparison;
use crate::program::node::Condition;
use crate::program::{self, Kind};

/// A limit of which no bound says that it stays above zero.
struct Suspect<'a> {
    rule: &'a Rule,
    compiled: &'a program::Rule,
    is_always: bool,
    /// That it is below zero.
    below: Vec<Condition>,
}

pub(super) fn check<'a>(on: Subject<'a>, found: &mut Vec<Diagnostic>) {
    let extents = Extents { policy: on.policy, program: on.program };
    let suspect = |(rule, compiled): (&'a Rule, &'a program::Rule)| {
        let quantity = compiled.quantity.as_deref()?;
        let mut known = Known::default();
        extents.learn(&compiled.condition, true, &mut known);
        let extent = extents.of(quantity, &known);
        let below = || supposed::in_customary_cases(on, quantity, Comparison::Less);
        extent.can_be_negative().then(|| Suspect { rule, compiled, is_always: extent.is_negative(), below: below() })
    };
    let suspects: Vec<Suspect<'_>> = on.policy.rules.iter().zip(&on.program.rules).filter_map(suspect).collect();
    let exact = Exact::new(on, "negative-limit");
    for suspect in &suspects {
        let hold: Vec<&Condition> = std::iter::once(&suspect.compiled.condition).chain(&suspect.below).collect();
        let case = exact.find_telling(asked(suspect.rule), &hold, &[]);
        if case.case.is_some() || case.coverage != Coverage::Exact {
            let title = format!("{} is below zero", suspect.rule.name);
            let test = case.case.map(|case| case.as_test(on.policy, on.program, &title));
            found.push(Diagnostic { case: test, ..report(on, suspect) });
        }
    }
}

fn report(on: Subject<'_>, Suspect { rule, compiled, is_always, .. }: &Suspect<'_>) -> Diagnostic {
    let (what, word) = match compiled.kind {
        Kind::Permission { .. } => ("limit", "up to"),
        Kind::Prohibition { .. } => ("cap", "more than"),
        Kind::Entitlement => ("quantity", "of"),
    };
    let place = on.texts.items.at(rule.span).and_then(|item| item.behind(rule.span, word)).unwrap_or(rule.span);
    let problem = |message: &str| Diagnostic::new(Code::NegativeLimit, format!("the {what} of `{}` {message} below zero", rule.name));
    if *is_always {
        return problem("is").at(place, "nothing is left of it").help("write a quantity above zero; `-` takes away, it makes no range");
    }
    problem("can go")
        .at(place, "what is taken away can be more than what it is taken from")
        .help(format!("say what holds then: `{word} max(0, …)` with its unit, or a condition that rules it out"))
}
