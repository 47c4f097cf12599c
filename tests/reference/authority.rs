//! What one role may grant of one action: entitlement, ceiling, authority, and the largest quantity where conditions read `amount`.

use std::collections::BTreeMap;

use kulanz::syntax::ast::{CellTest, Expr, ExprKind};
use kulanz::{Number, Rounding};

use super::book::{Force, Kind, Part, Rule};
use super::evaluate::Case;
use super::room::{Reading, Take, room};
use super::value::{End, Range, Truth, Value};

/// One role before one action, in one reading.
#[derive(Clone, Debug)]
pub struct Seat<'a> {
    pub case: Case<'a>,
    pub role: String,
    pub action: String,
    pub reading: Reading,
}

/// What holds for one quantity asked for.
#[derive(Clone, Debug)]
pub struct Standing<'a> {
    /// Applicable entitlements with the quantity they give.
    pub owing: Vec<Candidate<'a>>,
    /// The smallest cap of prohibitions that stop what is owed, too.
    pub cut: End,
    pub entitled: End,
    /// The entitlement that gives `entitled`, where that is above zero.
    pub part: Option<Candidate<'a>>,
    /// Applicable permissions that bind the role, with how far they reach.
    pub permissions: Vec<Candidate<'a>>,
}

#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    pub rule: &'a Rule,
    pub reach: End,
    pub takes: Vec<Take>,
}

/// How a quantity is granted.
#[derive(Clone, Debug)]
pub struct Grant<'a> {
    pub entitlement: Option<Candidate<'a>>,
    pub permission: Option<Candidate<'a>>,
    pub duties: Vec<String>,
    /// What is taken from each budget, in the order of the charges.
    pub charges: Vec<(Take, End)>,
    /// Whether the entitlement beside a permission reduces what that is charged, or is charged itself.
    pub takes_part: bool,
}

/// Whether permissions that need approval are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approvals {
    Without,
    With,
}

impl<'a> Seat<'a> {
    pub fn grid(&self) -> Number {
        self.case.book.grid(self.case.book.measure(&self.action))
    }

    pub fn with_reading(&self, reading: Reading) -> Self {
        Self { reading, ..self.clone() }
    }

    /// The same with a quantity asked for.
    pub fn asking(&self, quantity: &End) -> Self {
        let mut seat = self.clone();
        // Without limit is beyond every bound on which a condition changes.
        let quantity = match quantity {
            End::Above => self.beyond(),
            bounded => bounded.clone(),
        };
        seat.case.amount = match self.case.book.measure(&self.action) {
            Some(unit) => Value::Quantity(unit, Range::between(quantity.clone(), quantity)),
            None => Value::Absent,
        };
        seat
    }

    pub fn rules(&self) -> impl Iterator<Item = &'a Rule> {
        let action = self.action.clone();
        let role = self.role.clone();
        let book = self.case.book;
        book.rules.iter().filter(move |rule| rule.actions.contains(&action) && book.binds(rule, &role))
    }

    fn quantity(&self, rule: &Rule, rounding: Rounding) -> End {
        match &rule.quantity {
            Some(expr) => self.reading.quantity(&self.case.value(expr).range()).on_grid(&self.grid(), rounding),
            None => End::Above,
        }
    }

    /// Applicable prohibitions that bind the role, with their caps.
    pub fn prohibitions(&self) -> Vec<(&'a Rule, End)> {
        let forbidding = self.rules().filter(|rule| matches!(rule.kind, Kind::Prohibition(..)) && self.reading.forbids(self.case.applies(rule)));
        forbidding.map(|rule| (rule, if rule.quantity.is_none() { End::ZERO } else { self.quantity(rule, Rounding::Down) })).collect()
    }

    /// What holds where the seat's own quantity is asked for.
    pub fn standing(&self) -> Standing<'a> {
        let grid = self.grid();
        let prohibitions = self.prohibitions();
        let applicable =
            |kind: fn(&Kind) -> bool| self.rules().filter(move |rule| kind(&rule.kind)).filter(|rule| self.reading.gives(self.case.applies(rule)));
        let owing: Vec<_> = applicable(|kind| *kind == Kind::Entitlement)
            .map(|rule| {
                let takes = self.case.takes(rule, &self.role, self.reading);
                let reach = self.quantity(rule, Rounding::HalfUp).min(room(&takes, &BTreeMap::new(), &grid));
                Candidate { rule, reach, takes }
            })
            .collect();
        let cut = prohibitions
            .iter()
            .filter(|(rule, _)| matches!(rule.kind, Kind::Prohibition(_, Force::EvenIfEntitled)))
            .map(|(_, cap)| cap.clone())
            .min()
            .unwrap_or(End::Above);
        let largest = owing.iter().map(|candidate| candidate.reach.clone()).max().unwrap_or(End::ZERO);
        let entitled = largest.min(cut.clone());
        let ceiling = prohibitions.iter().map(|(_, cap)| cap.clone()).min().unwrap_or(End::Above);
        let part = (entitled > End::ZERO)
            .then(|| best(owing.iter().filter(|candidate| candidate.reach >= entitled), |candidate| self.duties(candidate.rule)));
        let part = part.flatten().cloned();
        let mut parts = vec![(entitled.clone(), part.as_ref().map(|part| taken(&part.takes, &entitled)).unwrap_or_default())];
        let sure: Vec<_> = owing.iter().filter(|candidate| Reading::Against.gives(self.case.applies(candidate.rule))).collect();
        if self.reading == Reading::Favour && sure.len() < owing.len() {
            // What may be owed may also not be owed, and then takes nothing.
            let owed = sure.iter().map(|candidate| candidate.reach.clone()).max().unwrap_or(End::ZERO).min(cut.clone());
            let enough = sure.iter().copied().filter(|candidate| candidate.reach >= owed && owed > End::ZERO);
            let takes = best(enough, |candidate| self.duties(candidate.rule)).map(|part| taken(&part.takes, &owed)).unwrap_or_default();
            parts.push((owed, takes));
        }
        let permissions = applicable(|kind| matches!(kind, Kind::Permission(_)))
            .map(|rule| {
                let takes = self.case.takes(rule, &self.role, self.reading);
                let with_room = parts.iter().map(|(owed, taken)| plus(owed, &room(&takes, taken, &grid))).max().unwrap();
                let reach = self.quantity(rule, Rounding::Down).min(ceiling.clone()).min(with_room);
                Candidate { rule, reach, takes }
            })
            .collect();
        Standing { owing, cut, entitled, part, permissions }
    }

    /// The duties that a rule asks for: all whose condition is not surely false.
    fn duties(&self, rule: &Rule) -> Vec<String> {
        let mut duties: Vec<String> = Vec::new();
        for (duty, when) in &rule.requires {
            if self.case.holds(when.as_ref()) != Truth::NO && !duties.contains(duty) {
                duties.push(duty.clone());
            }
        }
        duties
    }

    /// How the quantity that this seat asks for is granted, if it is.
    pub fn grant(&self, standing: &Standing<'a>, quantity: &End) -> Option<Grant<'a>> {
        if *quantity <= standing.entitled {
            let best = best(standing.owing.iter().filter(|candidate| candidate.reach >= *quantity), |candidate| self.duties(candidate.rule))?;
            let charges = best.takes.iter().map(|take| (take.clone(), take.charge(quantity))).collect();
            return Some(Grant { duties: self.duties(best.rule), entitlement: Some(best.clone()), permission: None, charges, takes_part: true });
        }
        let would_do = standing.permissions.iter().filter(|candidate| candidate.rule.approved_by.is_empty() && candidate.reach >= *quantity);
        let best = best(would_do, |candidate| self.duties_of_both(candidate, standing.part.as_ref()))?;
        let charges = charges_of_both(best, standing, quantity);
        let takes_part = reduces(best) || standing.part.as_ref().is_some_and(|part| !part.takes.is_empty());
        let duties = self.duties_of_both(best, standing.part.as_ref());
        Some(Grant { duties, entitlement: standing.part.clone(), permission: Some(best.clone()), charges, takes_part })
    }

    /// A permission's duties, and the entitlement's where it reduces a charge.
    fn duties_of_both(&self, permission: &Candidate<'a>, part: Option<&Candidate<'a>>) -> Vec<String> {
        let mut duties = self.duties(permission.rule);
        if let Some(part) = part.filter(|_| reduces(permission)) {
            for duty in self.duties(part.rule) {
                if !duties.contains(&duty) {
                    duties.push(duty);
                }
            }
        }
        duties
    }

    /// The largest quantity, at most `bound`, that is within authority (or within what is owed) when it is asked for; zero where there is none.
    pub fn largest(&self, bound: &End, reach: impl Fn(&Standing<'a>) -> End) -> End {
        let grid = self.grid();
        let mut edges: Vec<Number> = self.breakpoints();
        edges.retain(Number::is_positive);
        edges.sort();
        edges.dedup();
        // Between two edges, and on each, no condition changes.
        let mut stretches: Vec<(Number, End)> = Vec::new();
        let mut from = grid.clone();
        for edge in &edges {
            let below = edge.round(&grid, Rounding::Up).unwrap().subtract(&grid).unwrap();
            stretches.push((from.clone(), End::At(below)));
            let on = edge.round(&grid, Rounding::Down).unwrap();
            if on == *edge {
                stretches.push((on.clone(), End::At(on.clone())));
            }
            from = on.add(&grid).unwrap();
        }
        stretches.push((from, End::Above));
        for (first, last) in stretches.into_iter().rev() {
            let last = last.min(bound.clone());
            if End::At(first.clone()) <= last {
                let reach = reach(&self.asking(&End::At(first.clone())).standing());
                if reach >= End::At(first) {
                    return reach.min(last);
                }
            }
        }
        End::ZERO
    }

    fn beyond(&self) -> End {
        let grid = self.grid();
        let last = self.breakpoints().into_iter().max().unwrap_or(Number::ZERO).max(Number::ZERO);
        End::At(last.round(&grid, Rounding::Down).unwrap().add(&grid).unwrap())
    }

    /// Where a condition on `amount` changes.
    fn breakpoints(&self) -> Vec<Number> {
        let mut found = Vec::new();
        let unit_seat = self.asking(&End::At(self.grid()));
        for rule in self.rules() {
            for part in &rule.parts {
                match part {
                    Part::When(condition) | Part::Unless(condition) => unit_seat.edges(condition, &mut found),
                    Part::Cell(column, test) => unit_seat.cell_edges(column, test, &mut found),
                    Part::From(..) | Part::Until(..) => {}
                }
            }
            for when in rule.requires.iter().filter_map(|(_, when)| when.as_ref()) {
                unit_seat.edges(when, &mut found);
            }
        }
        found
    }

    fn ends(&self, expr: &Expr, found: &mut Vec<Number>) {
        if let Some((low, high)) = self.case.value(expr).range().ends {
            found.extend([low, high].iter().filter_map(|end| end.number().cloned()));
        }
    }

    fn edges(&self, condition: &Expr, found: &mut Vec<Number>) {
        if let ExprKind::Name(name) = &condition.kind {
            if let Some(body) = self.case.book.defines.get(name) {
                self.edges(body, found);
            } else if let Some(table) = self.case.book.lookups.get(name) {
                for column in &table.body.grid.as_ref().unwrap().columns {
                    if let kulanz::syntax::ast::ColumnKind::Test(expr) = &column.kind {
                        assert!(!super::room::reads_amount(expr), "a gives table that reads amount");
                    }
                }
            }
            return;
        }
        let operands = super::reads::operands(condition);
        if operands.iter().any(|operand| matches!(&operand.kind, ExprKind::Name(name) if name == "amount")) {
            for bound in operands.iter().filter(|operand| !super::room::reads_amount(operand)) {
                self.ends(bound, found);
            }
        } else {
            for operand in operands {
                self.edges(operand, found);
            }
        }
    }

    fn cell_edges(&self, column: &Expr, test: &CellTest, found: &mut Vec<Number>) {
        if !super::room::reads_amount(column) {
            return;
        }
        match test {
            CellTest::Any | CellTest::Presence(_) => {}
            CellTest::Not(inner) => self.cell_edges(column, inner, found),
            CellTest::OneOf(options) => options.iter().for_each(|option| self.ends(option, found)),
            CellTest::Compare(comparisons) => comparisons.iter().for_each(|(_, operand)| self.ends(operand, found)),
            CellTest::Range(low, high) => [low, high].into_iter().for_each(|operand| self.ends(operand, found)),
        }
    }
}

impl Standing<'_> {
    /// The largest quantity that the role may grant for what was asked.
    pub fn authority(&self, approvals: Approvals) -> End {
        let counted = self.permissions.iter().filter(|candidate| approvals == Approvals::With || candidate.rule.approved_by.is_empty());
        counted.map(|candidate| candidate.reach.clone()).chain([self.entitled.clone()]).max().unwrap_or(End::ZERO)
    }
}

/// The one with the fewest duties, then the fewest limiting budgets, then the first.
fn best<'c, 'a: 'c>(
    candidates: impl Iterator<Item = &'c Candidate<'a>>,
    duties: impl Fn(&Candidate<'a>) -> Vec<String>,
) -> Option<&'c Candidate<'a>> {
    candidates.min_by_key(|candidate| (duties(candidate).len(), candidate.takes.iter().filter(|take| take.is_limiting()).count()))
}

/// Whether an entitlement beside this permission reduces a charge of it.
fn reduces(permission: &Candidate) -> bool {
    permission.takes.iter().any(|take| matches!(&take.form, super::room::Form::Each(price) if price.is_positive()))
}

pub fn plus(left: &End, right: &End) -> End {
    match (left, right) {
        (End::At(a), End::At(b)) => End::At(a.add(b).unwrap()),
        _ => End::Above,
    }
}

fn minus(left: &End, right: &End) -> End {
    match (left, right) {
        (End::At(a), End::At(b)) => End::At(a.subtract(b).unwrap()),
        _ => left.clone(),
    }
}

/// What a grant of `quantity` takes from each budget.
fn taken(takes: &[Take], quantity: &End) -> BTreeMap<String, End> {
    takes.iter().map(|take| (take.budget.clone(), take.charge(quantity))).collect()
}

/// The part up to what is owed charges the entitlement's budgets, the rest the permission's.
fn charges_of_both(permission: &Candidate, standing: &Standing, quantity: &End) -> Vec<(Take, End)> {
    let rest = minus(quantity, &standing.entitled);
    let mut charges: Vec<(Take, End)> = permission.takes.iter().map(|take| (take.clone(), take.charge(&rest))).collect();
    for take in standing.part.iter().flat_map(|part| &part.takes) {
        let amount = take.charge(&standing.entitled);
        match charges.iter_mut().find(|(other, _)| other.budget == take.budget) {
            Some((other, _)) if other.form == super::room::Form::Once => {}
            Some((_, so_far)) => *so_far = plus(so_far, &amount),
            None => charges.push((take.clone(), amount)),
        }
    }
    charges
}
