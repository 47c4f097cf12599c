//! Conditions: on the line, or one operand a line with the operators right-aligned before them.

use super::item::INDENT;
use super::writer::{MAX_WIDTH, Writer};
use crate::syntax::ast::{Expr, ExprKind};

/// Where the operators of a condition that is spread stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operators {
    /// Before the column of the operands, so that those are aligned.
    Before,
    /// In the column of the first operand: a condition inside another one.
    Inside,
}

/// Writes a condition; it is spread where it does not fit the line or its author spread it.
pub(super) fn write(writer: &mut Writer<'_>, expr: &Expr) {
    write_at(writer, expr, Operators::Before);
}

fn write_at(writer: &mut Writer<'_>, expr: &Expr, operators: Operators) {
    let range = writer.tokens.range(expr.span);
    let column = writer.column_of(range.start);
    let fits = column + writer.tokens.width(range.clone()) <= MAX_WIDTH;
    if fits && !is_spread(writer, expr) {
        return writer.hanging(column + 2, |writer| writer.flat(range));
    }
    match &expr.kind {
        ExprKind::And(operands) | ExprKind::Or(operands) => spread(writer, expr, operands, operators),
        ExprKind::Not(inner) => {
            let inside = writer.tokens.range(inner.span);
            writer.flat(range.start..inside.start);
            write_at(writer, inner, Operators::Inside);
            writer.flat(inside.end..range.end);
        }
        _ => writer.hanging(column + 2, |writer| writer.flat(range)),
    }
}

/// One operand a line; parentheses around them stay beside the first and the last.
fn spread(writer: &mut Writer<'_>, expr: &Expr, operands: &[Expr], operators: Operators) {
    let range = writer.tokens.range(expr.span);
    let mut at = range.start;
    let mut column = writer.column_of(at);
    for (index, operand) in operands.iter().enumerate() {
        let inside = writer.tokens.range(operand.span);
        if index == 0 {
            writer.flat(at..inside.start);
            column = writer.column_of(inside.start);
        } else {
            let room = if operators == Operators::Before { writer.tokens.width(at..inside.start) + 1 } else { 0 };
            writer.line(column.saturating_sub(room).max(INDENT));
            writer.flat(at..inside.start);
        }
        write_at(writer, operand, Operators::Inside);
        at = inside.end;
    }
    writer.flat(at..range.end);
}

/// Whether the author broke the line at one of the operators, here or further inside.
pub(super) fn is_spread(writer: &Writer<'_>, expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::And(operands) | ExprKind::Or(operands) => {
            operands.iter().enumerate().any(|(index, operand)| (index > 0 && breaks_before(writer, operand)) || is_spread(writer, operand))
        }
        ExprKind::Not(inner) => is_spread(writer, inner),
        _ => false,
    }
}

/// Whether the operator before an operand, or the operand, begins a line.
fn breaks_before(writer: &Writer<'_>, operand: &Expr) -> bool {
    let first = writer.tokens.range(operand.span).start;
    writer.tokens.slice(first.saturating_sub(1)..first + 1).iter().any(|token| token.begins_line)
}
