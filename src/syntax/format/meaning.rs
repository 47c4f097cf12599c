//! Whether two trees say the same.
//!
//! Both are stripped of what does not count, the places and the order of clauses and modifiers, and then compared whole; so a part of the tree that is
//! forgotten here makes two trees differ rather than pass for the same.

use super::clause;
use crate::number::{Number, Rounding};
use crate::source::{SourceId, Span, Spanned};
#[allow(clippy::wildcard_imports, reason = "this file names every type of the tree")]
use crate::syntax::ast::*;

/// Whether two files say the same, wherever their words stand and in whatever order their clauses are.
#[must_use]
pub fn same_meaning(a: &File, b: &File) -> bool {
    stripped(a) == stripped(b)
}

fn stripped(file: &File) -> File {
    let mut file = file.clone();
    file.strip();
    file
}

/// Takes away what does not count.
trait Strip {
    fn strip(&mut self);
}

impl Strip for Span {
    fn strip(&mut self) {
        *self = Self::default();
    }
}

impl Strip for SourceId {
    fn strip(&mut self) {
        *self = Self::default();
    }
}

impl<T: Strip> Strip for Spanned<T> {
    fn strip(&mut self) {
        self.value.strip();
        self.span.strip();
    }
}

impl<T: Strip> Strip for Vec<T> {
    fn strip(&mut self) {
        self.iter_mut().for_each(Strip::strip);
    }
}

impl<T: Strip> Strip for Option<T> {
    fn strip(&mut self) {
        self.iter_mut().for_each(Strip::strip);
    }
}

impl<T: Strip> Strip for Box<T> {
    fn strip(&mut self) {
        self.as_mut().strip();
    }
}

impl<A: Strip, B: Strip> Strip for (A, B) {
    fn strip(&mut self) {
        self.0.strip();
        self.1.strip();
    }
}

/// Values without a place inside.
macro_rules! leaves {
    ($($leaf:ty),+ $(,)?) => { $(impl Strip for $leaf { fn strip(&mut self) {} })+ };
}

leaves!(
    String,
    Number,
    Rounding,
    i8,
    bool,
    jiff::civil::Date,
    Datetime,
    Period,
    Presence,
    Side,
    Negation,
    Quantifier,
    Matching,
    Function,
    Factor,
    Term,
    CompareOp,
    Unit
);

macro_rules! structs {
    ($($name:ident { $($field:ident),+ })+) => {
        $(impl Strip for $name {
            fn strip(&mut self) {
                let Self { $($field),+ } = self;
                $($field.strip();)+
            }
        })+
    };
}

structs! {
    File { source, items, broken }
    Item { span, kind }
    Name { text, span }
    Text { variants, span }
    TextVariant { language, value }
    Policy { title, settings }
    Role { name, title, above, answers_within }
    Action { name, measure, title }
    Duty { name, title, deadline }
    Deadline { within, after }
    Budget { name, title, lines }
    BudgetLine { amount, per, window, roles, span }
    Define { name, title, body }
    Lookup { name, title, gives, body }
    Head { span, actions, kind }
    Clause { span, kind }
    TableHead { span, actions, kind }
    TableBody { from, grid }
    Grid { columns, rows }
    Row { span, cells }
    Column { span, kind }
    Cell { span, kind }
    Expr { span, kind }
    Offset { subject, negation, steps, side, anchor }
    Steps { count, unit, span }
    Test { title, lines }
    FactLine { fact, value }
    Promise { title, kind, span }
}

fn sort(clauses: &mut [Clause]) {
    clauses.sort_by_key(|clause| clause::rank(&clause.kind));
}

impl Strip for Fact {
    fn strip(&mut self) {
        let Self { name, ty, title, modifiers } = self;
        name.strip();
        ty.strip();
        title.strip();
        modifiers.strip();
        modifiers.sort_by_key(|modifier| matches!(modifier.value, Modifier::Asks(_)));
    }
}

impl Strip for Rule {
    fn strip(&mut self) {
        let Self { name, title, head, clauses } = self;
        name.strip();
        title.strip();
        head.strip();
        clauses.strip();
        sort(clauses);
    }
}

impl Strip for Fallback {
    fn strip(&mut self) {
        let Self { actions, clauses } = self;
        actions.strip();
        clauses.strip();
        sort(clauses);
    }
}

impl Strip for RuleTable {
    fn strip(&mut self) {
        let Self { name, title, head, clauses, body } = self;
        name.strip();
        title.strip();
        head.strip();
        clauses.strip();
        body.strip();
        sort(clauses);
    }
}

macro_rules! enums {
    ($($name:ident { $($variant:ident $(($($field:ident),+))? $({$($named:ident),+})?),+ })+) => {
        $(impl Strip for $name {
            fn strip(&mut self) {
                match self {
                    $(Self::$variant $(($($field),+))? $({$($named),+})? => { $($($field.strip();)+)? $($($named.strip();)+)? })+
                }
            }
        })+
    };
}

enums! {
    ItemKind {
        Policy(it), Role(it), Fact(it), Action(it), Duty(it), Budget(it), Define(it), Lookup(it), Rule(it), RuleTable(it), Fallback(it), Test(it),
        Promise(it)
    }
    Setting { Currency(name), TimeZone(zone), Languages(names), Holidays(dates), HolidaysFrom(file, dates), Includes(path) }
    Type { Money, Percent, Number, Date, Datetime, Duration, YesNo, Text, OneOf(values), SomeOf(values) }
    Modifier { Optional, Verified, Private, Default(values), Asks(text), AboutActor }
    Allotment { Quantity(expr), Times(count), Unlimited(span) }
    Window { Calendar(period), YearFrom(month, day), Rolling(steps), Ever }
    HeadKind { Permission { subject, limit }, Prohibition { subject, cap, even_if_entitled }, Entitlement { quantity } }
    Quantity { Unlimited(span), Of(expr) }
    Subject { Roles(names), Everyone(span), Nobody(span) }
    ClauseKind {
        When(cond), Unless(cond), From(date, by), Until(date, by), ApprovedBy(roles), Charge(budgets, by), Require(duties, when), Because(text),
        Offer(action, quantity, when), Advise(text, when), Ask(role, within, when), Cites(text), Owner(text), ReviewBy(date)
    }
    TableHeadKind { Permission, Prohibition { even_if_entitled }, Entitlement }
    ColumnKind { Role, UpTo, MoreThan, Of, Is, Charge, Require, ApprovedBy, Because, From, Until, Offer, Advise, Ask, Test(expr) }
    CellKind { Empty, Subject(subject), Quantity(quantity), Clause(clause), Value(values), Test(test) }
    CellTest { Any, Not(test), OneOf(values), Compare(comparisons), Range(from, to), Presence(presence) }
    ExprKind {
        Literal(literal), Name(name), Spent(budget), Call(function, arguments), Of(part, whole), Negate(expr), Product(first, rest), Sum(first, rest),
        Rounded(expr, rounding, step), NumberOf(unit, from, to), StartOf(period, day), EndOf(period, day), DaysInMonth(day), Compare(left, op, right),
        OneOf(expr, negation, values), Between(expr, negation, low, high), Presence(expr, presence), Includes(expr, quantifier, values),
        Match(expr, matching, text), Within(offset), MoreThan(offset), AtLeast(offset), Not(expr), And(operands), Or(operands)
    }
    Literal { Number(number), Percent(number), Money(number, currency), Steps(steps), Date(date), Datetime(moment), YesNo(value), Text(text) }
    TestLine { OnDate(date), OnDatetime(moment), As { role, id, team }, Given(line), Said(line), Spent(budget, used), Ask(action, quantity), Expect(what) }
    FactValue { Yes, No, Absent, Is(values) }
    Expectation {
        Yes, Owed, No, AskWord, NeedWord, UpTo(quantity), Ask(roles), Need(facts), Offer(actions), Because(rules), Require(duties),
        Charge(budget, quantity), Provisional(facts), Limit(quantity)
    }
    PromiseKind { Cannot { subject, actions, more_than, when, unless_entitled }, CanAlways { subject, actions, up_to, when }, EveryNoHasAnOffer }
}
