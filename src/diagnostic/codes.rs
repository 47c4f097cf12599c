//! The registry of problems: the one place that knows every code.
//!
//! A code is never reused. `K00…` files and folders, `K01…` the form of a text, `K02…` names, `K03…` types and units, `K04…` rules, roles and budgets,
//! `K05…` tables, `K06…` tests and promises, `K09…` warnings.

use super::Severity;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $text:literal $severity:ident;)+) => {
        /// A stable code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Code {
            /// Every code, in the order of the registry.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// `K0101`
            #[must_use]
            pub fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// What the problem is, in a sentence or two.
            #[must_use]
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc, "\n",)+).trim_ascii(),)+ }
            }

            /// How bad it is.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)+ }
            }
        }
    };
}

codes! {
    /// A file or folder cannot be read.
    Unreadable = "K0001" Error;
    /// A pack holds no policy file.
    EmptyPack = "K0002" Error;

    /// Two things of a pack have the same name. All names share one namespace: roles, facts, actions, duties, budgets, definitions, tables and rules.
    NameClash = "K0201" Error;
    /// A name that stands for nothing in the pack.
    UnknownName = "K0202" Error;
    /// A name of something else than what is needed at its place.
    WrongKind = "K0203" Error;
    /// A word that is no value of the `one of` or `some of` beside it.
    UnknownValue = "K0204" Error;
    /// The same word twice in one list.
    RepeatedName = "K0205" Error;
    /// A definition or a `gives` table that reads itself, directly or through others.
    DefinitionCycle = "K0206" Error;
    /// A role that is above itself, directly or through others.
    RoleCycle = "K0207" Error;
    /// A placeholder in a text that stands for nothing.
    UnknownPlaceholder = "K0208" Error;
    /// A text in a language that the policy does not list, or twice in the same one.
    TextLanguage = "K0209" Error;
    /// Definitions that read each other over too many levels.
    DefinitionDepth = "K0210" Error;
    /// A pack without a `policy` item.
    NoPolicyItem = "K0220" Error;
    /// A pack with more than one `policy` item.
    SecondPolicyItem = "K0221" Error;
    /// A `policy` item that does not say its currency or its time zone.
    MissingSetting = "K0222" Error;
    /// A setting that stands twice in a `policy` item.
    RepeatedSetting = "K0223" Error;
    /// A currency that is no ISO 4217 code.
    UnknownCurrency = "K0224" Error;
    /// A time zone that is no IANA name.
    UnknownTimeZone = "K0225" Error;
    /// Packs that include each other but disagree in currency or time zone.
    PacksDisagree = "K0226" Error;
    /// A language that is no language code such as `de` or `pt-BR`.
    LanguageCode = "K0227" Error;

    /// A value of one type where another is needed.
    WrongType = "K0301" Error;
    /// Two values of different units that are compared or added.
    DifferentUnits = "K0302" Error;
    /// An order (`<`, `between`) over values that have none, or an equality over sets.
    NotComparable = "K0303" Error;
    /// Arithmetic with values that it does not take.
    WrongOperand = "K0304" Error;
    /// Money in another currency than the policy's.
    WrongCurrency = "K0305" Error;
    /// More decimals than the currency has.
    TooManyDecimals = "K0306" Error;
    /// Months, years or working days as a quantity. They are steps on the calendar and have no fixed length.
    StepAsQuantity = "K0307" Error;
    /// A part of a day, week, month or year as a step on the calendar.
    FractionalStep = "K0308" Error;
    /// Hours or minutes counted from a date, which has no time of day.
    DateWithoutTime = "K0309" Error;
    /// A step to round to that is no literal above zero.
    RoundingStep = "K0310" Error;
    /// A value where a condition is needed.
    NotACondition = "K0311" Error;
    /// `amount` where it cannot be read: in the quantity of a head, an offer, a budget, a default.
    AmountNotHere = "K0312" Error;
    /// `amount` in a condition, but not alone on one side of a comparison.
    AmountNotAlone = "K0313" Error;
    /// `amount` in a `by` in another form than `amount`, `P of amount`, `amount of E` or `amount * E`.
    AmountInCharge = "K0314" Error;
    /// `amount` where the actions have no measure in common.
    AmountWithoutUnit = "K0315" Error;
    /// An optional fact that is read where it may be absent.
    Unguarded = "K0316" Error;
    /// `is present` or `is absent` of a fact that is always there.
    NotOptional = "K0317" Error;
    /// A default that does not fit its fact.
    BadDefault = "K0318" Error;
    /// A modifier that stands twice.
    RepeatedModifier = "K0319" Error;
    /// A number with a unit that there is none of.
    UnknownUnit = "K0320" Error;
    /// A percentage of something that is not written as the language takes it.
    PercentOf = "K0321" Error;

    /// A clause that may stand once, twice.
    RepeatedClause = "K0401" Error;
    /// A clause where it does not belong.
    MisplacedClause = "K0402" Error;
    /// An item that does nothing.
    NoEffect = "K0403" Error;
    /// A quantity for an action that is not measured in it.
    HeadMeasure = "K0404" Error;
    /// A charge that does not say how the action's measure becomes the budget's.
    ChargePairing = "K0405" Error;
    /// A role that charges a budget in which no line is for it.
    NoBudgetLine = "K0406" Error;
    /// Lines of one budget that differ in unit, keys or window.
    BudgetLinesDiffer = "K0407" Error;
    /// Two lines of a budget for the same role, or two for everybody else.
    RepeatedBudgetLine = "K0408" Error;
    /// A budget's key that is not `actor`, `actor.team` or a text fact.
    BudgetKey = "K0409" Error;
    /// A budget that one rule charges twice.
    RepeatedCharge = "K0410" Error;
    /// A column that a table needs, has twice, or has no use for.
    TableColumn = "K0411" Error;
    /// A cell that must say something and does not, or says what does not fit its column.
    TableCell = "K0412" Error;
    /// A count or a length of time that cannot be.
    BadCount = "K0413" Error;

    /// A test that does not say who asks, what is asked, or what is expected.
    IncompleteTest = "K0601" Error;
    /// A line that may stand once in a test, twice.
    RepeatedTestLine = "K0602" Error;
    /// A test without `on` whose result reads the clock.
    TestWithoutMoment = "K0603" Error;
    /// A value in a test that is no plain value, or does not fit.
    TestValue = "K0604" Error;
}
