//! Random conditions and quantities, as text.

use super::dice::Dice;

/// What a quantity is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    Money,
    Percent,
    Duration,
    Number,
    Nothing,
}

impl Measure {
    /// As written behind an action.
    pub fn of(self) -> &'static str {
        match self {
            Self::Money => " of money",
            Self::Percent => " of percent",
            Self::Duration => " of duration",
            Self::Number => " of number",
            Self::Nothing => "",
        }
    }
}

/// What there is to speak of.
#[derive(Clone, Debug, Default)]
pub struct Words {
    pub roles: Vec<String>,
    pub budgets: Vec<(String, Measure)>,
    pub lookups: Vec<(String, Measure)>,
    pub values: Vec<(String, Measure)>,
    pub conditions: Vec<String>,
    /// Optional facts that may be read.
    pub present: Vec<String>,
    /// In how many of a hundred atoms `amount` is read.
    pub amount: usize,
}

const COMPARE: [&str; 6] = ["<", "<=", ">", ">=", "=", "is not"];

impl Words {
    /// Where budgets and what reads them may not stand.
    pub fn without_spending(mut self) -> Self {
        self.budgets.clear();
        self.values.clear();
        self
    }

    fn may_read(&self, optional: &str) -> bool {
        self.present.iter().any(|name| name == optional)
    }

    /// A quantity that does not read `amount`.
    pub fn quantity(&self, dice: &mut Dice, measure: Measure, depth: usize) -> String {
        if depth == 0 || dice.chance(35) {
            return self.simple(dice, measure);
        }
        let inner = |dice: &mut Dice| self.quantity(dice, measure, depth - 1);
        match dice.below(9) {
            0 => format!("min({}, {})", inner(dice), inner(dice)),
            1 => format!("max({}, {})", inner(dice), inner(dice)),
            2 => format!("({} + {})", inner(dice), inner(dice)),
            3 => format!("({} - {})", inner(dice), inner(dice)),
            4 if measure != Measure::Percent => format!("{} of {}", part(dice), self.simple(dice, measure)),
            5 => format!("({} * {})", inner(dice), self.simple(dice, Measure::Number)),
            6 => format!("({} / {})", inner(dice), dice.pick(&["3", "pieces", "2", "7", "(pieces - 2)"])),
            7 if measure == Measure::Money => {
                format!("({} rounded {}to {})", inner(dice), dice.pick(&["", "up ", "down "]), dice.pick(&["0.05 EUR", "1 EUR", "5 EUR"]))
            }
            8 if measure == Measure::Number => format!("({} / {})", self.simple(dice, Measure::Money), dice.pick(&["price", "4 EUR"])),
            _ => self.simple(dice, measure),
        }
    }

    /// A literal, a fact, or a name.
    fn simple(&self, dice: &mut Dice, measure: Measure) -> String {
        let named: Vec<String> = self.values.iter().chain(&self.lookups).filter(|(_, of)| *of == measure).map(|(name, _)| name.clone()).collect();
        if !named.is_empty() && dice.chance(20) {
            return dice.pick(&named);
        }
        let spent: Vec<String> = self.budgets.iter().filter(|(_, of)| *of == measure).map(|(name, _)| format!("spent {name}")).collect();
        if !spent.is_empty() && dice.chance(5) {
            return dice.pick(&spent);
        }
        if dice.chance(45) {
            return literal(dice, measure);
        }
        match measure {
            Measure::Money if self.may_read("coupon") && dice.chance(60) => "coupon".into(),
            Measure::Money => dice.pick(&["order.total", "price", "order.total", "near"]).into(),
            Measure::Percent => "rate".into(),
            Measure::Duration if self.may_read("expires") && dice.chance(40) => "(expires - bought)".into(),
            Measure::Duration => dice.pick(&["delay", "(today - bought)", "(now - made)"]).into(),
            Measure::Number => dice
                .pick(&["pieces", "number of days from bought to today", "number of working days from bought to today", "days in month of bought"])
                .into(),
            Measure::Nothing => literal(dice, Measure::Number),
        }
    }

    /// A condition about a question of this measure.
    pub fn condition(&self, dice: &mut Dice, measure: Measure, depth: usize) -> String {
        if depth == 0 || dice.chance(45) {
            return self.atom(dice, measure);
        }
        let word = dice.pick(&["and", "or"]);
        let parts: Vec<String> = (0..dice.between(2, 3)).map(|_| self.operand(dice, measure, depth)).collect();
        parts.join(&format!(" {word} "))
    }

    /// An atom or something in parentheses, to stand beside `and`.
    pub fn joined(&self, dice: &mut Dice, measure: Measure) -> String {
        self.operand(dice, measure, 1)
    }

    fn operand(&self, dice: &mut Dice, measure: Measure, depth: usize) -> String {
        match dice.below(4) {
            0 => format!("not {}", self.atom(dice, measure)),
            1 => format!("({})", self.condition(dice, measure, depth - 1)),
            2 => format!("not ({})", self.condition(dice, measure, depth - 1)),
            _ => self.atom(dice, measure),
        }
    }

    fn atom(&self, dice: &mut Dice, measure: Measure) -> String {
        if measure != Measure::Nothing && dice.chance(self.amount) {
            return self.about_amount(dice, measure);
        }
        if !self.conditions.is_empty() && dice.chance(12) {
            return dice.pick(&self.conditions);
        }
        match dice.below(17) {
            0 => dice.pick(&["flag", "sale", "mine", "flag is yes", "sale is no"]).into(),
            1 => dice.pick(&["kind is torn", "kind is not late", "kind is one of torn, late", "kind is not one of wrong, late"]).into(),
            2 => dice.pick(&["state is fresh", "state is not used"]).into(),
            3 | 4 => {
                let of = dice.pick(&[Measure::Money, Measure::Money, Measure::Percent, Measure::Number, Measure::Duration]);
                format!("{} {} {}", self.quantity(dice, of, 1), dice.pick(&COMPARE), self.quantity(dice, of, 1))
            }
            5 => format!(
                "order.total {} between {} and {}",
                dice.pick(&["is", "is not"]),
                literal(dice, Measure::Money),
                literal(dice, Measure::Money)
            ),
            6 | 7 => distance(dice),
            8 => format!(
                "bought {} {}",
                dice.pick(&COMPARE),
                dice.pick(&["today", "2026-11-20", "start of month of today", "end of quarter of today - 1 month"])
            ),
            9 => format!("made {} {}", dice.pick(&["<", ">="]), dice.pick(&["now", "now - 3 hours", "2026-11-20T12:00:00Z", "now - 1 day"])),
            10 => format!("tags includes {}", dice.pick(&["vip", "any of press, vip", "all of vip, staff"])),
            11 => dice
                .pick(&[
                    "customer is \"c1\"",
                    "customer is actor.id",
                    "customer is not actor.id",
                    "customer starts with \"c\"",
                    "actor.id ends with \"a\"",
                ])
                .into(),
            12 => dice.pick(&["actor.team is \"red\"", "actor.id is \"anna\"", "actor.id is not \"anna\"", "actor.team contains \"e\""]).into(),
            13 => dice.pick(&["coupon is present", "expires is absent", "(proof is present and proof)", "(code is absent or code is \"x\")"]).into(),
            14 if self.may_read("proof") => "proof".into(),
            14 => format!("(coupon is present and coupon > {})", literal(dice, Measure::Money)),
            15 => format!("(expires is absent or more than {} days before expires)", dice.below(20)),
            _ => format!("pieces {} {}", dice.pick(&COMPARE), dice.between(0, 5)),
        }
    }

    fn about_amount(&self, dice: &mut Dice, measure: Measure) -> String {
        match dice.below(5) {
            0 => format!("amount is {}between {} and {}", dice.pick(&["", "not "]), literal(dice, measure), literal(dice, measure)),
            1 => format!("{} {} amount", self.quantity(dice, measure, 1), dice.pick(&["<", "<=", ">", ">="])),
            _ => format!("amount {} {}", dice.pick(&["<", "<=", ">", ">=", "<", "<=", "=", "is not"]), self.quantity(dice, measure, 1)),
        }
    }
}

pub fn literal(dice: &mut Dice, measure: Measure) -> String {
    let from: &[&str] = match measure {
        Measure::Money => &["5 EUR", "10 EUR", "20 EUR", "25.50 EUR", "30 EUR", "40 EUR", "50 EUR", "100 EUR", "0.01 EUR"],
        Measure::Percent => &["5%", "10%", "12.5%", "20%", "33.33%", "50%", "100%"],
        Measure::Duration => &["90 minutes", "3 hours", "1 day", "2 days", "10 days", "1 week"],
        _ => &["1", "2", "3", "4.5", "5", "10"],
    };
    dice.pick(from).into()
}

pub fn date_literal(dice: &mut Dice) -> String {
    dice.pick(&["2026-10-31", "2026-11-01", "2026-11-20", "2026-11-21", "2026-11-23", "2027-01-31"]).into()
}

fn part(dice: &mut Dice) -> &'static str {
    dice.pick(&["20%", "33%", "rate", "50%", "150%"])
}

/// A test cell of a column.
pub fn cell(dice: &mut Dice, column: &str, measure: Measure) -> String {
    if dice.chance(25) {
        return dice.pick(&["", "any"]).into();
    }
    let of = match column {
        "kind" => return dice.pick(&["torn", "late, wrong", "not torn", "not late, wrong"]).into(),
        "flag" => return dice.pick(&["yes", "no"]).into(),
        "tags" => return dice.pick(&["vip", "vip, press", "not staff"]).into(),
        "coupon" if dice.chance(30) => return dice.pick(&["present", "absent"]).into(),
        "order.total" | "coupon" => Measure::Money,
        "today - bought" => Measure::Duration,
        "pieces" => Measure::Number,
        _ => measure,
    };
    let one = literal(dice, of);
    let other = literal(dice, of);
    match dice.below(4) {
        0 => format!("{one} .. {other}"),
        1 => format!("> {one} and <= {other}"),
        _ => format!("{} {one}", dice.pick(&["<", "<=", ">", ">="])),
    }
}

fn distance(dice: &mut Dice) -> String {
    let how = dice.pick(&["within", "more than", "at least"]);
    let side = dice.pick(&["after", "before"]);
    if dice.chance(30) {
        let steps = dice.pick(&["90 minutes", "3 hours", "24 hours", "48 hours"]);
        return format!("{}{how} {steps} {side} made", dice.pick(&["", "now is ", "now is not "]));
    }
    let steps = dice.pick(&["1 day", "20 days", "5 working days", "1 working day", "2 weeks", "1 month", "12 months", "1 year", "0 days"]);
    let subject = dice.pick(&["", "today is ", "today is not ", "made is "]);
    format!("{subject}{how} {steps} {side} {}", dice.pick(&["bought", "bought", "2026-11-01", "made"]))
}
