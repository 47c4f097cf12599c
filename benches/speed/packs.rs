//! The real packs: the questions of their own tests, from JSON to JSON.

use std::path::Path;

use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::date;
use kulanz::Number;
use kulanz::answer::plain::quantity;
use kulanz::policy::expr::{Type, Value};
use kulanz::policy::{BudgetId, BudgetUnit, Expectation, Policy, Test};
use kulanz_scenario::{Asked, Kind, Scenario};
use serde_json::{Map, Value as Json, json};

use crate::Effort;
use crate::kulanz::Kulanz;
use crate::rounds::{Contender, interleave};
use crate::table::{Row, time};

const PACKS: [&str; 4] = ["fashion-shop", "rail", "city-utility", "hotel"];

/// Against a `yes` of the spread rules, for there is no such pack by hand.
pub fn packs(effort: Effort) -> Vec<Row> {
    let scenario = Scenario::new(Kind::Spread, 160);
    let generated = Kulanz::from_text(&scenario.policy());
    let yes: Vec<_> = scenario.questions().into_iter().filter(Asked::granted).map(|asked| (asked.json, Some("yes"))).collect();
    let packs = PACKS.map(|name| Kulanz::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("policies").join(name)));
    let questions: Vec<_> = packs.iter().map(|pack| questions(pack.engine().policy())).collect();
    let mut contenders: Vec<_> = packs.iter().zip(&questions).map(|(pack, questions)| contender(pack, questions)).collect();
    contenders.push(contender(&generated, &yes));
    let measured = interleave(contenders, effort.turns);
    let row = |(at, name): (usize, &&str)| {
        let what = format!("{name}: {} questions, JSON to JSON", questions[at].len());
        Row::new(
            what,
            time(measured.median(at)),
            format!("{} `yes` of 160 spread rules", time(measured.median(PACKS.len()))),
            measured.ratio(at, PACKS.len()),
        )
    };
    PACKS.iter().enumerate().map(row).collect()
}

/// A question, and the word of its answer where the test says one.
type Question = (String, Option<&'static str>);

fn contender<'a>(kulanz: &'a Kulanz, questions: &'a [Question]) -> Contender<'a> {
    let (mut asker, mut out) = (kulanz.asker(), String::new());
    Contender::new(questions.len(), move |range| {
        for (text, word) in &questions[range] {
            asker.answer(text, &mut out);
            let answer = out.strip_prefix(r#"{"answer":""#).unwrap();
            assert!(word.is_none_or(|word| answer.starts_with(word)), "{text} {out}");
        }
    })
}

fn questions(policy: &Policy) -> Vec<Question> {
    policy.tests.iter().map(|test| (question(policy, test).to_string(), word(test))).collect()
}

fn word(test: &Test) -> Option<&'static str> {
    test.expectations.iter().find_map(|(expectation, _)| match expectation {
        Expectation::Answer(outcome) => Some(outcome.word()),
        Expectation::UpTo(_) => Some("up_to"),
        _ => None,
    })
}

/// The test's question in JSON.
fn question(policy: &Policy, test: &Test) -> Json {
    let action = &policy.actions[test.action.index()];
    let amount = test.amount.as_ref().map(|amount| quantity(policy, action.measure.as_ref().unwrap(), amount));
    let spent: Map<String, Json> = test.spent.iter().map(|(id, used)| spent(policy, *id, used)).collect();
    let mut question = json!({
        "actor": {"role": policy.roles[test.role.index()].name, "id": test.actor, "team": test.team},
        "action": action.name,
        "facts": facts(policy, test, false),
        "record": facts(policy, test, true),
        "spent": spent,
        "at": test.at.unwrap_or(Timestamp::UNIX_EPOCH).to_string(),
    });
    let members = question.as_object_mut().unwrap();
    members.extend(amount.map(|amount| ("amount".to_owned(), amount.into())));
    members["actor"].as_object_mut().unwrap().retain(|_, value| !value.is_null());
    question
}

/// What a test says of facts, in their groups. What is on record is not said as well.
fn facts(policy: &Policy, test: &Test, on_record: bool) -> Json {
    let mut all = Map::new();
    let recorded = |id| test.facts.iter().any(|fact| fact.on_record && fact.fact == id);
    for stated in test.facts.iter().filter(|stated| stated.on_record == on_record && (on_record || !recorded(stated.fact))) {
        let fact = &policy.facts[stated.fact.index()];
        let value = stated.value.as_ref().map_or(Json::Null, |known| value(policy, &fact.ty, known));
        match fact.name.split_once('.') {
            Some((group, name)) => all.entry(group).or_insert_with(|| json!({}))[name] = value,
            None => drop(all.insert(fact.name.clone(), value)),
        }
    }
    Json::Object(all)
}

fn value(policy: &Policy, ty: &Type, value: &Value) -> Json {
    match (ty, value) {
        (_, Value::YesNo(value)) => (*value).into(),
        (_, Value::Text(text)) => text.as_str().into(),
        (_, Value::Choice(id)) => policy.choice(*id).into(),
        (_, Value::Set(ids)) => ids.iter().map(|id| policy.choice(*id)).collect(),
        (Type::Date, Value::Quantity(days)) => (date(1970, 1, 1) + days.to_i64().unwrap().days()).to_string().into(),
        (Type::Datetime, Value::Quantity(seconds)) => Timestamp::from_second(seconds.to_i64().unwrap()).unwrap().to_string().into(),
        (ty, Value::Quantity(number)) => quantity(policy, ty, number).into(),
    }
}

/// What a budget has used, in what it counts.
fn spent(policy: &Policy, id: BudgetId, used: &Number) -> (String, Json) {
    let budget = &policy.budgets[id.index()];
    let measure = if let BudgetUnit::Quantity(measure) = &budget.unit { measure } else { &Type::Number };
    (budget.name.clone(), quantity(policy, measure, used).into())
}
