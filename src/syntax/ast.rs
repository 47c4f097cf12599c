//! What was written: names are still names, and nothing is known to be right but the form.
//!
//! Every node that can be the subject of a message carries the [`Span`] of what was written. Comments are not kept here; the formatter finds them in the
//! text.

use crate::number::{Number, Rounding};
use crate::source::{SourceId, Span, Spanned};

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where the text is.
    pub source: SourceId,
    /// The items that could be read, in source order.
    pub items: Vec<Item>,
    /// The names of items that could not be read, so that nobody calls them unknown.
    pub broken: Vec<Name>,
}

/// Something that begins in the first column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// From the keyword to the last character that belongs to it.
    pub span: Span,
    /// What it is.
    pub kind: ItemKind,
}

/// The kinds of item.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is named after the item's keyword")]
pub enum ItemKind {
    Policy(Policy),
    Role(Role),
    Fact(Fact),
    Action(Action),
    Duty(Duty),
    Budget(Budget),
    Define(Define),
    /// `table … gives TYPE`
    Lookup(Lookup),
    Rule(Rule),
    /// A `table` under whose name stands a rule head.
    RuleTable(RuleTable),
    Fallback(Fallback),
    Test(Test),
    Promise(Promise),
}

/// A word as written, in NFC: `agent`, `order.total`, `accept_returns[2]` (the last only where a rule is named).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The characters.
    pub text: String,
    /// Where they stand.
    pub span: Span,
}

/// A quoted text with its escapes resolved.
pub type Quoted = Spanned<String>;

/// A text for people: one for all languages, or one for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// At least one; more than one only where each names its language.
    pub variants: Vec<TextVariant>,
    /// All of them together.
    pub span: Span,
}

/// A text in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextVariant {
    /// `None` serves every language.
    pub language: Option<Name>,
    /// What it says, placeholders still in braces.
    pub value: Quoted,
}

/// `policy "…"`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its name.
    pub title: Text,
    /// The indented lines, in source order.
    pub settings: Vec<Spanned<Setting>>,
}

/// One indented line of `policy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// `currency EUR`
    Currency(Name),
    /// `time zone Europe/Berlin`
    TimeZone(Spanned<String>),
    /// `languages de, en`
    Languages(Vec<Name>),
    /// `holidays 2026-12-25, …`
    Holidays(Vec<Spanned<jiff::civil::Date>>),
    /// `holidays from "holidays.csv"`, and the dates in it once the loader has read them.
    HolidaysFrom(Quoted, Vec<Spanned<jiff::civil::Date>>),
    /// `includes "../company"`
    Includes(Quoted),
}

/// `role …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// `above …`, all lines together.
    pub above: Vec<Name>,
    /// `answers within …`
    pub answers_within: Option<Steps>,
}

/// `fact …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Its name, with its group if it has one.
    pub name: Name,
    /// Its type.
    pub ty: Spanned<Type>,
    /// Its title.
    pub title: Option<Text>,
    /// In source order.
    pub modifiers: Vec<Spanned<Modifier>>,
}

/// A type as written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is named after the type's words")]
pub enum Type {
    Money,
    Percent,
    Number,
    Date,
    Datetime,
    Duration,
    YesNo,
    Text,
    OneOf(Vec<Name>),
    SomeOf(Vec<Name>),
}

/// What follows a fact's type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Modifier {
    /// May be absent.
    Optional,
    /// Believed only from a system of record.
    Verified,
    /// Never in clear in a log.
    Private,
    /// `default V`; several values only for a set.
    Default(Vec<Expr>),
    /// The question to put to the customer.
    Asks(Text),
    /// True of this actor only.
    AboutActor,
}

/// `action …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// Its name.
    pub name: Name,
    /// `of money | percent | duration | number`
    pub measure: Option<Spanned<Type>>,
    /// Its title.
    pub title: Option<Text>,
}

/// `duty …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// Its name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// `within N UNIT [after D]`
    pub deadline: Option<Deadline>,
}

/// `within N UNIT [after D]` of a duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// How long.
    pub within: Steps,
    /// From when; the grant where it is left out.
    pub after: Option<Expr>,
}

/// `budget …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Its name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// At least one.
    pub lines: Vec<BudgetLine>,
}

/// `AMOUNT [per KEY]… WINDOW [for ROLES]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetLine {
    /// What may be used in a window.
    pub amount: Allotment,
    /// `actor`, `actor.team` or a text fact each.
    pub per: Vec<Name>,
    /// When it begins anew.
    pub window: Spanned<Window>,
    /// `for ROLES`; empty where the line serves everybody else.
    pub roles: Vec<Name>,
    /// The whole line.
    pub span: Span,
}

/// AMOUNT of a budget line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allotment {
    /// A quantity over facts.
    Quantity(Expr),
    /// `N times`
    Times(Spanned<Number>),
    /// `unlimited`
    Unlimited(Span),
}

/// When a budget begins anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Window {
    /// `per day | week | month | quarter | year`
    Calendar(Period),
    /// `per year from 04-01`: month and day.
    YearFrom(i8, i8),
    /// `per rolling 365 days`
    Rolling(Steps),
    /// `ever`
    Ever,
}

/// A calendar period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is its own word")]
pub enum Period {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// `define N as X`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Define {
    /// Its name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// What it stands for.
    pub body: Expr,
}

/// `table N gives TYPE`: a value looked up in rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// Its name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// The type of its values.
    pub gives: Spanned<Type>,
    /// Its rows.
    pub body: TableBody,
}

/// `rule …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// Who may or may not do what.
    pub head: Head,
    /// In source order.
    pub clauses: Vec<Clause>,
}

/// The sentence of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The whole sentence.
    pub span: Span,
    /// What is granted or forbidden.
    pub actions: Vec<Name>,
    /// Its kind.
    pub kind: HeadKind,
}

/// The three kinds of rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeadKind {
    /// `ROLES may ACTIONS [up to QTY]`
    Permission {
        /// Whom it binds.
        subject: Subject,
        /// `None` is without limit.
        limit: Option<Quantity>,
    },
    /// `ROLES may not ACTIONS [more than QTY] [even if entitled]`
    Prohibition {
        /// Whom it binds.
        subject: Subject,
        /// `None` forbids it whole.
        cap: Option<Quantity>,
        /// Where `even if entitled` stands.
        even_if_entitled: Option<Span>,
    },
    /// `entitled to ACTIONS [of QTY]`
    Entitlement {
        /// `None` is without limit.
        quantity: Option<Quantity>,
    },
}

/// A quantity in a head, a column or an `offer`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// `unlimited`
    Unlimited(Span),
    /// An expression.
    Of(Expr),
}

/// Whom a rule or a promise binds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Named roles.
    Roles(Vec<Name>),
    /// `everyone`
    Everyone(Span),
    /// `nobody` (with `may`; means `everyone may not`)
    Nobody(Span),
}

/// A clause of a rule, a rule table or a fallback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// From its word to its end.
    pub span: Span,
    /// What it says.
    pub kind: ClauseKind,
}

/// The kinds of clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClauseKind {
    /// `when COND`
    When(Expr),
    /// `unless COND`
    Unless(Expr),
    /// `from DATE [by FACT]`
    From(Spanned<jiff::civil::Date>, Option<Name>),
    /// `until DATE [by FACT]`
    Until(Spanned<jiff::civil::Date>, Option<Name>),
    /// `approved by ROLE[, …]`
    ApprovedBy(Vec<Name>),
    /// `charge BUDGET[, …] [by EXPR]`
    Charge(Vec<Name>, Option<Expr>),
    /// `require DUTY[, …] [when COND]`
    Require(Vec<Name>, Option<Expr>),
    /// `because TEXT`
    Because(Text),
    /// `offer ACTION [up to QTY] [when COND]`
    Offer(Name, Option<Quantity>, Option<Expr>),
    /// `advise TEXT [when COND]`
    Advise(Text, Option<Expr>),
    /// `ask ROLE [within DURATION] [when COND]`
    Ask(Name, Option<Steps>, Option<Expr>),
    /// `cites TEXT`
    Cites(Text),
    /// `owner TEXT`
    Owner(Text),
    /// `review by DATE`
    ReviewBy(Spanned<jiff::civil::Date>),
}

/// `fallback ACTIONS`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallback {
    /// Whose answers it serves.
    pub actions: Vec<Name>,
    /// `offer`, `advise`, `ask` and what all rules may have.
    pub clauses: Vec<Clause>,
}

/// A table of rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleTable {
    /// Its name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// The line under the name: without subject or quantity.
    pub head: TableHead,
    /// Clauses that hold for every row.
    pub clauses: Vec<Clause>,
    /// Its rows.
    pub body: TableBody,
}

/// A rule head without subject or quantity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableHead {
    /// The whole line.
    pub span: Span,
    /// What is granted or forbidden.
    pub actions: Vec<Name>,
    /// Its kind.
    pub kind: TableHeadKind,
}

/// The kinds of rule that a table holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableHeadKind {
    /// `may ACTIONS`
    Permission,
    /// `may not ACTIONS [even if entitled]`
    Prohibition {
        /// Where `even if entitled` stands.
        even_if_entitled: Option<Span>,
    },
    /// `entitled to ACTIONS`
    Entitlement,
}

/// Where a table's rows are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableBody {
    /// `from "FILE.csv"`
    pub from: Option<Quoted>,
    /// The rows: read with the item, or put here by the loader once the CSV file was read. `None` until then, or where the file could not be read.
    pub grid: Option<Grid>,
}

/// Columns and rows; every row has one cell a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    /// The header row.
    pub columns: Vec<Column>,
    /// The rows under it.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The whole line.
    pub span: Span,
    /// One a column.
    pub cells: Vec<Cell>,
}

/// The head of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Where it stands.
    pub span: Span,
    /// What its cells say.
    pub kind: ColumnKind,
}

/// What the cells of a column say.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is named after the words of its header")]
pub enum ColumnKind {
    Role,
    UpTo,
    MoreThan,
    Of,
    /// The value of a `gives` table.
    Is,
    Charge,
    Require,
    ApprovedBy,
    Because,
    From,
    Until,
    Offer,
    Advise,
    Ask,
    /// An expression that the cells test.
    Test(Expr),
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What stands between the bars, without the space around it.
    pub span: Span,
    /// What it says.
    pub kind: CellKind,
}

/// What a cell says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// Nothing (in a test column this is `any`).
    Empty,
    /// The subject of a row.
    Subject(Subject),
    /// The quantity of a row.
    Quantity(Quantity),
    /// A clause without its word.
    Clause(ClauseKind),
    /// A value of a `gives` table; several only for a set.
    Value(Vec<Expr>),
    /// What the column's expression must fulfil.
    Test(CellTest),
}

/// What a test cell says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CellTest {
    /// `any`
    Any,
    /// `not …`
    Not(Box<CellTest>),
    /// A value or a list of values: one of them must be it. For a set: one of them must be in it.
    OneOf(Vec<Expr>),
    /// `<= 45 days`, or two joined by `and`.
    Compare(Vec<(Spanned<CompareOp>, Expr)>),
    /// `10 EUR .. 50 EUR`, both ends in.
    Range(Expr, Expr),
    /// `present` or `absent`
    Presence(Presence),
}

/// `present` or `absent`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is its own word")]
pub enum Presence {
    Present,
    Absent,
}

/// A condition or a value; which of them is settled when types are checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expr {
    /// Where it stands, parentheses included.
    pub span: Span,
    /// What it says.
    pub kind: ExprKind,
}

/// The forms of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExprKind {
    /// A literal.
    Literal(Literal),
    /// A fact, a definition, a table, a value of a `one of`, or `amount`, `today`, `now`, `actor.id`, `actor.team`.
    Name(String),
    /// `spent BUDGET`
    Spent(Name),
    /// `min(a, b, …)`, `max(…)`
    Call(Function, Vec<Expr>),
    /// `P of E`
    Of(Box<Expr>, Box<Expr>),
    /// `-E`
    Negate(Box<Expr>),
    /// `a * b / c`: the first operand, then each further one with its operator.
    Product(Box<Expr>, Vec<(Factor, Expr)>),
    /// `a + b - c`: likewise.
    Sum(Box<Expr>, Vec<(Term, Expr)>),
    /// `E rounded [up|down] to STEP`
    Rounded(Box<Expr>, Rounding, Box<Expr>),
    /// `number of UNIT from A to B`
    NumberOf(Unit, Box<Expr>, Box<Expr>),
    /// `start of PERIOD of D`
    StartOf(Period, Box<Expr>),
    /// `end of PERIOD of D`
    EndOf(Period, Box<Expr>),
    /// `days in month of D`
    DaysInMonth(Box<Expr>),
    /// `a < b`, `a = b`, `a is b`, `a is not b`
    Compare(Box<Expr>, Spanned<CompareOp>, Box<Expr>),
    /// `E is [not] one of A, B`
    OneOf(Box<Expr>, Negation, Vec<Expr>),
    /// `E is [not] between A and B`
    Between(Box<Expr>, Negation, Box<Expr>, Box<Expr>),
    /// `E is present`, `E is absent`
    Presence(Box<Expr>, Presence),
    /// `E includes [any of | all of] A, B`
    Includes(Box<Expr>, Quantifier, Vec<Expr>),
    /// `E starts with "…"`
    Match(Box<Expr>, Matching, Box<Expr>),
    /// `[D is [not]] within N UNIT after|before E`
    Within(Offset),
    /// `[D is [not]] more than N UNIT after|before E`
    MoreThan(Offset),
    /// `[D is [not]] at least N UNIT after|before E`
    AtLeast(Offset),
    /// `not C`
    Not(Box<Expr>),
    /// `a and b and c`: two or more.
    And(Vec<Expr>),
    /// `a or b or c`: two or more.
    Or(Vec<Expr>),
}

/// The parts of `D is within N UNIT after E`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offset {
    /// D; `None` is `today`, or `now` for hours and minutes.
    pub subject: Option<Box<Expr>>,
    /// Whether `is not` stands before it.
    pub negation: Negation,
    /// N UNIT.
    pub steps: Steps,
    /// Which side of E.
    pub side: Side,
    /// E.
    pub anchor: Box<Expr>,
}

/// After or before the anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is its own word")]
pub enum Side {
    After,
    Before,
}

/// Whether a `not` stands behind the `is`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Negation {
    /// `is`
    Plain,
    /// `is not`
    Negated,
}

/// How many of the values a set must include.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// `includes A`
    One,
    /// `includes any of A, B`
    Any,
    /// `includes all of A, B`
    All,
}

/// How a text is matched; always exact in case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is named after its words")]
pub enum Matching {
    StartsWith,
    EndsWith,
    Contains,
}

/// The built-in functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is its own word")]
pub enum Function {
    Min,
    Max,
}

/// `*` or `/`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is its own sign")]
pub enum Factor {
    Times,
    Over,
}

/// `+` or `-`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is its own sign")]
pub enum Term {
    Plus,
    Minus,
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `=`
    Equal,
    /// `is`
    Is,
    /// `is not`
    IsNot,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

/// A literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// `3`, `2.5`
    Number(Number),
    /// `25%`, in percent points
    Percent(Number),
    /// `50 EUR`, in whole units of the currency
    Money(Number, Name),
    /// `30 days`, `2 months`, `5 working days`
    Steps(Steps),
    /// `2026-11-21`
    Date(jiff::civil::Date),
    /// `2026-11-21T10:00+01:00`, or without an offset in the policy's time zone
    Datetime(Datetime),
    /// `yes`, `no`
    YesNo(bool),
    /// `"SALE-"`
    Text(String),
}

/// A moment as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Datetime {
    /// With an offset or `Z`.
    Instant(jiff::Timestamp),
    /// Without one: the policy's time zone.
    Local(jiff::civil::DateTime),
}

/// `N UNIT`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steps {
    /// N, never negative.
    pub count: Number,
    /// UNIT.
    pub unit: Unit,
    /// Both together.
    pub span: Span,
}

/// What time is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is its own word")]
pub enum Unit {
    Minute,
    Hour,
    Day,
    WorkingDay,
    Week,
    Month,
    Year,
}

/// `test "…"`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// What stays true.
    pub title: Quoted,
    /// Its lines, in source order.
    pub lines: Vec<Spanned<TestLine>>,
}

/// One line of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestLine {
    /// `on 2026-10-30` (noon) or `on 2026-10-30T09:00`
    OnDate(jiff::civil::Date),
    /// `on` with a moment.
    OnDatetime(Datetime),
    /// `as ROLE ["id"] [in team "…"]`
    As {
        /// The role.
        role: Name,
        /// Who it is.
        id: Option<Quoted>,
        /// In which team.
        team: Option<Quoted>,
    },
    /// `given …`: on record.
    Given(FactLine),
    /// `said …`: claimed.
    Said(FactLine),
    /// `spent BUDGET QTY`
    Spent(Name, Expr),
    /// `ask ACTION [of QTY]`
    Ask(Name, Option<Expr>),
    /// `expect …`
    Expect(Expectation),
}

/// What a test says of one fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactLine {
    /// The fact.
    pub fact: Name,
    /// Its value.
    pub value: FactValue,
}

/// The value a test gives to a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactValue {
    /// `given F`
    Yes,
    /// `given not F`
    No,
    /// `given F is absent`
    Absent,
    /// `given F is V`; several values for a set (`given F is A, B` or `given F includes A, B`).
    Is(Vec<Expr>),
}

/// What a test expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// `expect yes`
    Yes,
    /// `expect owed`
    Owed,
    /// `expect no`
    No,
    /// `expect ask` without roles: the answer's word.
    AskWord,
    /// `expect need` without facts: the answer's word.
    NeedWord,
    /// `expect up to QTY`
    UpTo(Expr),
    /// `expect ask ROLES`: all of them, in order.
    Ask(Vec<Name>),
    /// `expect need FACTS`: all of them, in any order.
    Need(Vec<Name>),
    /// `expect offer ACTIONS`: among others.
    Offer(Vec<Name>),
    /// `expect because RULES`: among others.
    Because(Vec<Name>),
    /// `expect require DUTIES`: among others.
    Require(Vec<Name>),
    /// `expect charge BUDGET QTY`: among others.
    Charge(Name, Expr),
    /// `expect provisional FACTS`: among others.
    Provisional(Vec<Name>),
    /// `expect limit QTY`
    Limit(Quantity),
}

/// `promise "…"`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// What holds.
    pub title: Quoted,
    /// The sentence.
    pub kind: PromiseKind,
    /// The sentence's place.
    pub span: Span,
}

/// The sentences that can be promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromiseKind {
    /// `ROLES cannot ACTIONS [more than QTY] [when COND] [unless entitled]`
    Cannot {
        /// Who.
        subject: Subject,
        /// What.
        actions: Vec<Name>,
        /// Above which quantity.
        more_than: Option<Expr>,
        /// In which cases.
        when: Option<Expr>,
        /// Where `unless entitled` stands.
        unless_entitled: Option<Span>,
    },
    /// `ROLES can always ACTIONS [up to QTY] [when COND]`
    CanAlways {
        /// Who.
        subject: Subject,
        /// What.
        actions: Vec<Name>,
        /// Up to which quantity.
        up_to: Option<Expr>,
        /// In which cases.
        when: Option<Expr>,
    },
    /// `every no has an offer`
    EveryNoHasAnOffer,
}
