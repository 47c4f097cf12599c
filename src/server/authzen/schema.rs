//! The form of requests and responses, for the API description. Members that are not described are passed over, as the specification wants it.
#![expect(dead_code, clippy::struct_field_names, reason = "only the schemas of these types are used")]

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::ToSchema;

/// A subject or a resource.
#[derive(ToSchema)]
pub struct Entity {
    /// What it is.
    #[schema(example = "record", min_length = 1, pattern = r"\S")]
    r#type: String,
    /// Which one.
    #[schema(example = "record-1", min_length = 1, pattern = r"\S")]
    id: String,
    /// What is said of it.
    properties: Option<BTreeMap<String, Value>>,
}

/// What is looked for: its type. An id counts for nothing.
#[derive(ToSchema)]
pub struct Sought {
    /// What it is.
    #[schema(example = "user", min_length = 1, pattern = r"\S")]
    r#type: String,
}

/// An action.
#[derive(ToSchema)]
pub struct Deed {
    /// Its name.
    #[schema(example = "read", min_length = 1, pattern = r"\S")]
    name: String,
    /// What is said of it.
    properties: Option<BTreeMap<String, Value>>,
}

/// May this subject do this to that resource?
#[derive(ToSchema)]
pub struct Evaluation {
    /// Who.
    subject: Entity,
    /// What.
    action: Deed,
    /// To what.
    resource: Entity,
    /// In which circumstances; `approval` is that of an access request.
    context: Option<BTreeMap<String, Value>>,
}

/// One of several; what it leaves out is what the whole request says.
#[derive(ToSchema)]
pub struct PartOfEvaluations {
    /// Who.
    subject: Option<Entity>,
    /// What.
    action: Option<Deed>,
    /// To what.
    resource: Option<Entity>,
    /// In which circumstances.
    context: Option<BTreeMap<String, Value>>,
}

/// Several evaluations; without `evaluations`, or with none, it is one.
#[derive(ToSchema)]
pub struct Evaluations {
    /// Who, where an evaluation does not say.
    subject: Option<Entity>,
    /// What, likewise.
    action: Option<Deed>,
    /// To what, likewise.
    resource: Option<Entity>,
    /// In which circumstances, likewise.
    context: Option<BTreeMap<String, Value>>,
    /// The evaluations.
    evaluations: Option<Vec<PartOfEvaluations>>,
    /// How they are carried out.
    options: Option<EvaluationsOptions>,
}

/// How evaluations are carried out.
#[derive(ToSchema)]
pub struct EvaluationsOptions {
    /// `execute_all`, `deny_on_first_deny` or `permit_on_first_permit`.
    #[schema(pattern = "^(execute_all|deny_on_first_deny|permit_on_first_permit)$")]
    evaluations_semantic: Option<String>,
}

/// A decision.
#[derive(ToSchema)]
pub struct Decision {
    /// Whether it may be done.
    decision: bool,
    /// Why, how much, what must be done besides, and who else can decide.
    context: BTreeMap<String, Value>,
}

/// Decisions in order, or a single one.
#[derive(ToSchema)]
pub struct Decisions {
    /// The decisions.
    evaluations: Option<Vec<Decision>>,
    /// Where there are no `evaluations`: the decision.
    decision: Option<bool>,
    /// Likewise: its context.
    context: Option<BTreeMap<String, Value>>,
}

/// Which part of the results.
#[derive(ToSchema)]
pub struct PageWanted {
    /// `next_token` of the page before.
    token: Option<String>,
    /// So many at most.
    #[schema(minimum = 0)]
    limit: Option<u64>,
}

/// Which subjects may do this to that resource?
#[derive(ToSchema)]
pub struct SubjectSearch {
    /// Which.
    subject: Sought,
    /// What.
    action: Deed,
    /// To what.
    resource: Entity,
    /// In which circumstances.
    context: Option<BTreeMap<String, Value>>,
    /// Which part of the results.
    page: Option<PageWanted>,
}

/// To which resources may this subject do this?
#[derive(ToSchema)]
pub struct ResourceSearch {
    /// Who.
    subject: Entity,
    /// What.
    action: Deed,
    /// Which.
    resource: Sought,
    /// In which circumstances.
    context: Option<BTreeMap<String, Value>>,
    /// Which part of the results.
    page: Option<PageWanted>,
}

/// What may this subject do to that resource?
#[derive(ToSchema)]
pub struct ActionSearch {
    /// Who.
    subject: Entity,
    /// To what.
    resource: Entity,
    /// In which circumstances.
    context: Option<BTreeMap<String, Value>>,
    /// Which part of the results.
    page: Option<PageWanted>,
}

/// Which part of the results this is.
#[derive(ToSchema)]
pub struct PageFound {
    /// For the next page; empty where there is none.
    next_token: String,
    /// So many results are here.
    count: u64,
}

/// A subject or a resource that is found.
#[derive(ToSchema)]
pub struct FoundEntity {
    /// What it is.
    r#type: String,
    /// Which one.
    id: String,
    /// What must be done besides.
    obligations: Option<Vec<Value>>,
}

/// Subjects or resources.
#[derive(ToSchema)]
pub struct Found {
    /// Which part of them.
    page: PageFound,
    /// Those that are found.
    results: Vec<FoundEntity>,
}

/// An action that is found.
#[derive(ToSchema)]
pub struct FoundAction {
    /// Its name.
    name: String,
    /// What must be done besides.
    obligations: Option<Vec<Value>>,
}

/// Actions.
#[derive(ToSchema)]
pub struct FoundActions {
    /// Which part of them.
    page: PageFound,
    /// Those that are found.
    results: Vec<FoundAction>,
}

/// The denial that is brought to somebody else.
#[derive(ToSchema)]
pub struct Denial {
    /// `context.access_request.binding_token` of the denial.
    binding_token: Option<String>,
    /// `context.access_request.expires_at` of the denial.
    expires_at: Option<String>,
    /// `context.evaluation_id` of the denial.
    evaluation_id: Option<String>,
}

/// A denied evaluation, to be decided by somebody else.
#[derive(ToSchema)]
pub struct AccessRequest {
    /// As in the evaluation.
    subject: Entity,
    /// As in the evaluation.
    action: Deed,
    /// As in the evaluation.
    resource: Entity,
    /// As in the evaluation; `business_justification` becomes the note of the case.
    context: Option<BTreeMap<String, Value>>,
    /// From the decision.
    denial: Option<Denial>,
}

/// A task: a case of the ledger.
#[derive(ToSchema)]
pub struct Task {
    /// Its handle.
    id: String,
    /// `pending`, `approved`, `denied` or `cancelled`.
    status: String,
    /// Where its status is.
    status_endpoint: String,
    /// Where the case is.
    case: String,
    /// By when its owner is to act.
    due: String,
}

/// What came of it.
#[derive(ToSchema)]
pub struct TaskResult {
    /// `reevaluate`: evaluate once more, with this approval as `context.approval`.
    mode: String,
    /// The approval.
    approval: Approval,
}

/// An approval.
#[derive(ToSchema)]
pub struct Approval {
    /// Its id.
    id: String,
    /// Since when.
    approved_at: String,
    /// Until when.
    approved_until: String,
}

/// How a task stands.
#[derive(ToSchema)]
pub struct TaskResponse {
    /// The task.
    task: Task,
    /// Once it is approved.
    result: Option<TaskResult>,
}

/// What is here, and where.
#[derive(ToSchema)]
pub struct Metadata {
    /// The address of the decision point.
    policy_decision_point: String,
    /// For one evaluation.
    access_evaluation_endpoint: String,
    /// For several.
    access_evaluations_endpoint: String,
    /// For subjects.
    search_subject_endpoint: String,
    /// For resources.
    search_resource_endpoint: String,
    /// For actions.
    search_action_endpoint: String,
    /// For access requests; only there where there is a ledger.
    access_request_endpoint: Option<String>,
    /// Likewise.
    capabilities: Option<Vec<String>>,
    /// The types of obligations that decisions may have.
    supported_obligations: Vec<String>,
}
