//! The scenario in Rego, on the virtual machine of regorus.

use std::collections::HashMap;
use std::fmt::Write as _;

use peers::{Asked, Bout, Contender, Question, Rule, Scenario, places, places_asked, words};
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Value};
use serde_json::{Map, json};

fn main() -> Result<(), String> {
    let bout = Bout::from_args()?;
    match bout.form.as_str() {
        "data" => bout.run::<Data<ByPair>>(),
        "data-keyed" => bout.run::<Data<ByPlace>>(),
        "code-sliced" => bout.run::<CodeSliced>(),
        "code" => bout.run::<Code>(),
        other => Err(format!("no form is called {other:?}")),
    }
}

/// Compiles for the virtual machine and keeps one machine for all questions, as the "hot" runs of the project's own benches do
/// (<https://github.com/microsoft/regorus/blob/main/benches/rvm_benchmark.rs>).
fn machine(policies: impl IntoIterator<Item = String>, data: Value) -> Result<RegoVM, String> {
    let entry = "data.grants.allow";
    let mut engine = Engine::new();
    for (number, policy) in policies.into_iter().enumerate() {
        engine.add_policy(format!("grants_{number}.rego"), policy).map_err(words)?;
    }
    let compiled = engine.compile_with_entrypoint(&entry.into()).map_err(words)?;
    let program = Compiler::compile_from_policy(&compiled, &[entry]).map_err(words)?;
    let mut machine = RegoVM::new();
    machine.load_program(program);
    machine.set_data(data).map_err(words)?;
    // As there: the limit guards a service against strangers' policies.
    machine.set_max_instructions(usize::MAX);
    Ok(machine)
}

fn allowed(machine: &mut RegoVM, input: Value) -> bool {
    machine.set_input(input);
    machine.execute().expect("the policy has an answer") == Value::Bool(true)
}

fn input(asked: &Asked) -> String {
    let Question { role, action, amount, days, reason, fraud, .. } = &asked.question;
    let mut json = format!(r#"{{"role":"{role}","action":"{action}","amount":{amount},"days":{days},"reason":"{reason}""#);
    for (fact, value) in places_asked(&asked.question) {
        let _ = write!(json, r#","{fact}":"{value}""#);
    }
    let _ = write!(json, r#","fraud":{fraud}}}"#);
    json
}

fn value(json: &str) -> Value {
    Value::from_json_str(json).expect("the JSON is right")
}

/// How rules that are data are found.
trait Key {
    /// The rule of Rego that looks them up.
    fn policy(scenario: &Scenario) -> String;
    /// Where a rule stands among the data.
    fn path(rule: &Rule) -> Vec<&str>;
}

/// By role and action, then one after the other. Objects instead of arrays wherever a key is known is what Rego's guide to performance asks for: <https://www.openpolicyagent.org/docs/policy-performance#use-objects-over-arrays>.
struct ByPair;

impl Key for ByPair {
    fn policy(scenario: &Scenario) -> String {
        let places: String = places(&scenario.rules[0]).map(|(fact, _)| format!("    rule.{fact} == input.{fact}\n")).collect();
        lookup("data.rules[input.role][input.action]", &places)
    }

    fn path(rule: &Rule) -> Vec<&str> {
        vec![&rule.role, &rule.action]
    }
}

/// By everything that a rule compares with one value: the same advice, taken to the end by whoever writes the policy.
struct ByPlace;

impl Key for ByPlace {
    fn policy(scenario: &Scenario) -> String {
        let places: String = places(&scenario.rules[0]).map(|(fact, _)| format!("[input.{fact}]")).collect();
        lookup(&format!("data.rules[input.role][input.action]{places}"), "")
    }

    fn path(rule: &Rule) -> Vec<&str> {
        [rule.role.as_str(), &rule.action].into_iter().chain(places(rule).map(|(_, value)| value)).collect()
    }
}

fn lookup(candidates: &str, places: &str) -> String {
    format!(
        "package grants\n\ndefault allow := false\n\nallow if {{\n    not input.fraud\n    some rule in {candidates}\n{places}    input.amount <= rule.limit\n    input.days <= rule.days\n    rule.reasons[input.reason]\n}}\n"
    )
}

/// Rules as data.
struct Data<K> {
    machine: RegoVM,
    key: std::marker::PhantomData<K>,
}

impl<K: Key> Contender for Data<K> {
    type Source = (String, String);
    type Prepared = Value;

    fn source(scenario: &Scenario) -> (String, String) {
        let mut rules = Map::new();
        for rule in &scenario.rules {
            let row = row(rule);
            let path = K::path(rule);
            let (last, groups) = path.split_last().expect("there is a role");
            let mut at = &mut rules;
            for group in groups {
                at = at.entry(*group).or_insert_with(|| json!({})).as_object_mut().expect("a group is an object");
            }
            at.entry(*last).or_insert_with(|| json!([])).as_array_mut().expect("rules are in a list").push(row);
        }
        (K::policy(scenario), json!({ "rules": rules }).to_string())
    }

    fn load((policy, data): (String, String)) -> Result<Self, String> {
        let data = Value::from_json_str(&data).map_err(words)?;
        Ok(Self { machine: machine([policy], data)?, key: std::marker::PhantomData })
    }

    fn prepare(&self, asked: &Asked) -> Value {
        value(&input(asked))
    }

    fn decide(&mut self, question: &Value) -> bool {
        allowed(&mut self.machine, question.clone())
    }

    fn json(&self, asked: &Asked) -> String {
        input(asked)
    }

    fn decide_json(&mut self, json: &str) -> bool {
        allowed(&mut self.machine, value(json))
    }
}

fn row(rule: &Rule) -> serde_json::Value {
    let reasons: Map<String, serde_json::Value> = rule.reasons.iter().map(|reason| (reason.clone(), true.into())).collect();
    let mut row = json!({ "limit": rule.limit, "days": rule.days, "reasons": reasons });
    for (fact, value) in places(rule) {
        row[fact] = value.into();
    }
    row
}

/// A rule of Rego for each of ours. What is likeliest to fail stands first.
fn clause(rule: &Rule, scope: &str, text: &mut String) {
    let Rule { limit, reasons: [one, two, three], days, .. } = rule;
    let _ = write!(text, "allow if {{\n{scope}");
    for (fact, value) in places(rule) {
        let _ = writeln!(text, "    input.{fact} == \"{value}\"");
    }
    let _ = write!(
        text,
        "    input.amount <= {limit}\n    input.days <= {days}\n    input.reason in {{\"{one}\", \"{two}\", \"{three}\"}}\n    not input.fraud\n}}\n\n"
    );
}

const HEAD: &str = "package grants\n\ndefault allow := false\n\n";

const FURTHER_HEAD: &str = "package grants\n\n";

/// No file of rules may be larger than 1 MiB, so there are so many in each.
const RULES_A_FILE: usize = 1_000;

/// The rules in files of one package; `scope` writes what comes first in a rule.
fn files(rules: &[&Rule], scope: impl Fn(&Rule) -> String) -> Vec<String> {
    let file = |(number, rules): (usize, &[&Rule])| {
        let mut text = if number == 0 { HEAD } else { FURTHER_HEAD }.to_owned();
        for rule in rules {
            clause(rule, &scope(rule), &mut text);
        }
        text
    };
    rules.chunks(RULES_A_FILE).enumerate().map(file).collect()
}

/// Rules as code, in one package.
struct Code(RegoVM);

impl Contender for Code {
    type Source = Vec<String>;
    type Prepared = Value;

    fn source(scenario: &Scenario) -> Vec<String> {
        let rules: Vec<&Rule> = scenario.rules.iter().collect();
        files(&rules, |rule| format!("    input.role == \"{}\"\n    input.action == \"{}\"\n", rule.role, rule.action))
    }

    fn load(policies: Vec<String>) -> Result<Self, String> {
        machine(policies, Value::new_object()).map(Self)
    }

    fn prepare(&self, asked: &Asked) -> Value {
        value(&input(asked))
    }

    fn decide(&mut self, question: &Value) -> bool {
        allowed(&mut self.0, question.clone())
    }

    fn json(&self, asked: &Asked) -> String {
        input(asked)
    }

    fn decide_json(&mut self, json: &str) -> bool {
        allowed(&mut self.0, value(json))
    }
}

/// Rules as code, a program for each role and action, looked up by the caller.
struct CodeSliced(HashMap<String, HashMap<String, RegoVM>>);

impl CodeSliced {
    fn allowed(&mut self, input: Value) -> bool {
        let text = |name: &str| input[name].as_string().expect("a text").clone();
        let (role, action) = (text("role"), text("action"));
        self.0.get_mut(&*role).and_then(|machines| machines.get_mut(&*action)).is_some_and(|machine| allowed(machine, input))
    }
}

impl Contender for CodeSliced {
    type Source = HashMap<String, HashMap<String, Vec<String>>>;
    type Prepared = Value;

    fn source(scenario: &Scenario) -> Self::Source {
        let mut pairs: HashMap<(&str, &str), Vec<&Rule>> = HashMap::new();
        for rule in &scenario.rules {
            pairs.entry((&rule.role, &rule.action)).or_default().push(rule);
        }
        let mut texts: Self::Source = HashMap::new();
        for ((role, action), rules) in pairs {
            texts.entry(role.to_owned()).or_default().insert(action.to_owned(), files(&rules, |_| String::new()));
        }
        texts
    }

    fn load(texts: Self::Source) -> Result<Self, String> {
        let mut machines: HashMap<String, HashMap<String, RegoVM>> = HashMap::new();
        for (role, texts) in texts {
            for (action, files) in texts {
                let machine = machine(files, Value::new_object())?;
                machines.entry(role.clone()).or_default().insert(action, machine);
            }
        }
        Ok(Self(machines))
    }

    fn prepare(&self, asked: &Asked) -> Value {
        value(&input(asked))
    }

    fn decide(&mut self, question: &Value) -> bool {
        self.allowed(question.clone())
    }

    fn json(&self, asked: &Asked) -> String {
        input(asked)
    }

    fn decide_json(&mut self, json: &str) -> bool {
        self.allowed(value(json))
    }
}
