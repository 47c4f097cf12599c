//! The words in which every question is answered.

/// The six answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// You may, on your own.
    Yes,
    /// The customer is entitled to it.
    Owed,
    /// You may grant a part on your own.
    UpTo,
    /// Not yours to grant; somebody else can.
    Ask,
    /// Nobody can.
    No,
    /// Not decidable yet.
    Need,
}

impl Outcome {
    /// `up_to`
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Owed => "owed",
            Self::UpTo => "up_to",
            Self::Ask => "ask",
            Self::No => "no",
            Self::Need => "need",
        }
    }

    /// Whether it may be granted: `yes` or `owed`.
    #[must_use]
    pub fn is_allowed(self) -> bool {
        matches!(self, Self::Yes | Self::Owed)
    }
}
