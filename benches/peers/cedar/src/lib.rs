//! The scenario in Cedar, for this package's own program and for the one that serves it over HTTP.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::str::FromStr;

use cedar_policy::{Authorizer, Context, Decision, Entities, EntityId, EntityTypeName, EntityUid, PolicySet, Request, RestrictedExpression};
use peers::{Asked, Contender, Question, Rule, Scenario, places, places_asked, words};
use serde::Deserialize;

/// Where the policies for a question are found.
pub trait Store: Sized {
    /// Reads the policies.
    ///
    /// # Errors
    /// What Cedar does not take.
    fn load(pairs: Vec<Pair>) -> Result<Self, String>;

    /// Those for a question.
    fn policies(&self, role: &str, action: &str) -> &PolicySet;
}

/// The policies of one role and action.
pub struct Pair {
    role: String,
    action: String,
    /// Written in Cedar.
    pub text: String,
}

/// One set for each role and action, so that no policy is evaluated whose scope cannot match: <https://docs.cedarpolicy.com/bestpractices/bp-populate-policy-scope.html> recommends scopes with a principal, because policies can then be
/// indexed by it; the policies for a request are looked up, and the authorizer gets those only.
pub struct Sliced {
    sets: HashMap<String, HashMap<String, PolicySet>>,
    none: PolicySet,
}

impl Store for Sliced {
    fn load(pairs: Vec<Pair>) -> Result<Self, String> {
        let mut sets: HashMap<String, HashMap<String, PolicySet>> = HashMap::new();
        for pair in pairs {
            let policies = PolicySet::from_str(&pair.text).map_err(words)?;
            sets.entry(pair.role).or_default().insert(pair.action, policies);
        }
        Ok(Self { sets, none: PolicySet::new() })
    }

    fn policies(&self, role: &str, action: &str) -> &PolicySet {
        self.sets.get(role).and_then(|sets| sets.get(action)).unwrap_or(&self.none)
    }
}

/// All policies in one set.
pub struct Whole(PolicySet);

impl Store for Whole {
    fn load(pairs: Vec<Pair>) -> Result<Self, String> {
        let text: String = pairs.into_iter().map(|pair| pair.text).collect();
        PolicySet::from_str(&text).map(Self).map_err(words)
    }

    fn policies(&self, _: &str, _: &str) -> &PolicySet {
        &self.0
    }
}

/// Cedar with the policies of a store.
pub struct Cedar<S> {
    store: S,
    authorizer: Authorizer,
    entities: Entities,
    types: Types,
}

/// The types of entities, read once.
struct Types {
    role: EntityTypeName,
    action: EntityTypeName,
    resource: EntityUid,
}

/// A request, and where its policies are.
pub struct Prepared {
    role: String,
    action: String,
    request: Request,
}

/// Its own JSON: what a request consists of.
#[derive(Deserialize)]
struct Call<'a> {
    #[serde(borrow)]
    principal: Cow<'a, str>,
    #[serde(borrow)]
    action: Cow<'a, str>,
    #[serde(borrow)]
    context: Facts<'a>,
}

#[derive(Deserialize)]
struct Facts<'a> {
    amount: i64,
    days: i64,
    #[serde(borrow)]
    reason: Cow<'a, str>,
    #[serde(borrow)]
    region: Cow<'a, str>,
    #[serde(borrow)]
    category: Option<Cow<'a, str>>,
    #[serde(borrow)]
    brand: Option<Cow<'a, str>>,
    fraud: bool,
}

impl Facts<'_> {
    /// Built from typed values as in the crate's own benches, not through `Context::from_json_str`, which takes longer.
    fn context(self) -> Result<Context, String> {
        let text = |value: Cow<str>| RestrictedExpression::new_string(value.into_owned());
        let mut pairs = vec![
            ("amount".to_owned(), RestrictedExpression::new_long(self.amount)),
            ("days".to_owned(), RestrictedExpression::new_long(self.days)),
            ("reason".to_owned(), text(self.reason)),
            ("region".to_owned(), text(self.region)),
            ("fraud".to_owned(), RestrictedExpression::new_bool(self.fraud)),
        ];
        pairs.extend(self.category.map(|value| ("category".to_owned(), text(value))));
        pairs.extend(self.brand.map(|value| ("brand".to_owned(), text(value))));
        Context::from_pairs(pairs).map_err(words)
    }
}

impl Types {
    fn request(&self, role: &str, action: &str, facts: Facts) -> Result<Request, String> {
        let principal = EntityUid::from_type_name_and_id(self.role.clone(), EntityId::new(role));
        let action = EntityUid::from_type_name_and_id(self.action.clone(), EntityId::new(action));
        Request::new(principal, action, self.resource.clone(), facts.context()?, None).map_err(words)
    }
}

impl<S: Store> Cedar<S> {
    /// From JSON to a decision: is the amount granted?
    ///
    /// # Panics
    /// Where the JSON is no request.
    #[must_use]
    pub fn answer(&self, json: &str) -> bool {
        let call: Call = serde_json::from_str(json).expect("the JSON is right");
        let request = self.types.request(&call.principal, &call.action, call.context).expect("the request is right");
        self.allows(&call.principal, &call.action, &request)
    }

    fn allows(&self, role: &str, action: &str, request: &Request) -> bool {
        let response = self.authorizer.is_authorized(request, self.store.policies(role, action), &self.entities);
        response.decision() == Decision::Allow
    }
}

impl<S: Store> Contender for Cedar<S> {
    type Source = Vec<Pair>;
    type Prepared = Prepared;

    fn source(scenario: &Scenario) -> Vec<Pair> {
        pairs(scenario)
    }

    fn load(pairs: Vec<Pair>) -> Result<Self, String> {
        let store = S::load(pairs)?;
        let named = |name: &str| EntityTypeName::from_str(name).map_err(words);
        let resource = EntityUid::from_type_name_and_id(named("Case")?, EntityId::new("this"));
        let types = Types { role: named("Role")?, action: named("Action")?, resource };
        Ok(Self { store, authorizer: Authorizer::new(), entities: Entities::empty(), types })
    }

    fn prepare(&self, asked: &Asked) -> Prepared {
        let question = &asked.question;
        let request = self.types.request(&question.role, &question.action, facts(question)).expect("the request is right");
        Prepared { role: question.role.clone(), action: question.action.clone(), request }
    }

    fn decide(&mut self, question: &Prepared) -> bool {
        self.allows(&question.role, &question.action, &question.request)
    }

    fn json(&self, asked: &Asked) -> String {
        json(asked)
    }

    fn decide_json(&mut self, json: &str) -> bool {
        self.answer(json)
    }
}

/// A question as the JSON that [`Cedar::answer`] reads.
#[must_use]
pub fn json(asked: &Asked) -> String {
    let Question { role, action, amount, days, reason, fraud, .. } = &asked.question;
    let mut json = format!(r#"{{"principal":"{role}","action":"{action}","context":{{"amount":{amount},"days":{days},"reason":"{reason}""#);
    for (fact, value) in places_asked(&asked.question) {
        let _ = write!(json, r#","{fact}":"{value}""#);
    }
    let _ = write!(json, r#","fraud":{fraud}}}}}"#);
    json
}

fn facts(question: &Question) -> Facts<'_> {
    Facts {
        amount: question.amount.into(),
        days: question.days.into(),
        reason: question.reason.as_str().into(),
        region: question.region.as_str().into(),
        category: question.category.as_deref().map(Cow::from),
        brand: question.brand.as_deref().map(Cow::from),
        fraud: question.fraud,
    }
}

/// What is likeliest to fail stands first: a policy is left at its first condition that does not hold.
fn policy(rule: &Rule, text: &mut String) {
    let Rule { role, action, limit, reasons: [one, two, three], days, .. } = rule;
    let _ = write!(text, "permit(principal == Role::\"{role}\", action == Action::\"{action}\", resource) when {{ ");
    for (fact, value) in places(rule) {
        let _ = write!(text, "context.{fact} == \"{value}\" && ");
    }
    let _ = write!(text, "context.amount <= {limit} && context.days <= {days} && [\"{one}\", \"{two}\", \"{three}\"].contains(context.reason)");
    text.push_str(" && !context.fraud };\n");
}

/// The rules in Cedar.
#[must_use]
pub fn pairs(scenario: &Scenario) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    let mut places: HashMap<(&str, &str), usize> = HashMap::new();
    for rule in &scenario.rules {
        let at = *places.entry((&rule.role, &rule.action)).or_insert_with(|| {
            pairs.push(Pair { role: rule.role.clone(), action: rule.action.clone(), text: String::new() });
            pairs.len() - 1
        });
        policy(rule, &mut pairs[at].text);
    }
    pairs
}
