//! Trees into a checked policy.

mod extents;
mod mangled;

use std::path::{Path, PathBuf};

use kulanz::diagnostic::{Diagnostic, render};
use kulanz::pack::Pack;
use kulanz::policy::expr::{Expr, ExprKind, Type};
use kulanz::policy::{ChargeBy, Complete, Rule, check};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Reads and checks a pack; what is wrong with it comes back as text.
fn checked(path: &Path) -> Result<Complete, String> {
    let (pack, mut problems) = Pack::read(path);
    match check(&pack) {
        Ok(policy) if problems.is_empty() => Ok(policy),
        Ok(_) => Err(shown(&problems, &pack)),
        Err(more) => {
            problems.extend(more);
            Err(shown(&problems, &pack))
        }
    }
}

fn shown(problems: &[Diagnostic], pack: &Pack) -> String {
    render::human(problems, &pack.sources, false)
}

#[test]
fn the_example_packs_check() {
    for entry in std::fs::read_dir(root("policies")).unwrap() {
        let path = entry.unwrap().path();
        if let Err(problems) = checked(&path) {
            panic!("{}:\n{problems}", path.display());
        }
    }
}

fn reference() -> Complete {
    checked(&root("tests/policy/reference/shop")).unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn the_blocks_of_the_language_reference_check() {
    let policy = reference();
    let names: Vec<_> = policy.rules.iter().map(|rule| rule.name.as_ref()).collect();
    assert!(names.contains(&"accept_returns[3]") && names.contains(&"vouchers[2]") && names.contains(&"everyday_gift"), "{names:?}");
    assert_eq!(policy.holidays.len(), 4);
    assert_eq!(policy.languages, ["de", "en"]);
}

#[test]
fn each_role_has_the_line_of_the_nearest_role_below() {
    let policy = reference();
    let goodwill = policy.budget(policy.budget_named("goodwill").unwrap()).unwrap();
    let line = |role| goodwill.line_of[policy.role_named(role).unwrap().index()];
    assert_eq!(["agent", "senior", "lead", "manager", "finance", "warehouse"].map(line), [Some(0), Some(1), Some(1), Some(1), None, None]);
}

#[test]
fn the_hierarchy_counts_steps() {
    let policy = reference();
    let named = |list: Vec<(kulanz::policy::RoleId, usize)>| -> Vec<(String, usize)> {
        list.into_iter().map(|(role, steps)| (policy.role(role).unwrap().name.clone(), steps)).collect()
    };
    let role = |name| policy.role_named(name).unwrap();
    let expected = |list: &[(&str, usize)]| list.iter().map(|(name, steps)| ((*name).to_owned(), *steps)).collect::<Vec<_>>();
    assert_eq!(named(policy.roles_above(role("agent"))), expected(&[("senior", 1), ("lead", 2), ("manager", 3)]));
    assert_eq!(named(policy.roles_below(role("manager"))), expected(&[("lead", 1), ("warehouse", 1), ("senior", 2), ("agent", 3)]));
}

fn rule<'p>(policy: &'p Complete, name: &str) -> &'p Rule {
    policy.rule(policy.rule_named(name).unwrap()).unwrap()
}

fn condition(policy: &Complete, name: &str) -> Option<ExprKind> {
    policy.terms(policy.rule_named(name).unwrap()).unwrap().condition.clone().map(|condition| condition.kind)
}

#[test]
fn a_row_is_a_rule_whose_cells_are_its_condition() {
    let policy = reference();
    let Some(ExprKind::And(parts)) = condition(&policy, "accept_returns[2]") else { panic!() };
    assert!(matches!(&parts[..], [not, older] if matches!(not.kind, ExprKind::Not(_)) && matches!(older.kind, ExprKind::Compare(..))));
    assert_eq!(policy.sources.snippet(parts[0].span), "not damaged");
    assert!(condition(&policy, "accept_returns[3]").is_none());
    assert!(policy.sources.location(rule(&policy, "vouchers[1]").span).ends_with("vouchers.csv:2:1"));
}

#[test]
fn a_test_of_an_optional_fact_is_false_where_it_is_absent() {
    let policy = policy(
        "fact code text optional\ntable codes\n  may exchange\n  | role | code |\n  |---|---|\n  | agent | \"A\" |\n  | agent | absent |\n  | agent | any |\n",
    );
    let Some(ExprKind::And(parts)) = condition(&policy, "codes[1]") else { panic!() };
    assert!(matches!(parts[0].kind, ExprKind::Present(_)) && matches!(parts[1].kind, ExprKind::OneOf(..)));
    assert!(matches!(condition(&policy, "codes[2]"), Some(ExprKind::Not(_))));
    assert!(condition(&policy, "codes[3]").is_none());
}

#[test]
fn a_charge_is_a_multiple_of_the_amount_or_fixed() {
    let policy = reference();
    let charges = |name| -> Vec<&ChargeBy> { rule(&policy, name).charges.iter().map(|charge| &charge.by).collect() };
    assert!(matches!(charges("small_refund")[..], [ChargeBy::Amount, ChargeBy::Once, ChargeBy::Amount]));
    assert!(matches!(charges("big_discounts")[..], [ChargeBy::PerUnit(_), ChargeBy::Fixed(_)]));
    assert!(matches!(charges("large_ones")[..], [ChargeBy::PerUnit(_), ChargeBy::PerUnit(_)]));
}

#[test]
fn a_definition_that_reads_amount_is_checked_for_each_measure() {
    let policy = policy(
        "action discount of percent\ndefine half as 50% of amount\nbudget in_percent\n  10% per month\nbudget in_money\n  10 EUR per month\n\
         rule one_rule\n  agent may refund\n  charge in_money by half\nrule other_rule\n  agent may discount\n  charge in_percent by half\n",
    );
    assert_eq!(policy.definitions.iter().map(|definition| definition.body.ty.clone()).collect::<Vec<_>>(), [Type::Money, Type::Percent]);
}

#[test]
fn a_value_of_the_facts_type_wins_over_a_name() {
    let policy =
        policy("fact kind one of refund, agent, kind\nrule values\n  agent may exchange\n  when kind is refund and kind is one of agent, kind\n");
    let Some(ExprKind::And(parts)) = condition(&policy, "values") else { panic!() };
    assert!(
        parts.iter().all(
            |part| matches!(&part.kind, ExprKind::OneOf(_, options) if options.iter().all(|option| matches!(option.kind, ExprKind::Constant(_))))
        )
    );
}

#[test]
fn a_condition_that_is_yes_is_the_condition_itself() {
    let policy =
        policy("define large as amount > 5 EUR\ntable sizes\n  may refund\n  | role | large |\n  |---|---|\n  | agent | yes |\n  | agent | no |\n");
    assert!(matches!(condition(&policy, "sizes[1]"), Some(ExprKind::Definition(_))));
    assert!(matches!(condition(&policy, "sizes[2]"), Some(ExprKind::Not(inner)) if matches!(inner.kind, ExprKind::Definition(_))));
}

#[test]
fn a_day_unit_takes_datetimes_as_dates() {
    let policy =
        policy("fact paid_at datetime\nrule fresh\n  agent may exchange\n  when within 2 days after paid_at and within 2 hours after paid_at\n");
    let Some(ExprKind::And(parts)) = condition(&policy, "fresh") else { panic!() };
    let shape = |part: &Expr| match &part.kind {
        ExprKind::Offset { subject, anchor, .. } => (subject.kind.clone(), matches!(anchor.kind, ExprKind::DateOf(_))),
        other => panic!("{other:?}"),
    };
    assert_eq!(parts.iter().map(shape).collect::<Vec<_>>(), [(ExprKind::Today, true), (ExprKind::Now, false)]);
}

#[test]
fn a_wrong_form_hides_no_mistake_elsewhere_and_makes_none() {
    let text = format!(
        "{HEAD}\nfact broken moneyy\nrule a\n  agent may refund up to broken\nrule b\n  agnet may exchange\nfallback refund\n  offer exchange when\n"
    );
    let (pack, problems) = Pack::from_texts(&[("shop.kulanz", &text)]);
    assert_eq!(problems.len(), 2, "{}", shown(&problems, &pack));
    let found = check(&pack).unwrap_err();
    assert_eq!(found.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>(), ["there is no role `agnet`"]);
}

#[test]
fn a_pack_that_lists_no_languages_speaks_those_of_its_texts() {
    assert_eq!(policy("").languages, ["en"]);
    assert_eq!(policy("duty note de \"Notiz\" en \"Note\"\nduty photo \"Foto\"\n").languages, ["de", "en"]);
}

/// The smallest pack, with something added.
const HEAD: &str = "policy \"P\"\n  currency EUR\n  time zone Europe/Berlin\n\nrole agent\naction refund of money\naction exchange\n";

fn policy(more: &str) -> Complete {
    let (pack, problems) = Pack::from_texts(&[("shop.kulanz", &format!("{HEAD}{more}"))]);
    assert!(problems.is_empty(), "{}", shown(&problems, &pack));
    check(&pack).unwrap_or_else(|problems| panic!("{}", shown(&problems, &pack)))
}

#[test]
fn titles_of_tests_and_promises_are_in_the_first_language() {
    let text = "policy \"Shop\"\n  currency EUR\n  time zone Europe/Berlin\n  languages de, en\n\nrole agent\n\naction refund of money\n\n\
        rule r\n  agent may refund\n\ntest en \"plain\" de \"schlicht {\"\n  as agent\n  ask refund of 5 EUR\n  expect yes\n\n\
        promise de \"Kein Nein\" en \"No no\"\n  every no has an offer\n";
    let (pack, problems) = Pack::from_texts(&[("shop.kulanz", text)]);
    assert!(problems.is_empty(), "{}", shown(&problems, &pack));
    let policy = check(&pack).unwrap_or_else(|problems| panic!("{}", shown(&problems, &pack)));
    assert_eq!((policy.tests[0].title.as_str(), policy.promises[0].title.as_str()), ("schlicht {", "Kein Nein"));
    let (id, _) = pack.sources.iter().next().unwrap();
    let laid_out = kulanz::syntax::format::format(&pack.sources, id).unwrap();
    assert!(laid_out.contains("promise de \"Kein Nein\" en \"No no\"\n  every no has an offer\n"), "{laid_out}");
    let (again, _) = Pack::from_texts(&[("shop.kulanz", &laid_out)]);
    let (id, _) = again.sources.iter().next().unwrap();
    assert_eq!(kulanz::syntax::format::format(&again.sources, id).unwrap(), laid_out);
}
