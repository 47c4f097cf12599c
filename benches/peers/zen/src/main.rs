//! The scenario as decision tables of ZEN.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use peers::{Asked, Bout, Contender, Question, Rule, Scenario, places, places_asked, words};
use serde_json::{Map, Value, json};
use zen_engine::loader::MemoryLoader;
use zen_engine::model::DecisionContent;
use zen_engine::{Decision, DecisionEngine, Variable};

fn main() -> Result<(), String> {
    let bout = Bout::from_args()?;
    match bout.form.as_str() {
        "table" => bout.run::<Table>(),
        "sliced" => bout.run::<Sliced>(),
        "policy-sliced" => bout.run::<PolicySliced>(),
        other => Err(format!("no form is called {other:?}")),
    }
}

/// Tables do nothing that has to be waited for, so one poll is enough and no executor is paid for.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("a decision table waits for nothing"),
    }
}

/// A table as the project's own generator of benches writes it (<https://github.com/gorules/zen/blob/master/benchmark/gen.mjs>): hit policy `first`, an input node in front of it. A cell that lists texts or is yes or no is found through the
/// table's index; what is likeliest to fail stands first among the others.
fn table(scenario: &Scenario, rules: &[&Rule], with_scope: bool, prefix: &str) -> (Value, Value, Vec<Value>) {
    let scope: &[&str] = if with_scope { &["role", "action"] } else { &[] };
    let facts = scope.iter().copied().chain(places(&scenario.rules[0]).map(|(fact, _)| fact)).chain(["amount", "days", "reason", "fraud"]);
    let inputs = facts.map(|fact| json!({ "id": fact, "name": fact, "field": format!("{prefix}{fact}") })).collect();
    let outputs = json!([{ "id": "granted", "name": "granted", "field": format!("{prefix}granted") }]);
    let rows = rules.iter().map(|rule| row(rule, with_scope)).collect();
    (inputs, outputs, rows)
}

fn row(rule: &Rule, with_scope: bool) -> Value {
    let mut row = Map::new();
    let mut cell = |name: &str, test: String| row.insert(name.to_owned(), test.into());
    cell("_id", rule.name.clone());
    if with_scope {
        cell("role", format!("'{}'", rule.role));
        cell("action", format!("'{}'", rule.action));
    }
    for (fact, value) in places(rule) {
        cell(fact, format!("'{value}'"));
    }
    let [one, two, three] = &rule.reasons;
    cell("amount", format!("<= {}", rule.limit));
    cell("days", format!("<= {}", rule.days));
    cell("reason", format!("'{one}', '{two}', '{three}'"));
    cell("fraud", "false".to_owned());
    cell("granted", "true".to_owned());
    row.into()
}

fn graph(scenario: &Scenario, rules: &[&Rule], with_scope: bool) -> String {
    let (inputs, outputs, rules) = table(scenario, rules, with_scope, "");
    let content = json!({ "hitPolicy": "first", "inputs": inputs, "outputs": outputs, "rules": rules });
    json!({
        "nodes": [
            { "id": "in", "name": "question", "type": "inputNode", "content": {} },
            { "id": "table", "name": "table", "type": "decisionTableNode", "content": content },
        ],
        "edges": [{ "id": "edge", "type": "edge", "sourceId": "in", "targetId": "table" }],
    })
    .to_string()
}

/// Compiled before it is asked, "for faster evaluations": <https://docs.rs/crate/zen-engine/latest>, "Loaders", and the precompiled run of the project's own benches.
fn compiled(json: &str) -> Result<Decision, String> {
    let content: DecisionContent = serde_json::from_str(json).map_err(words)?;
    let mut decision = DecisionEngine::default().create_decision(Arc::new(content)).map_err(words)?;
    decision.compile();
    Ok(decision)
}

fn granted(decision: &Decision, case: Variable) -> bool {
    let response = ready(decision.evaluate(case)).expect("the table has an answer");
    is_yes(&response.result, "granted")
}

fn is_yes(result: &Variable, path: &str) -> bool {
    result.dot(path).is_some_and(|granted| granted.as_bool() == Some(true))
}

fn case(asked: &Asked, with_scope: bool) -> String {
    let Question { role, action, amount, days, reason, fraud, .. } = &asked.question;
    let mut json = String::from("{");
    if with_scope {
        let _ = write!(json, r#""role":"{role}","action":"{action}","#);
    }
    let _ = write!(json, r#""amount":{amount},"days":{days},"reason":"{reason}""#);
    for (fact, value) in places_asked(&asked.question) {
        let _ = write!(json, r#","{fact}":"{value}""#);
    }
    let _ = write!(json, r#","fraud":{fraud}}}"#);
    json
}

fn variable(json: &str) -> Variable {
    serde_json::from_str(json).expect("the JSON is right")
}

/// All rules in one table.
struct Table(Decision);

impl Contender for Table {
    type Source = String;
    type Prepared = Variable;

    fn source(scenario: &Scenario) -> String {
        graph(scenario, &scenario.rules.iter().collect::<Vec<_>>(), true)
    }

    fn load(json: String) -> Result<Self, String> {
        compiled(&json).map(Self)
    }

    fn prepare(&self, asked: &Asked) -> Variable {
        variable(&case(asked, true))
    }

    fn decide(&mut self, question: &Variable) -> bool {
        granted(&self.0, question.clone())
    }

    fn json(&self, asked: &Asked) -> String {
        case(asked, true)
    }

    fn decide_json(&mut self, json: &str) -> bool {
        granted(&self.0, variable(json))
    }
}

fn by_pair(scenario: &Scenario) -> HashMap<(&str, &str), Vec<&Rule>> {
    let mut pairs: HashMap<_, Vec<_>> = HashMap::new();
    for rule in &scenario.rules {
        pairs.entry((rule.role.as_str(), rule.action.as_str())).or_default().push(rule);
    }
    pairs
}

type ByPair<T> = HashMap<String, HashMap<String, T>>;

/// A question with its role and action, by which the caller finds the table.
struct Scoped {
    role: String,
    action: String,
    case: Variable,
}

/// The role and the action of a question, read from the same object as everything else.
fn scope(case: &Variable) -> (std::rc::Rc<str>, std::rc::Rc<str>) {
    let text = |name: &str| case.dot(name).and_then(|text| text.as_rc_str()).expect("a text");
    (text("role"), text("action"))
}

/// A decision of its own for each role and action.
struct Sliced(ByPair<Decision>);

impl Sliced {
    fn granted(&self, role: &str, action: &str, case: Variable) -> bool {
        self.0.get(role).and_then(|decisions| decisions.get(action)).is_some_and(|decision| granted(decision, case))
    }
}

impl Contender for Sliced {
    type Source = ByPair<String>;
    type Prepared = Scoped;

    fn source(scenario: &Scenario) -> ByPair<String> {
        let mut graphs: ByPair<String> = HashMap::new();
        for ((role, action), rules) in by_pair(scenario) {
            graphs.entry(role.to_owned()).or_default().insert(action.to_owned(), graph(scenario, &rules, false));
        }
        graphs
    }

    fn load(graphs: ByPair<String>) -> Result<Self, String> {
        let mut decisions: ByPair<Decision> = HashMap::new();
        for (role, graphs) in graphs {
            for (action, json) in graphs {
                decisions.entry(role.clone()).or_default().insert(action, compiled(&json)?);
            }
        }
        Ok(Self(decisions))
    }

    fn prepare(&self, asked: &Asked) -> Scoped {
        Scoped { role: asked.question.role.clone(), action: asked.question.action.clone(), case: variable(&case(asked, false)) }
    }

    fn decide(&mut self, question: &Scoped) -> bool {
        self.granted(&question.role, &question.action, question.case.clone())
    }

    fn json(&self, asked: &Asked) -> String {
        case(asked, true)
    }

    fn decide_json(&mut self, json: &str) -> bool {
        let case = variable(json);
        let (role, action) = scope(&case);
        self.granted(&role, &action, case)
    }
}

/// The same tables as policy documents, the newer of the project's two kinds of rules.
struct PolicySliced(DecisionEngine);

impl PolicySliced {
    fn granted(&self, role: &str, action: &str, case: Variable) -> bool {
        let response = ready(self.0.evaluate(format!("{role}/{action}"), case)).expect("the policy has an answer");
        is_yes(&response.result, "case.granted")
    }
}

impl Contender for PolicySliced {
    type Source = Vec<(String, String)>;
    type Prepared = Scoped;

    fn source(scenario: &Scenario) -> Self::Source {
        let mut documents = Vec::new();
        for ((role, action), rules) in by_pair(scenario) {
            let (inputs, outputs, rows) = table(scenario, &rules, false, "case.");
            let texts = places(&scenario.rules[0]).map(|(fact, _)| fact).chain(["role", "action", "reason"]).map(|fact| (fact, "string"));
            let properties: Vec<Value> = texts
                .chain([("amount", "number"), ("days", "number"), ("fraud", "boolean")])
                .map(|(fact, kind)| json!({ "id": fact, "name": fact, "type": kind, "array": false, "optional": false }))
                .collect();
            let document = json!({ "blocks": [
                { "id": "model", "type": "dataModel", "props": { "data": { "name": "case", "properties": properties } }, "children": [] },
                { "id": "table", "type": "decisionTable", "props": { "data": { "hitPolicy": "first", "inputs": inputs, "outputs": outputs, "rules": rows } } },
            ] });
            documents.push((format!("{role}/{action}"), document.to_string()));
        }
        documents
    }

    fn load(documents: Self::Source) -> Result<Self, String> {
        let loader = MemoryLoader::default();
        for (key, json) in documents {
            let content: DecisionContent = serde_json::from_str(&json).map_err(words)?;
            loader.add(key, content);
        }
        let engine = DecisionEngine::default().with_loader(Arc::new(loader));
        match engine.compile().first() {
            Some(failure) => Err(format!("{failure:?}")),
            None => Ok(Self(engine)),
        }
    }

    fn prepare(&self, asked: &Asked) -> Scoped {
        Scoped { role: asked.question.role.clone(), action: asked.question.action.clone(), case: variable(&self.json(asked)) }
    }

    fn decide(&mut self, question: &Scoped) -> bool {
        self.granted(&question.role, &question.action, question.case.clone())
    }

    fn json(&self, asked: &Asked) -> String {
        format!(r#"{{"case":{}}}"#, case(asked, true))
    }

    fn decide_json(&mut self, json: &str) -> bool {
        let case = variable(json);
        let (role, action) = scope(&case.dot("case").expect("a case"));
        self.granted(&role, &action, case)
    }
}
