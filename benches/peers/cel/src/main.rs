//! The scenario in the Common Expression Language.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use cel::common::types::{CelBool, CelInt, CelString};
use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use cel::{Context, Env, Program, Value};
use peers::{Asked, Bout, Contender, Question, Rule, Scenario, places, places_asked, words};
use serde::Deserialize;

fn main() -> Result<(), String> {
    let bout = Bout::from_args()?;
    match bout.form.as_str() {
        "sliced" => bout.run::<Cel>(),
        other => Err(format!("no form is called {other:?}")),
    }
}

/// One program for each role and action: its rules, joined by `||`.
///
/// The environment is shared and the programs are compiled once, as in the example at the head of <https://docs.rs/cel>. Facts come from a [`VariableResolver`] that lends them out, which its documentation names as the way that avoids
/// hash maps and copies (<https://docs.rs/cel/latest/cel/context/trait.VariableResolver.html>).
struct Cel {
    programs: HashMap<String, HashMap<String, Program>>,
    context: Context<'static, 'static>,
}

/// The facts of a question as values of CEL.
struct Facts<'a> {
    amount: CelInt,
    days: CelInt,
    reason: CelString<'a>,
    region: CelString<'a>,
    category: CelString<'a>,
    brand: CelString<'a>,
    fraud: CelBool,
}

impl VariableResolver for Facts<'_> {
    fn resolve<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        let value: &dyn Val = match name {
            "amount" => &self.amount,
            "days" => &self.days,
            "reason" => &self.reason,
            "region" => &self.region,
            "category" => &self.category,
            "brand" => &self.brand,
            "fraud" => &self.fraud,
            _ => return None,
        };
        Some(CowVal::Borrowed(value))
    }
}

struct Prepared {
    role: String,
    action: String,
    facts: Facts<'static>,
}

#[derive(Deserialize)]
struct Call<'a> {
    #[serde(borrow)]
    role: Cow<'a, str>,
    #[serde(borrow)]
    action: Cow<'a, str>,
    amount: i64,
    days: i64,
    #[serde(borrow)]
    reason: Cow<'a, str>,
    #[serde(borrow)]
    region: Cow<'a, str>,
    #[serde(borrow, default)]
    category: Cow<'a, str>,
    #[serde(borrow, default)]
    brand: Cow<'a, str>,
    fraud: bool,
}

impl Cel {
    fn holds(&self, role: &str, action: &str, facts: &Facts) -> bool {
        let Some(program) = self.programs.get(role).and_then(|programs| programs.get(action)) else { return false };
        let mut context = self.context.new_inner_scope();
        context.set_variable_resolver(facts);
        program.execute(&context).expect("the expression has a value") == Value::Bool(true)
    }
}

impl Contender for Cel {
    type Source = HashMap<String, HashMap<String, String>>;
    type Prepared = Prepared;

    fn source(scenario: &Scenario) -> Self::Source {
        let mut texts: Self::Source = HashMap::new();
        for rule in &scenario.rules {
            let text = texts.entry(rule.role.clone()).or_default().entry(rule.action.clone()).or_default();
            if !text.is_empty() {
                text.push_str(" || ");
            }
            expression(rule, text);
        }
        texts
    }

    fn load(texts: Self::Source) -> Result<Self, String> {
        let env = Arc::new(Env::stdlib());
        let mut programs: HashMap<String, HashMap<String, Program>> = HashMap::new();
        for (role, texts) in texts {
            for (action, text) in texts {
                let program = env.compile(&text).map_err(words)?;
                programs.entry(role.clone()).or_default().insert(action, program);
            }
        }
        Ok(Self { programs, context: Context::with_env(env) })
    }

    fn prepare(&self, asked: &Asked) -> Prepared {
        let Question { role, action, amount, days, reason, region, category, brand, fraud, .. } = asked.question.clone();
        // Texts that are lent are compared faster than those that the value owns.
        let lent = |text: String| CelString::from(&*text.leak());
        let facts = Facts {
            amount: i64::from(amount).into(),
            days: i64::from(days).into(),
            reason: lent(reason),
            region: lent(region),
            category: lent(category.unwrap_or_default()),
            brand: lent(brand.unwrap_or_default()),
            fraud: fraud.into(),
        };
        Prepared { role, action, facts }
    }

    fn decide(&mut self, question: &Prepared) -> bool {
        self.holds(&question.role, &question.action, &question.facts)
    }

    fn json(&self, asked: &Asked) -> String {
        let Question { role, action, amount, days, reason, fraud, .. } = &asked.question;
        let mut json = format!(r#"{{"role":"{role}","action":"{action}","amount":{amount},"days":{days},"reason":"{reason}""#);
        for (fact, value) in places_asked(&asked.question) {
            let _ = write!(json, r#","{fact}":"{value}""#);
        }
        let _ = write!(json, r#","fraud":{fraud}}}"#);
        json
    }

    fn decide_json(&mut self, json: &str) -> bool {
        let call: Call = serde_json::from_str(json).expect("the JSON is right");
        let facts = Facts {
            amount: call.amount.into(),
            days: call.days.into(),
            reason: (&*call.reason).into(),
            region: (&*call.region).into(),
            category: (&*call.category).into(),
            brand: (&*call.brand).into(),
            fraud: call.fraud.into(),
        };
        self.holds(&call.role, &call.action, &facts)
    }
}

/// What is likeliest to fail stands first.
fn expression(rule: &Rule, text: &mut String) {
    let Rule { limit, reasons: [one, two, three], days, .. } = rule;
    for (fact, value) in places(rule) {
        let _ = write!(text, "{fact} == \"{value}\" && ");
    }
    let _ = write!(text, "amount <= {limit} && days <= {days} && reason in [\"{one}\", \"{two}\", \"{three}\"] && !fraud");
}
