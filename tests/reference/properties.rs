//! What holds whatever a pack says, each named after its sentence.

use std::collections::BTreeSet;

use kulanz::Number;
use kulanz::decide::Outcome;
use proptest::prelude::*;

use super::agreement::{Both, accept, accept_files};
use super::answer::{Answer, Limit};
use super::asked::{Asked, Belief, Given};
use super::dice::Dice;
use super::packs::{Draft, Taste, draft};
use super::questions::question;

/// Questions put to each random pack.
const QUESTIONS: usize = 25;

/// A pack and a stream of chance behind it. A smaller seed is no smaller pack, a smaller size is.
fn packs() -> impl Strategy<Value = (u64, usize)> {
    (any::<u64>(), 1_usize..9)
}

fn few() -> ProptestConfig {
    ProptestConfig { cases: 60, max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() }
}

fn drawn(seed: u64, rules: usize, taste: Taste) -> (Dice, Draft) {
    let mut dice = Dice::new(seed);
    let draft = draft(&mut dice, Taste { rules, ..taste });
    (dice, draft)
}

/// What an answer surely lets the asker grant, at most.
fn most(answer: &Answer) -> Option<Number> {
    match &answer.limit {
        Limit::None => Some(Number::ZERO),
        Limit::Amount(amount) => Some(amount.clone()),
        Limit::Unlimited => None,
    }
}

/// Whether `more` lets through at least what `less` does.
fn gives_at_least(more: &Answer, less: &Answer) -> bool {
    let amounts = match (most(more), most(less)) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(more), Some(less)) => more >= less,
    };
    amounts && (more.outcome.is_allowed() || !less.outcome.is_allowed())
}

fn show(both: &[&Draft], asked: &Asked, answers: &[&Answer]) -> String {
    let texts: Vec<String> = both.iter().map(|draft| draft.text()).collect();
    format!("{}\n{asked:#?}\n{answers:#?}", texts.join("\n=====\n"))
}

/// Of ties in source order only the word and the quantities are fixed.
fn core(answer: &Answer) -> (Outcome, Limit, Limit, usize, BTreeSet<String>) {
    let roles = answer.ask.iter().map(|contact| contact.role.clone()).collect();
    (answer.outcome, answer.limit.clone(), answer.entitled.clone(), answer.require.len(), roles)
}

fn ask(both: &Both, asked: &Asked) -> Answer {
    both.compiled(asked, Belief::Said)
}

proptest! {
    #![proptest_config(few())]

    #[test]
    fn the_order_of_rules_and_files_does_not_change_any_answer((seed, rules) in packs()) {
        let (mut dice, draft) = drawn(seed, rules, Taste { charges: 0, approvals: 0, ..Taste::RICH });
        let mut turned = draft.clone();
        turned.items.reverse();
        // The later half of the rules before the ground, in a file of its own.
        let (late, early) = draft.items.split_at(draft.items.len() / 2);
        let ground = Draft { ground: draft.ground.clone(), items: late.to_vec() }.text();
        let both = accept(&draft.text());
        let others = [accept(&turned.text()), accept_files(&[("a.kulanz", &early.join("\n")), ("b.kulanz", &ground)])];
        for _ in 0..QUESTIONS {
            let asked = question(&mut dice, &both.book, 80);
            let one = ask(&both, &asked);
            for other in &others {
                let two = ask(other, &asked);
                prop_assert!(core(&one) == core(&two), "{}", show(&[&draft], &asked, &[&one, &two]));
            }
        }
    }

    #[test]
    fn adding_a_permission_never_takes_anything_away((seed, rules) in packs()) {
        let (mut dice, draft) = drawn(seed, rules, Taste::RICH);
        let mut fewer = draft.clone();
        let Some(at) = fewer.items.iter().position(|item| item.contains(" may ") && !item.contains(" may not ")) else { return Ok(()) };
        fewer.items.remove(at);
        let (more, less) = (accept(&draft.text()), accept(&fewer.text()));
        for _ in 0..QUESTIONS {
            let asked = question(&mut dice, &more.book, 70);
            let (one, two) = (ask(&more, &asked), ask(&less, &asked));
            prop_assert!(gives_at_least(&one, &two), "{}", show(&[&draft, &fewer], &asked, &[&one, &two]));
        }
    }

    #[test]
    fn adding_a_prohibition_never_gives_anything((seed, rules) in packs()) {
        let (mut dice, draft) = drawn(seed, rules, Taste { charges: 0, ..Taste::RICH });
        let mut fewer = draft.clone();
        let Some(at) = fewer.items.iter().position(|item| item.contains(" may not ")) else { return Ok(()) };
        fewer.items.remove(at);
        let (more, less) = (accept(&draft.text()), accept(&fewer.text()));
        for _ in 0..QUESTIONS {
            let asked = question(&mut dice, &more.book, 70);
            let (one, two) = (ask(&more, &asked), ask(&less, &asked));
            prop_assert!(gives_at_least(&two, &one), "{}", show(&[&draft, &fewer], &asked, &[&one, &two]));
        }
    }

    #[test]
    fn a_role_above_another_has_at_least_its_authority((seed, rules) in packs()) {
        let (mut dice, draft) = drawn(seed, rules, Taste { charges: 0, ..Taste::RICH });
        let both = accept(&draft.text());
        let roles: Vec<String> = both.book.roles.iter().map(|role| role.name.text.clone()).collect();
        for _ in 0..QUESTIONS {
            let asked = question(&mut dice, &both.book, 70);
            for above in roles.iter().filter(|role| both.book.is_at_or_above(role, &asked.role)) {
                let higher = Asked { role: above.clone(), ..asked.clone() };
                let (one, two) = (ask(&both, &higher), ask(&both, &asked));
                prop_assert!(gives_at_least(&one, &two), "{}", show(&[&draft], &higher, &[&one, &two]));
            }
        }
    }

    #[test]
    fn what_is_granted_is_granted_for_every_smaller_quantity((seed, rules) in packs()) {
        let (mut dice, draft) = drawn(seed, rules, Taste { amount: 0, ..Taste::RICH });
        prop_assume!(!draft.text().contains("amount |") && !draft.text().contains("| amount"));
        let both = accept(&draft.text());
        for _ in 0..QUESTIONS {
            let asked = question(&mut dice, &both.book, 80);
            let Some(amount) = asked.amount.clone() else { continue };
            let grid = both.book.grid(both.book.measure(&asked.action));
            let half = amount.divide(&Number::from(2)).unwrap().round(&grid, kulanz::Rounding::Down).unwrap();
            let answer = ask(&both, &asked);
            if answer.outcome.is_allowed() && half.is_positive() {
                let smaller = Asked { amount: Some(half), ..asked.clone() };
                let other = ask(&both, &smaller);
                prop_assert!(other.outcome.is_allowed(), "{}", show(&[&draft], &smaller, &[&other, &answer]));
            }
        }
    }

    #[test]
    fn what_is_within_the_limit_is_granted_and_the_next_step_is_not((seed, rules) in packs()) {
        let (mut dice, draft) = drawn(seed, rules, Taste::RICH);
        let both = accept(&draft.text());
        for _ in 0..QUESTIONS {
            let asked = Asked { amount: None, ..question(&mut dice, &both.book, 80) };
            let answer = ask(&both, &asked);
            let Limit::Amount(limit) = &answer.limit else { continue };
            let of = |amount: Number| ask(&both, &Asked { amount: Some(amount), ..asked.clone() });
            let at = of(limit.clone());
            prop_assert!(at.outcome == answer.outcome && at.charge == answer.charge && at.require == answer.require, "{}", show(&[&draft], &asked, &[&answer, &at]));
            let grid = both.book.grid(both.book.measure(&asked.action));
            let above = of(limit.add(&grid).unwrap());
            prop_assert!(!above.outcome.is_allowed(), "{}", show(&[&draft], &asked, &[&answer, &above]));
        }
    }

    #[test]
    fn supplying_all_of_need_never_leads_to_the_same_need((seed, rules) in packs()) {
        let (mut dice, draft) = drawn(seed, rules, Taste::RICH);
        let both = accept(&draft.text());
        for _ in 0..QUESTIONS {
            let mut asked = question(&mut dice, &both.book, 25);
            let mut supplied: BTreeSet<String> = BTreeSet::new();
            for _ in 0..30 {
                let answer = ask(&both, &asked);
                prop_assert!((answer.outcome == Outcome::Need) <= !answer.need.is_empty(), "{}", show(&[&draft], &asked, &[&answer]));
                let again: Vec<_> = answer.need.iter().filter(|fact| supplied.contains(*fact)).collect();
                prop_assert!(again.is_empty(), "{again:?} {}", show(&[&draft], &asked, &[&answer]));
                if answer.need.is_empty() {
                    break;
                }
                let full = question(&mut dice, &both.book, 100);
                for fact in answer.need {
                    supply(&mut asked, &full, &fact);
                    supplied.insert(fact);
                }
            }
        }
    }

    #[test]
    fn an_answer_with_more_facts_never_contradicts_a_surer_one_with_fewer((seed, rules) in packs()) {
        let (mut dice, mut draft) = drawn(seed, rules, Taste::RICH);
        // What is owed may be charged more than it gives; then it leaves less than there was without it.
        draft.items.iter_mut().filter(|item| item.contains("entitled to")).for_each(without_charges);
        let both = accept(&draft.text());
        for _ in 0..QUESTIONS {
            let full = Asked { id: Some("anna".into()), team: Some("red".into()), ..question(&mut dice, &both.book, 100) };
            let mut fewer = full.clone();
            fewer.facts.retain(|fact, _| dice.chance(60) || both.book.modifiers(fact).any(|it| matches!(it, kulanz::syntax::ast::Modifier::Default(_))));
            let (sure, later) = (ask(&both, &fewer), ask(&both, &full));
            // What was sure stays granted; what nobody could perhaps grant stays refused.
            prop_assert!(gives_at_least(&later, &sure), "{}", show(&[&draft], &full, &[&later, &sure]));
            if !sure.outcome.is_allowed() && sure.outcome != Outcome::Need {
                prop_assert!(!later.outcome.is_allowed(), "{}", show(&[&draft], &full, &[&later, &sure]));
            }
        }
    }

    #[test]
    fn an_answer_without_provisional_facts_is_the_answer_of_a_grant((seed, rules) in packs()) {
        let (mut dice, draft) = drawn(seed, rules, Taste::RICH);
        let both = accept(&draft.text());
        for _ in 0..QUESTIONS {
            let asked = question(&mut dice, &both.book, 80);
            let answer = ask(&both, &asked);
            if answer.outcome.is_allowed() && answer.provisional.is_empty() && asked.amount.is_some() {
                let grant = both.compiled(&asked, Belief::Recorded);
                prop_assert!(grant.outcome.is_allowed(), "{}", show(&[&draft], &asked, &[&answer, &grant]));
            }
        }
    }

    #[test]
    fn nobody_is_listed_who_could_not_make_it_happen((seed, rules) in packs()) {
        let (mut dice, draft) = drawn(seed, rules, Taste::RICH);
        let both = accept(&draft.text());
        for _ in 0..QUESTIONS {
            let asked = question(&mut dice, &both.book, 80);
            let Some(amount) = asked.amount.clone() else { continue };
            let answer = ask(&both, &asked);
            let mut listed: Vec<&String> = answer.ask.iter().map(|contact| &contact.role).collect();
            let alone = answer.ask.iter().filter(|it| it.kind == kulanz::decide::ContactKind::Decide && it.approved_by.is_empty() && !it.another_person);
            for contact in alone {
                // Somebody else of that role, with the facts about the actor left out and nothing spent that is theirs.
                let mut theirs = Asked { role: contact.role.clone(), id: Some("somebody else".into()), amount: Some(amount.clone()), ..asked.clone() };
                theirs.facts.retain(|fact, _| !both.book.is_about_actor(fact));
                theirs.spent.retain(|budget, _| !both.book.budgets[budget].lines[0].per.iter().any(|key| key.text == "actor"));
                let unknown_keys = both.book.budgets.values().any(|it| it.lines[0].per.iter().any(|key| key.text == "actor") && it.lines[0].per.len() > 1);
                let other = ask(&both, &theirs);
                prop_assert!(other.outcome.is_allowed() || unknown_keys, "{contact:?} {}", show(&[&draft], &theirs, &[&other, &answer]));
            }
            listed.sort();
            let once = listed.len();
            listed.dedup();
            prop_assert_eq!(once, listed.len());
        }
    }
}

fn without_charges(item: &mut String) {
    let lines: Vec<&str> = item.lines().filter(|line| !line.starts_with("  charge")).collect();
    *item = format!("{}\n", lines.join("\n"));
}

/// Takes one fact over from a question that knows everything.
fn supply(asked: &mut Asked, full: &Asked, fact: &str) {
    match fact {
        "actor.id" => asked.id = Some("anna".into()),
        "actor.team" => asked.team = Some("red".into()),
        _ => {
            let given = full.facts[fact].clone();
            asked.facts.insert(fact.to_owned(), Given { source: super::asked::Source::Record, ..given });
        }
    }
}
