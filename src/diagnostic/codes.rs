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
    /// A pack holds no policy file, or only empty ones.
    EmptyPack = "K0002" Error;
    /// A file is not UTF-8 text.
    NotText = "K0003" Error;
    /// A file or a pack is larger than Kulanz reads.
    TooLarge = "K0004" Error;
    /// A pack reads nothing outside the folder that holds it.
    OutsideFolder = "K0005" Error;
    /// Packs include each other in a circle.
    IncludeCycle = "K0006" Error;
    /// A file has so many problems that the rest of it is not read.
    TooManyProblems = "K0007" Error;
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
    /// A sentence or a row is too long.
    TooLong = "K0110" Error;
    /// A line is indented where it should not be, or the other way round.
    Indentation = "K0111" Error;

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
}
