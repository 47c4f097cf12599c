//! The registry of problems: the one place that knows every code.
//!
//! A code is never reused. `K00…` files and folders, `K01…` the form of a text, `K02…` names, `K03…` types and units, `K04…` rules, roles and budgets,
//! `K05…` tables, `K06…` tests and promises, `K07…` people, `K09…` warnings.

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
    /// A pack holds no policy file, or only empty ones.
    EmptyPack = "K0002" Error;
    /// A file is not UTF-8 text, or holds a NUL byte as binary files do.
    NotText = "K0003" Error;
    /// A file or a pack is larger than Kulanz reads.
    TooLarge = "K0004" Error;
    /// A pack reads nothing outside the folder that holds it.
    OutsideFolder = "K0005" Error;
    /// Packs include each other in a circle.
    IncludeCycle = "K0006" Error;
    /// There are so many errors that not all of them are shown. Where a file has more than 200, the rest of it is not read, so there may be even more.
    TooManyProblems = "K0007" Error;
    /// A pack includes files that belong to it, or to a pack that it includes, already.
    IncludedAlready = "K0008" Error;
    /// The formatter would have changed the meaning of a file. The file stays as it is; this is a fault of the formatter and never of the file.
    FormatFailed = "K0090" Error;
    /// A file cannot be written in the one layout. The old file is still there, whole.
    Unwritable = "K0091" Error;

    /// Something stands where it does not belong, or something is missing.
    Form = "K0101" Error;
    /// The word in the first column begins no item.
    UnknownItem = "K0102" Error;
    /// A word of the language stands where a name is meant.
    ReservedWord = "K0103" Error;
    /// A text is not closed, has the wrong quotation marks or an unknown escape.
    BadText = "K0104" Error;
    /// A number is written in a way that the language does not read.
    BadNumber = "K0105" Error;
    /// A day or a moment that does not exist.
    BadDate = "K0106" Error;
    /// A clause stands in an item that takes no such clause.
    MisplacedClause = "K0107" Error;
    /// Something that may stand once stands twice.
    SaidTwice = "K0108" Error;
    /// Parentheses, `not`s or calls are nested too deeply.
    TooDeep = "K0109" Error;
    /// A sentence or a row is too long, or joins too many operands.
    TooLong = "K0110" Error;
    /// A line is indented where it should not be, or the other way round.
    Indentation = "K0111" Error;

    /// Two things of a pack have the same name. All names share one namespace: roles, facts, actions, duties, budgets, definitions, tables and rules.
    NameClash = "K0201" Error;
    /// A name that stands for nothing in the pack.
    UnknownName = "K0202" Error;
    /// A name of something else than what is needed at its place.
    WrongKind = "K0203" Error;
    /// A word that is no value of the `one of` or `some of` beside it.
    UnknownValue = "K0204" Error;
    /// A definition or a `gives` table that reads itself, directly or through others.
    DefinitionCycle = "K0205" Error;
    /// A role that is above itself, directly or through others.
    RoleCycle = "K0206" Error;
    /// A placeholder in a text that stands for nothing, or that is not closed.
    UnknownPlaceholder = "K0207" Error;
    /// A text in a language that the policy does not list.
    TextLanguage = "K0208" Error;
    /// Definitions that read each other over too many levels.
    DefinitionDepth = "K0209" Error;
    /// A definition, a condition or a quantity that is too large to be computed once everything that it names is written out.
    DefinitionSize = "K0210" Error;
    /// A pack without a `policy` item.
    NoPolicyItem = "K0220" Error;
    /// A pack with more than one `policy` item.
    SecondPolicyItem = "K0221" Error;
    /// A `policy` item that does not say its currency or its time zone.
    MissingSetting = "K0222" Error;
    /// A currency that is no ISO 4217 code.
    UnknownCurrency = "K0223" Error;
    /// A time zone that is no IANA name.
    UnknownTimeZone = "K0224" Error;
    /// Packs that include each other but disagree in currency or time zone.
    PacksDisagree = "K0225" Error;

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
    /// A number with a unit that there is none of.
    UnknownUnit = "K0319" Error;
    /// A percentage of something that is not written as the language takes it.
    PercentOf = "K0320" Error;

    /// An item that does nothing.
    NoEffect = "K0401" Error;
    /// A quantity for an action that is not measured in it.
    HeadMeasure = "K0402" Error;
    /// A charge that does not say how the action's measure becomes the budget's.
    ChargePairing = "K0403" Error;
    /// A role that charges a budget in which no line is for it.
    NoBudgetLine = "K0404" Error;
    /// Lines of one budget that differ in unit, keys or window.
    BudgetLinesDiffer = "K0405" Error;
    /// Two lines of a budget for the same role, or two for everybody else.
    RepeatedBudgetLine = "K0406" Error;
    /// A budget's key that is not `actor`, `actor.team` or a text fact.
    BudgetKey = "K0407" Error;
    /// A count or a length of time that cannot be.
    BadCount = "K0408" Error;

    /// A row has more or fewer cells than the header, or a table has no rows.
    TableShape = "K0501" Error;
    /// A column that does not belong to this kind of table, or that is missing.
    TableColumn = "K0502" Error;
    /// A cell that must say something is empty.
    EmptyCell = "K0503" Error;
    /// A cell does not say what its column asks for.
    BadCell = "K0504" Error;
    /// A CSV file is not well formed.
    BadCsv = "K0505" Error;

    /// A test that does not say who asks, what is asked, or what is expected.
    IncompleteTest = "K0601" Error;
    /// A test without `on` whose result reads the clock.
    TestWithoutMoment = "K0602" Error;
    /// A value in a test that is no plain value, or does not fit.
    TestValue = "K0603" Error;

    /// A list of people is not understood.
    UnclearPeople = "K0701" Error;
    /// Two people have the same id.
    PersonTwice = "K0702" Error;
    /// A deputy who is not in the list, or is the person's own.
    UnknownDeputy = "K0703" Error;
    /// A person has a role that the policy does not have.
    UnknownPersonRole = "K0704" Error;
    /// A case can go to a role that nobody has.
    NobodyHasRole = "K0705" Error;
    /// People stand in for each other in a circle. Where all of them are away, none of them helps.
    DeputyCircle = "K0706" Warning;
    /// A case can go to a role whose people are all away, and nobody stands in for them.
    EverybodyAway = "K0707" Warning;

    /// A prohibition does not apply where nobody says anything about a fact, because of the fact's default, and the fact need not come from a system of
    /// record. Whoever asks only has to keep silent.
    UnverifiedDefault = "K0901" Warning;
    /// A budget is kept per fact that need not come from a system of record. Whoever asks may name another value and has a fresh bucket.
    UnverifiedKey = "K0902" Warning;
    /// The day of a `review by` has passed.
    PastReview = "K0903" Warning;
    /// An `ask` clause names a role that can neither decide nor approve any of the actions.
    IdleRoute = "K0904" Warning;
    /// A `gives` table has no row for some case. Its value is undefined there.
    LookupGap = "K0905" Warning;
    /// Two rows of a `gives` table can hold in one case and give different values.
    LookupOverlap = "K0906" Error;
    /// A row of a table can never make a difference.
    IdleRow = "K0907" Warning;
    /// Between the rows of a table lie values that no row holds for.
    RowGap = "K0908" Warning;
    /// Somebody can meet a bare `no`: no limit, nobody to ask, no offer, no advice and nothing to find out.
    BareNo = "K0909" Warning;
    /// There are so many problems that not all warnings are shown.
    TooManyWarnings = "K0910" Warning;
    /// A permission asks for more signatures than different people of the list can give: whoever proposes does not sign, and nobody signs twice.
    TooFewSigners = "K0911" Warning;

    /// No rule, definition, table, budget, duty or text of the pack uses a fact. Tests and promises do not count.
    UnusedFact = "K0930" Warning;
    /// No rule requires a duty.
    UnusedDuty = "K0931" Warning;
    /// No rule charges a budget or reads what has been spent of it. It limits nothing.
    UnusedBudget = "K0932" Warning;
    /// Nothing uses a definition or a `gives` table.
    UnusedDefinition = "K0933" Warning;
    /// No rule, budget or clause names a role, and no other role stands above or below it. Only what binds everybody reaches it.
    UnusedRole = "K0934" Warning;
    /// No permission and no entitlement is about an action. Nobody is ever granted it.
    UngrantableAction = "K0935" Warning;
    /// A fact that has to be found out, and for which nobody knows what to ask: it has no `asks`, no default and comes from no system of record.
    NoQuestion = "K0936" Warning;
    /// A text is missing in one of the policy's languages. Readers of that language see it in another.
    MissingLanguage = "K0937" Warning;
    /// The last day on which a rule was in force has passed. It never applies any more.
    ExpiredRule = "K0938" Warning;
    /// A prohibition does not apply where a fact is absent, and whoever asks may say that it is: it need not come from a system of record.
    UnverifiedAbsence = "K0939" Warning;
    /// An entitlement to a quantity charges no budget. Nothing counts how often it is claimed.
    UncountedEntitlement = "K0940" Warning;
    /// A second signature comes from a role below the one that proposes, so that a subordinate signs for a superior.
    OwnSignature = "K0941" Warning;
    /// Nobody decides about their own account in most actions, but in this one they may: the prohibition that guards the others leaves it out.
    OwnAccount = "K0942" Warning;
    /// A rule of a higher role gives less than one of a role below it gives in the same cases. Permissions flow up, so it changes nothing.
    LowerGivesMore = "K0943" Warning;
    /// A role has no budget line of its own, and two lines of roles below it are equally near. The first in the text counts.
    EqualLines = "K0944" Warning;
    /// A value is divided by one that can be zero. The result is undefined there and counts against the asker.
    DivisionByZero = "K0945" Warning;
    /// A limit can go below zero, where it counts as nothing.
    NegativeLimit = "K0946" Warning;
    /// A rule can never apply, or never makes a difference because another gives at least as much in all its cases.
    IdleRule = "K0947" Warning;
    /// Between the cases of several rules for one action lie values that none of them holds for, or a boundary that neither side owns.
    BandGap = "K0948" Warning;
    /// A customer can be owed what a prohibition forbids, and the prohibition does not say which of the two counts. The entitlement wins.
    ContestedEntitlement = "K0949" Warning;
    /// A cap, or the limit above which a second signature is needed, holds for each grant, and no budget bounds the sum. Several grants pass it.
    SplittableCap = "K0950" Warning;
    /// A permission has no limit, though a higher role has one for the same action, or another rule of the same role.
    NoLimit = "K0951" Warning;
    /// A permission charges no budget, though a higher role, or the same one for less, charges one for the same action.
    NoBudget = "K0952" Warning;

    /// An entitlement charges a budget of the person or team that is asked. What is owed is no goodwill, and an exhausted allotment would keep it back.
    OwedFromAllotment = "K0953" Warning;

    /// An `# allow(…)` comment under which the lint finds nothing.
    UnusedAllow = "K0960" Warning;
    /// An `# allow(…)` comment that allows nothing: it gives no reason, names no lint, or stands above no item.
    UnclearAllow = "K0961" Warning;
    /// The `[lints]` of `kulanz.toml` are not understood.
    UnclearLints = "K0962" Error;
    /// A lint has more cases to look at than its bound. It has looked at a part of them, or at none.
    TooManyCases = "K0963" Warning;
}
