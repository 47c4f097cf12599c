//! Trees of conditions and values.

use pest::iterators::Pair;

use super::ast::{CompareOp, Expr, ExprKind, Factor, Function, Literal, Matching, Negation, Offset, Presence, Quantifier, Quantity, Side, Term};
use super::piece::{Reader, Rule, child, children, has};
use super::words::{normal, period_of};
use crate::diagnostic::{Code, Diagnostic};
use crate::number::Rounding;
use crate::source::Spanned;

impl Reader<'_, '_> {
    /// A condition: the loosest form of an expression.
    pub fn condition(&mut self, pair: &Pair<'_, Rule>) -> Option<Expr> {
        self.flat(pair, Rule::conjunction, Self::conjunction, ExprKind::Or)
    }

    fn conjunction(&mut self, pair: &Pair<'_, Rule>) -> Option<Expr> {
        self.flat(pair, Rule::negation, Self::negation, ExprKind::And)
    }

    /// One operand is itself; several are joined.
    fn flat(
        &mut self,
        pair: &Pair<'_, Rule>,
        rule: Rule,
        read: fn(&mut Self, &Pair<'_, Rule>) -> Option<Expr>,
        join: fn(Vec<Expr>) -> ExprKind,
    ) -> Option<Expr> {
        let mut operands = Vec::new();
        for part in children(pair, rule) {
            operands.push(read(self, &part)?);
        }
        if operands.len() > 1 {
            return Some(Expr { span: self.span(pair), kind: join(operands) });
        }
        operands.pop()
    }

    fn negation(&mut self, pair: &Pair<'_, Rule>) -> Option<Expr> {
        let mut expr = child(pair, Rule::comparison).and_then(|comparison| self.comparison(&comparison))?;
        let signs: Vec<_> = children(pair, Rule::kw_not).collect();
        for not in signs.iter().rev() {
            let span = self.span(not).to(expr.span);
            expr = Expr { span, kind: ExprKind::Not(Box::new(expr)) };
        }
        Some(expr)
    }

    fn comparison(&mut self, pair: &Pair<'_, Rule>) -> Option<Expr> {
        let span = self.span(pair);
        let mut parts = pair.clone().into_inner();
        let first = parts.next()?;
        if first.as_rule() == Rule::offset {
            return Some(Expr { span, kind: self.offset(&first, None, Negation::Plain)? });
        }
        let left = self.value(&first)?;
        let Some(tail) = parts.next() else {
            return Some(left);
        };
        let kind = match tail.as_rule() {
            Rule::is_tail => self.is_tail(left, &tail)?,
            Rule::compare_tail => self.compare_tail(left, &tail)?,
            Rule::includes_tail => self.includes_tail(left, &tail)?,
            Rule::match_tail => self.match_tail(left, &tail)?,
            _ => return None,
        };
        Some(Expr { span, kind })
    }

    fn is_tail(&mut self, left: Expr, tail: &Pair<'_, Rule>) -> Option<ExprKind> {
        let not = child(tail, Rule::kw_not);
        let negation = if not.is_some() { Negation::Negated } else { Negation::Plain };
        let left = Box::new(left);
        let part = tail.clone().into_inner().last()?;
        match part.as_rule() {
            Rule::one_of => Some(ExprKind::OneOf(left, negation, self.values(&part)?)),
            Rule::between => {
                let [low, high] = <[Expr; 2]>::try_from(self.values(&part)?).ok()?;
                Some(ExprKind::Between(left, negation, Box::new(low), Box::new(high)))
            }
            Rule::presence if not.is_some() => self.not_present(tail, &part),
            Rule::presence => Some(ExprKind::Presence(left, presence(&part))),
            Rule::offset => self.offset(&part, Some(left), negation),
            _ => {
                let is = child(tail, Rule::kw_is)?;
                let (value, last) = if negation == Negation::Negated { (CompareOp::IsNot, not.as_ref()) } else { (CompareOp::Is, None) };
                let span = last.map_or(self.span(&is), |not| self.span(&is).to(self.span(not)));
                Some(ExprKind::Compare(left, Spanned { value, span }, Box::new(self.value(&part)?)))
            }
        }
    }

    fn not_present(&mut self, tail: &Pair<'_, Rule>, part: &Pair<'_, Rule>) -> Option<ExprKind> {
        let (written, right) = match presence(part) {
            Presence::Present => ("present", "absent"),
            Presence::Absent => ("absent", "present"),
        };
        self.refuse(
            Diagnostic::new(Code::Form, format!("`is not {written}` has a word of its own"))
                .at(self.span(tail), "")
                .help(format!("write `is {right}`")),
        )
    }

    fn compare_tail(&mut self, left: Expr, tail: &Pair<'_, Rule>) -> Option<ExprKind> {
        let (sign, right) = self.compare(tail)?;
        Some(ExprKind::Compare(Box::new(left), sign, Box::new(right)))
    }

    /// A comparison sign and what follows it.
    pub fn compare(&mut self, pair: &Pair<'_, Rule>) -> Option<(Spanned<CompareOp>, Expr)> {
        let sign = child(pair, Rule::compare_sign)?;
        let value = match sign.as_str() {
            "=" => CompareOp::Equal,
            "<" => CompareOp::Less,
            "<=" => CompareOp::AtMost,
            ">" => CompareOp::Greater,
            ">=" => CompareOp::AtLeast,
            _ => return None,
        };
        Some((Spanned { value, span: self.span(&sign) }, self.own_value(pair)?))
    }

    fn includes_tail(&mut self, left: Expr, tail: &Pair<'_, Rule>) -> Option<ExprKind> {
        let quantifier = match (has(tail, Rule::kw_any), has(tail, Rule::kw_all)) {
            (true, _) => Quantifier::Any,
            (_, true) => Quantifier::All,
            _ => Quantifier::One,
        };
        let values = self.values(tail)?;
        if quantifier == Quantifier::One && values.len() > 1 {
            let span = self.span(tail);
            return self.refuse(
                Diagnostic::new(Code::Form, "`includes` with several values does not say whether one of them is enough")
                    .at(span, "")
                    .help("write `includes any of …` or `includes all of …`"),
            );
        }
        Some(ExprKind::Includes(Box::new(left), quantifier, values))
    }

    fn match_tail(&mut self, left: Expr, tail: &Pair<'_, Rule>) -> Option<ExprKind> {
        let matching = match tail.clone().into_inner().next()?.as_rule() {
            Rule::kw_starts => Matching::StartsWith,
            Rule::kw_ends => Matching::EndsWith,
            _ => Matching::Contains,
        };
        Some(ExprKind::Match(Box::new(left), matching, Box::new(self.own_value(tail)?)))
    }

    fn offset(&mut self, pair: &Pair<'_, Rule>, subject: Option<Box<Expr>>, negation: Negation) -> Option<ExprKind> {
        let kind = child(pair, Rule::offset_kind)?.into_inner().next()?.as_rule();
        let steps = child(pair, Rule::steps).and_then(|steps| self.steps(&steps))?;
        let side = if has(&child(pair, Rule::side)?, Rule::kw_after) { Side::After } else { Side::Before };
        let offset = Offset { subject, negation, steps, side, anchor: Box::new(self.own_value(pair)?) };
        Some(match kind {
            Rule::kw_within => ExprKind::Within(offset),
            Rule::kw_more => ExprKind::MoreThan(offset),
            _ => ExprKind::AtLeast(offset),
        })
    }

    /// The value that a tree holds directly.
    pub fn own_value(&mut self, pair: &Pair<'_, Rule>) -> Option<Expr> {
        child(pair, Rule::value).and_then(|value| self.value(&value))
    }

    /// All values that a tree holds directly.
    pub fn values(&mut self, pair: &Pair<'_, Rule>) -> Option<Vec<Expr>> {
        children(pair, Rule::value).map(|value| self.value(&value)).collect()
    }

    /// A value: arithmetic, rounded at most once.
    pub fn value(&mut self, pair: &Pair<'_, Rule>) -> Option<Expr> {
        let sum = child(pair, Rule::sum).and_then(|sum| self.sum(&sum))?;
        let Some(rounding) = child(pair, Rule::rounding) else {
            return Some(sum);
        };
        let direction = match (has(&rounding, Rule::kw_up), has(&rounding, Rule::kw_down)) {
            (true, _) => Rounding::Up,
            (_, true) => Rounding::Down,
            _ => Rounding::HalfUp,
        };
        let step = child(&rounding, Rule::unary).and_then(|step| self.unary(&step))?;
        Some(Expr { span: self.span(pair), kind: ExprKind::Rounded(Box::new(sum), direction, Box::new(step)) })
    }

    fn sum(&mut self, pair: &Pair<'_, Rule>) -> Option<Expr> {
        let (first, rest) = self.chain(pair, Rule::product, Self::product, |sign| if sign == "+" { Term::Plus } else { Term::Minus })?;
        Some(if rest.is_empty() { first } else { Expr { span: self.span(pair), kind: ExprKind::Sum(Box::new(first), rest) } })
    }

    fn product(&mut self, pair: &Pair<'_, Rule>) -> Option<Expr> {
        let (first, rest) = self.chain(pair, Rule::unary, Self::unary, |sign| if sign == "*" { Factor::Times } else { Factor::Over })?;
        Some(if rest.is_empty() { first } else { Expr { span: self.span(pair), kind: ExprKind::Product(Box::new(first), rest) } })
    }

    /// Operands and the operators between them.
    fn chain<Op>(
        &mut self,
        pair: &Pair<'_, Rule>,
        rule: Rule,
        read: fn(&mut Self, &Pair<'_, Rule>) -> Option<Expr>,
        operator: fn(&str) -> Op,
    ) -> Option<(Expr, Vec<(Op, Expr)>)> {
        let mut parts = pair.clone().into_inner();
        let first = read(self, &parts.next()?)?;
        let mut rest = Vec::new();
        while let (Some(sign), Some(operand)) = (parts.next(), parts.next()) {
            debug_assert_eq!(operand.as_rule(), rule, "operators and operands take turns");
            rest.push((operator(sign.as_str()), read(self, &operand)?));
        }
        Some((first, rest))
    }

    fn unary(&mut self, pair: &Pair<'_, Rule>) -> Option<Expr> {
        let mut expr = child(pair, Rule::share).and_then(|share| self.share(&share))?;
        let signs: Vec<_> = children(pair, Rule::minus).collect();
        for minus in signs.iter().rev() {
            let span = self.span(minus).to(expr.span);
            expr = Expr { span, kind: ExprKind::Negate(Box::new(expr)) };
        }
        Some(expr)
    }

    /// `P of E`, or an operand alone.
    fn share(&mut self, pair: &Pair<'_, Rule>) -> Option<Expr> {
        let mut operands = children(pair, Rule::operand);
        let part = self.operand(&operands.next()?)?;
        let Some(whole) = operands.next() else {
            return Some(part);
        };
        let whole = self.operand(&whole)?;
        Some(Expr { span: self.span(pair), kind: ExprKind::Of(Box::new(part), Box::new(whole)) })
    }

    fn own_operand(&mut self, pair: &Pair<'_, Rule>) -> Option<Box<Expr>> {
        child(pair, Rule::operand).and_then(|operand| self.operand(&operand)).map(Box::new)
    }

    fn operand(&mut self, pair: &Pair<'_, Rule>) -> Option<Expr> {
        let part = pair.clone().into_inner().next()?;
        let span = self.span(&part);
        let kind = match part.as_rule() {
            Rule::group => {
                let inner = child(&part, Rule::condition).and_then(|condition| self.condition(&condition))?;
                return Some(Expr { span, ..inner });
            }
            Rule::named => ExprKind::Name(normal(part.as_str())),
            Rule::call => self.call(&part)?,
            Rule::number_of => {
                let from = child(&part, Rule::sum).and_then(|sum| self.sum(&sum))?;
                ExprKind::NumberOf(Self::own_unit(&part)?, Box::new(from), self.own_operand(&part)?)
            }
            Rule::edge_of => {
                let period = child(&part, Rule::period).and_then(|period| period_of(period.as_str()))?;
                let day = self.own_operand(&part)?;
                if has(&part, Rule::kw_start) { ExprKind::StartOf(period, day) } else { ExprKind::EndOf(period, day) }
            }
            Rule::days_in_month => ExprKind::DaysInMonth(self.own_operand(&part)?),
            Rule::spent => ExprKind::Spent(self.own_name(&part)?),
            _ => ExprKind::Literal(self.literal(&part)?),
        };
        Some(Expr { span, kind })
    }

    /// One literal.
    pub fn literal(&mut self, pair: &Pair<'_, Rule>) -> Option<Literal> {
        match pair.as_rule() {
            Rule::quantity => self.quantity(pair),
            Rule::date => self.date(pair).map(Literal::Date),
            Rule::datetime => self.datetime(pair).map(Literal::Datetime),
            Rule::yes_no => Some(Literal::YesNo(pair.as_str() == "yes")),
            Rule::quoted => Some(Literal::Text(self.quoted(pair).value)),
            _ => None,
        }
    }

    fn call(&mut self, pair: &Pair<'_, Rule>) -> Option<ExprKind> {
        let function = if child(pair, Rule::function)?.as_str() == "min" { Function::Min } else { Function::Max };
        Some(ExprKind::Call(function, self.values(pair)?))
    }

    /// A quantity of a head, a column or an offer.
    pub fn limit(&mut self, pair: &Pair<'_, Rule>) -> Option<Quantity> {
        match child(pair, Rule::kw_unlimited) {
            Some(unlimited) => Some(Quantity::Unlimited(self.span(&unlimited))),
            None => self.own_value(pair).map(Quantity::Of),
        }
    }

    /// The quantity that a tree holds directly; the outer `None` is a problem that was reported.
    #[expect(clippy::option_option, reason = "the inner one is what the author left out, the outer one a problem that was reported")]
    pub fn own_limit(&mut self, pair: &Pair<'_, Rule>) -> Option<Option<Quantity>> {
        match child(pair, Rule::limit) {
            Some(limit) => self.limit(&limit).map(Some),
            None => Some(None),
        }
    }

    /// The condition after `when` at the end of a clause; the outer `None` is a problem that was reported.
    #[expect(clippy::option_option, reason = "the inner one is what the author left out, the outer one a problem that was reported")]
    pub fn when_part(&mut self, pair: &Pair<'_, Rule>) -> Option<Option<Expr>> {
        match child(pair, Rule::when_part) {
            Some(when) => self.own_condition(&when).map(Some),
            None => Some(None),
        }
    }

    /// The condition that a tree holds directly.
    pub fn own_condition(&mut self, pair: &Pair<'_, Rule>) -> Option<Expr> {
        child(pair, Rule::condition).and_then(|condition| self.condition(&condition))
    }
}

/// `present` or `absent`
pub(super) fn presence(pair: &Pair<'_, Rule>) -> Presence {
    if has(pair, Rule::kw_present) { Presence::Present } else { Presence::Absent }
}
