//! Trees of conditions and values.

use std::iter::Peekable;

use super::ast::{CompareOp, Expr, ExprKind, Factor, Function, Literal, Matching, Negation, Offset, Presence, Quantifier, Quantity, Side, Term};
use super::piece::{Node, Reader, Rule, child, children, has};
use super::tree::Inner;
use super::words::{normal, period_of};
use crate::diagnostic::{Code, Diagnostic};
use crate::number::Rounding;
use crate::source::Spanned;

/// An operand of a chain, and the bytes of the piece that it takes, with the space behind it unless it ends in a word that nothing could follow.
struct Part {
    expr: Expr,
    start: usize,
    end: usize,
}

/// The next node, if that rule made it.
fn next_of<'n>(nodes: &mut Peekable<Inner<'n>>, rule: Rule) -> Option<Node<'n>> {
    nodes.next_if(|node| node.as_rule() == rule)
}

impl Reader<'_, '_> {
    /// A condition: the loosest form of an expression.
    pub fn condition(&mut self, node: &Node<'_>) -> Option<Expr> {
        let (mut alternatives, mut parts) = (Vec::new(), Vec::new());
        for part in node.inner() {
            match part.as_rule() {
                Rule::kw_and => {}
                Rule::kw_or => alternatives.push(self.join(std::mem::take(&mut parts), ExprKind::And)?),
                _ => parts.push(Part { expr: self.negation(&part)?, start: part.start(), end: part.end() }),
            }
        }
        alternatives.push(self.join(parts, ExprKind::And)?);
        Some(self.join(alternatives, ExprKind::Or)?.expr)
    }

    /// One part is itself; several are joined.
    fn join(&self, mut parts: Vec<Part>, kind: fn(Vec<Expr>) -> ExprKind) -> Option<Part> {
        if parts.len() < 2 {
            let only = parts.pop()?;
            return Some(Part { end: self.piece.past_space(only.end), ..only });
        }
        let (start, end) = (parts.first()?.start, parts.last()?.end);
        let kind = kind(parts.into_iter().map(|part| part.expr).collect());
        Some(Part { expr: Expr { span: self.piece.span(start, end), kind }, start, end })
    }

    fn negation(&mut self, node: &Node<'_>) -> Option<Expr> {
        let mut expr = child(node, Rule::comparison).and_then(|comparison| self.comparison(&comparison))?;
        let signs: Vec<_> = children(node, Rule::kw_not).collect();
        for not in signs.iter().rev() {
            let span = self.span(not).to(expr.span);
            expr = Expr { span, kind: ExprKind::Not(Box::new(expr)) };
        }
        Some(expr)
    }

    fn comparison(&mut self, node: &Node<'_>) -> Option<Expr> {
        let span = self.span(node);
        let mut parts = node.inner();
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

    fn is_tail(&mut self, left: Expr, tail: &Node<'_>) -> Option<ExprKind> {
        let not = child(tail, Rule::kw_not);
        let negation = if not.is_some() { Negation::Negated } else { Negation::Plain };
        let left = Box::new(left);
        let part = tail.inner().last()?;
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

    fn not_present(&mut self, tail: &Node<'_>, part: &Node<'_>) -> Option<ExprKind> {
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

    fn compare_tail(&mut self, left: Expr, tail: &Node<'_>) -> Option<ExprKind> {
        let (sign, right) = self.compare(tail)?;
        Some(ExprKind::Compare(Box::new(left), sign, Box::new(right)))
    }

    /// A comparison sign and what follows it.
    pub fn compare(&mut self, node: &Node<'_>) -> Option<(Spanned<CompareOp>, Expr)> {
        let sign = child(node, Rule::compare_sign)?;
        let value = match sign.as_str() {
            "=" => CompareOp::Equal,
            "<" => CompareOp::Less,
            "<=" => CompareOp::AtMost,
            ">" => CompareOp::Greater,
            ">=" => CompareOp::AtLeast,
            _ => return None,
        };
        Some((Spanned { value, span: self.span(&sign) }, self.own_value(node)?))
    }

    fn includes_tail(&mut self, left: Expr, tail: &Node<'_>) -> Option<ExprKind> {
        let quantifier = match (has(tail, Rule::kw_any), has(tail, Rule::kw_all)) {
            (true, _) => Quantifier::Any,
            (_, true) => Quantifier::All,
            _ => Quantifier::One,
        };
        let values = self.values(tail)?;
        if quantifier == Quantifier::One && values.len() > 1 {
            let span = self.span(tail);
            let written = values.first().zip(values.last()).and_then(|(first, last)| {
                let start = first.span.range().start.checked_sub(self.piece.base)?;
                self.piece.text.get(start..start + first.span.to(last.span).range().len())
            });
            let listed = super::words::shorten(written.filter(|_| self.piece.doubled.is_empty()).unwrap_or("…"));
            return self.refuse(
                Diagnostic::new(Code::Form, "`includes` with several values does not say whether one of them is enough")
                    .at(span, "")
                    .help(format!("write `includes any of {listed}`, or `includes all of {listed}`")),
            );
        }
        Some(ExprKind::Includes(Box::new(left), quantifier, values))
    }

    fn match_tail(&mut self, left: Expr, tail: &Node<'_>) -> Option<ExprKind> {
        let matching = match tail.inner().next()?.as_rule() {
            Rule::kw_starts => Matching::StartsWith,
            Rule::kw_ends => Matching::EndsWith,
            _ => Matching::Contains,
        };
        Some(ExprKind::Match(Box::new(left), matching, Box::new(self.own_value(tail)?)))
    }

    fn offset(&mut self, node: &Node<'_>, subject: Option<Box<Expr>>, negation: Negation) -> Option<ExprKind> {
        let kind = child(node, Rule::offset_kind)?.inner().next()?.as_rule();
        let steps = child(node, Rule::steps).and_then(|steps| self.steps(&steps))?;
        let side = if has(&child(node, Rule::side)?, Rule::kw_after) { Side::After } else { Side::Before };
        let offset = Offset { subject, negation, steps, side, anchor: Box::new(self.own_value(node)?) };
        Some(match kind {
            Rule::kw_within => ExprKind::Within(offset),
            Rule::kw_more => ExprKind::MoreThan(offset),
            _ => ExprKind::AtLeast(offset),
        })
    }

    /// The value that a tree holds directly.
    pub fn own_value(&mut self, node: &Node<'_>) -> Option<Expr> {
        child(node, Rule::value).and_then(|value| self.value(&value))
    }

    /// All values that a tree holds directly.
    pub fn values(&mut self, node: &Node<'_>) -> Option<Vec<Expr>> {
        children(node, Rule::value).map(|value| self.value(&value)).collect()
    }

    /// A value: arithmetic, rounded at most once.
    pub fn value(&mut self, node: &Node<'_>) -> Option<Expr> {
        let sum = self.sum(node)?;
        let Some(step) = child(node, Rule::unary) else {
            return Some(sum);
        };
        let direction = match (has(node, Rule::kw_up), has(node, Rule::kw_down)) {
            (true, _) => Rounding::Up,
            (_, true) => Rounding::Down,
            _ => Rounding::HalfUp,
        };
        let step = self.signed(&mut step.inner().peekable())?.expr;
        Some(Expr { span: self.span(node), kind: ExprKind::Rounded(Box::new(sum), direction, Box::new(step)) })
    }

    /// The chain of operands that a tree holds directly.
    fn sum(&mut self, node: &Node<'_>) -> Option<Expr> {
        let mut nodes = node.inner().peekable();
        let first = self.product(&mut nodes)?;
        let (mut rest, mut end) = (Vec::new(), first.end);
        while let Some(sign) = next_of(&mut nodes, Rule::term) {
            let operand = self.product(&mut nodes)?;
            end = operand.end;
            rest.push((if sign.as_str() == "+" { Term::Plus } else { Term::Minus }, operand.expr));
        }
        if rest.is_empty() {
            return Some(first.expr);
        }
        Some(Expr { span: self.piece.span(first.start, end), kind: ExprKind::Sum(Box::new(first.expr), rest) })
    }

    fn product(&mut self, nodes: &mut Peekable<Inner<'_>>) -> Option<Part> {
        let first = self.signed(nodes)?;
        let (mut rest, mut end) = (Vec::new(), first.end);
        while let Some(sign) = next_of(nodes, Rule::factor) {
            let operand = self.signed(nodes)?;
            end = operand.end;
            rest.push((if sign.as_str() == "*" { Factor::Times } else { Factor::Over }, operand.expr));
        }
        if rest.is_empty() {
            return Some(Part { end: self.piece.past_space(first.end), ..first });
        }
        let span = self.piece.span(first.start, end);
        Some(Part { expr: Expr { span, kind: ExprKind::Product(Box::new(first.expr), rest) }, start: first.start, end })
    }

    /// `P of E`, or an operand alone, with the signs before it.
    fn signed(&mut self, nodes: &mut Peekable<Inner<'_>>) -> Option<Part> {
        let signs: Vec<_> = std::iter::from_fn(|| next_of(nodes, Rule::minus)).collect();
        let first = nodes.next()?;
        let operand = self.operand(&first)?;
        let (mut expr, end) = match next_of(nodes, Rule::kw_of).and_then(|_| nodes.next()) {
            Some(second) => {
                let whole = self.operand(&second)?;
                let span = self.piece.span(first.start(), second.end());
                (Expr { span, kind: ExprKind::Of(Box::new(operand), Box::new(whole)) }, second.end())
            }
            None => (operand, self.piece.past_space(first.end())),
        };
        for minus in signs.iter().rev() {
            let span = self.span(minus).to(expr.span);
            expr = Expr { span, kind: ExprKind::Negate(Box::new(expr)) };
        }
        Some(Part { expr, start: signs.first().map_or(first.start(), Node::start), end })
    }

    fn own_operand(&mut self, node: &Node<'_>) -> Option<Box<Expr>> {
        child(node, Rule::operand).and_then(|operand| self.operand(&operand)).map(Box::new)
    }

    fn operand(&mut self, node: &Node<'_>) -> Option<Expr> {
        let part = node.inner().next()?;
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
    pub fn literal(&mut self, node: &Node<'_>) -> Option<Literal> {
        match node.as_rule() {
            Rule::quantity => self.quantity(node),
            Rule::date => self.date(node).map(Literal::Date),
            Rule::datetime => self.datetime(node).map(Literal::Datetime),
            Rule::yes_no => Some(Literal::YesNo(node.as_str() == "yes")),
            Rule::quoted => Some(Literal::Text(self.quoted(node).value)),
            _ => None,
        }
    }

    fn call(&mut self, node: &Node<'_>) -> Option<ExprKind> {
        let function = if child(node, Rule::function)?.as_str() == "min" { Function::Min } else { Function::Max };
        Some(ExprKind::Call(function, self.values(node)?))
    }

    /// A quantity of a head, a column or an offer.
    pub fn limit(&mut self, node: &Node<'_>) -> Option<Quantity> {
        match child(node, Rule::kw_unlimited) {
            Some(unlimited) => Some(Quantity::Unlimited(self.span(&unlimited))),
            None => self.own_value(node).map(Quantity::Of),
        }
    }

    /// The quantity that a tree holds directly; the outer `None` is a problem that was reported.
    #[expect(clippy::option_option, reason = "the inner one is what the author left out, the outer one a problem that was reported")]
    pub fn own_limit(&mut self, node: &Node<'_>) -> Option<Option<Quantity>> {
        match child(node, Rule::limit) {
            Some(limit) => self.limit(&limit).map(Some),
            None => Some(None),
        }
    }

    /// The condition after `when` at the end of a clause; the outer `None` is a problem that was reported.
    #[expect(clippy::option_option, reason = "the inner one is what the author left out, the outer one a problem that was reported")]
    pub fn when_part(&mut self, node: &Node<'_>) -> Option<Option<Expr>> {
        match child(node, Rule::when_part) {
            Some(when) => self.own_condition(&when).map(Some),
            None => Some(None),
        }
    }

    /// The condition that a tree holds directly.
    pub fn own_condition(&mut self, node: &Node<'_>) -> Option<Expr> {
        child(node, Rule::condition).and_then(|condition| self.condition(&condition))
    }
}

/// `present` or `absent`
pub(super) fn presence(node: &Node<'_>) -> Presence {
    if has(node, Rule::kw_present) { Presence::Present } else { Presence::Absent }
}
