//! Where `amount` may stand: in a condition alone on one side of a comparison, never in the quantity of a head.

use crate::diagnostic::{Code, Diagnostic};
use crate::policy::expr::{Expr, ExprKind};

use super::Checker;

impl Checker<'_> {
    /// Reports `amount` in a condition where it does not stand alone on one side of a comparison. What a definition reads was checked with it.
    pub(super) fn amount_alone(&mut self, condition: &Expr) {
        match &condition.kind {
            ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().for_each(|part| self.amount_alone(part)),
            ExprKind::Not(inner) => self.amount_alone(inner),
            ExprKind::Definition(_) | ExprKind::Lookup(_) => {}
            ExprKind::Compare(left, _, right) if left.kind == ExprKind::Amount => self.not_both_sides(left, &[right]),
            ExprKind::Compare(left, _, right) if right.kind == ExprKind::Amount => self.not_both_sides(right, &[left]),
            ExprKind::Between(value, low, high) if value.kind == ExprKind::Amount => self.not_both_sides(value, &[low, high]),
            _ => {
                let reading: Vec<_> = condition.children().into_iter().filter(|child| self.reads(child).reads_amount).cloned().collect();
                for child in reading {
                    self.not_alone(&child);
                }
            }
        }
    }

    fn not_both_sides(&mut self, amount: &Expr, others: &[&Expr]) {
        for other in others {
            if self.reads(other).reads_amount {
                self.report(
                    Diagnostic::new(Code::AmountNotAlone, "both sides of this comparison read `amount`")
                        .at(other.span, "reads it too")
                        .at(amount.span, "here it stands alone")
                        .help("compare `amount` with something that does not depend on it"),
                );
            }
        }
    }

    fn not_alone(&mut self, expr: &Expr) {
        let message = "in a condition `amount` stands alone on one side of a comparison";
        let help = match &expr.kind {
            ExprKind::Definition(_) | ExprKind::Lookup(_) => format!("{} reads `amount`; compare `amount` itself", self.written(expr.span)),
            _ => "move the rest to the other side: `amount <= 50% of order.total`".to_owned(),
        };
        self.report(Diagnostic::new(Code::AmountNotAlone, message).at(expr.span, "reads `amount`").help(help));
    }

    /// Reports `amount` in a quantity that bounds it.
    pub(super) fn without_amount(&mut self, quantity: &Expr, what: &str) {
        if let Some(place) = self.reading_amount(quantity) {
            let through = if place.kind == ExprKind::Amount { String::new() } else { format!(" (through {})", self.written(place.span)) };
            let span = place.span;
            let message = format!("{what} cannot read `amount`{through}");
            self.problem(Code::AmountNotHere, span, message, "it says how large `amount` may be; put a test of `amount` into the `when`");
        }
    }

    /// The innermost expression that reads `amount`.
    fn reading_amount<'e>(&self, expr: &'e Expr) -> Option<&'e Expr> {
        if !self.reads(expr).reads_amount {
            return None;
        }
        expr.children().into_iter().find_map(|child| self.reading_amount(child)).or(Some(expr))
    }
}
