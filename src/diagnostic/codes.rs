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
    /// The formatter would have changed the meaning of a file. The file stays as it is; this is a fault of the formatter and never of the file.
    FormatFailed = "K0090" Error;
}
