//! Cells that test, and tables that give a value.

use std::collections::BTreeSet;

use kulanz::syntax::ast::{Cell, CellKind, CellTest, ColumnKind, CompareOp, Expr, ExprKind, Grid, Lookup, Presence, Row, Type};

use super::evaluate::Case;
use super::reads::facts_read_directly;
use super::value::{End, Range, Truth, Value};

impl Case<'_> {
    /// Whether a column's expression fulfils a cell.
    pub fn cell(&self, column: &Expr, test: &CellTest) -> Truth {
        if *test == CellTest::Any {
            return Truth::YES;
        }
        let optional: Vec<_> = facts_read_directly(self.book, column).into_iter().filter(|name| self.book.is_optional(name)).collect();
        let present = optional.iter().fold(Truth::YES, |all, name| all.and(self.presence(name)));
        if let (CellTest::Presence(presence), ExprKind::Name(name)) = (test, &column.kind) {
            return if *presence == Presence::Present { self.presence(name) } else { self.presence(name).not() };
        }
        if present == Truth::NO {
            return Truth::NO;
        }
        present.and(self.fulfils(column, &self.value(column), test))
    }

    fn fulfils(&self, column: &Expr, value: &Value, test: &CellTest) -> Truth {
        let against = |op, operand: &Expr| self.compare_values(value, op, &self.cell_value(column, operand));
        match test {
            CellTest::Any => Truth::YES,
            CellTest::Not(inner) => self.fulfils(column, value, inner).not(),
            CellTest::OneOf(options) => options.iter().fold(Truth::NO, |any, option| any.or(self.is_or_has(column, value, option))),
            CellTest::Compare(comparisons) => comparisons.iter().fold(Truth::YES, |all, (op, operand)| all.and(against(op.value, operand))),
            CellTest::Range(low, high) => against(CompareOp::AtLeast, low).and(against(CompareOp::AtMost, high)),
            CellTest::Presence(presence) => Truth::known(*presence == Presence::Present),
        }
    }

    fn cell_value(&self, column: &Expr, operand: &Expr) -> Value {
        self.value_beside(column, operand)
    }

    /// A plain value in a cell: the column's value is it, or for a set has it.
    fn is_or_has(&self, column: &Expr, value: &Value, option: &Expr) -> Truth {
        match (value, &option.kind) {
            (Value::Set(None), _) => Truth::UNKNOWN,
            (Value::Set(Some(members)), ExprKind::Name(name)) => Truth::known(members.contains(name)),
            _ => self.compare_values(value, CompareOp::Is, &self.cell_value(column, option)),
        }
    }

    /// Whether a row's cells all hold.
    pub fn row_holds(&self, grid: &Grid, row: &Row) -> Truth {
        let cells = grid.columns.iter().zip(&row.cells);
        cells.fold(Truth::YES, |all, (column, cell)| match (&column.kind, &cell.kind) {
            (ColumnKind::Test(expr), CellKind::Test(test)) => all.and(self.cell(expr, test)),
            _ => all,
        })
    }

    /// The value of a `gives` table: what the rows give that can hold. It may be undefined unless a row surely holds or there is one for every case.
    pub fn look_up(&self, table: &Lookup) -> Value {
        let grid = table.body.grid.as_ref().unwrap();
        let gap = undefined(&table.gives.value);
        let mut given: Option<Value> = None;
        let mut add = |value: Value| given = Some(given.take().map_or(value.clone(), |so_far| hull(&so_far, &value)));
        for row in &grid.rows {
            let holds = self.row_holds(grid, row);
            if holds == Truth::YES {
                return self.row_value(table, grid, row);
            }
            if holds.may_be(Truth::YES) {
                add(self.row_value(table, grid, row));
            }
            if holds.may_be(Truth::UNDEFINED) {
                add(gap.clone());
            }
        }
        match given {
            Some(value) if self.covers_every_case(grid) => value,
            Some(value) => hull(&value, &gap),
            None => gap,
        }
    }

    /// Whether there is a row for everything that the columns could be, where each is a fact whose cells are constants.
    fn covers_every_case(&self, grid: &Grid) -> bool {
        let columns: Vec<_> = (0..grid.columns.len()).filter(|at| matches!(grid.columns[*at].kind, ColumnKind::Test(_))).collect();
        let is_plain = |at: &usize| {
            let ColumnKind::Test(column) = &grid.columns[*at].kind else { return false };
            matches!(&column.kind, ExprKind::Name(name) if self.book.fact(name).is_some())
        };
        let is_constant = |expr: &Expr| matches!(expr.kind, ExprKind::Literal(_)) || facts_read_directly(self.book, expr).is_empty();
        let constant = grid.rows.iter().flat_map(|row| &row.cells).flat_map(cell_operands).all(is_constant);
        if !columns.iter().all(is_plain) || !constant {
            return false;
        }
        let domains: Vec<Vec<Seen>> = columns.iter().map(|at| self.domain(grid, *at)).collect();
        let row_holds = |row: &Row, case: &[Seen]| columns.iter().zip(case).all(|(at, seen)| self.seen_fulfils(grid, row, *at, seen) == Truth::YES);
        combinations(&domains).iter().all(|case| grid.rows.iter().any(|row| row_holds(row, case)))
    }

    fn seen_fulfils(&self, grid: &Grid, row: &Row, at: usize, seen: &Seen) -> Truth {
        let ColumnKind::Test(column) = &grid.columns[at].kind else { return Truth::YES };
        let CellKind::Test(test) = &row.cells[at].kind else { return Truth::YES };
        match (seen, test) {
            (_, CellTest::Any) | (Seen::Absent, CellTest::Presence(Presence::Absent)) => Truth::YES,
            (Seen::Absent, _) => Truth::NO,
            (Seen::Value(value), test) => self.fulfils(column, value, test),
        }
    }

    fn row_value(&self, table: &Lookup, grid: &Grid, row: &Row) -> Value {
        let is = grid.columns.iter().position(|column| column.kind == ColumnKind::Is).unwrap();
        match &row.cells[is].kind {
            CellKind::Value(values) => self.typed(&table.gives.value, values),
            other => panic!("no value: {other:?}"),
        }
    }

    /// Everything that a column's fact could be, as far as its cells can tell it apart.
    fn domain(&self, grid: &Grid, at: usize) -> Vec<Seen> {
        let ColumnKind::Test(Expr { kind: ExprKind::Name(name), .. }) = &grid.columns[at].kind else { return Vec::new() };
        let anything = super::evaluate::unknown(&self.book.fact(name).unwrap().ty.value);
        let absent = self.book.is_optional(name).then_some(Seen::Absent);
        self.possible_values(grid, at, &anything).into_iter().map(Seen::Value).chain(absent).collect()
    }

    fn possible_values(&self, grid: &Grid, at: usize, value: &Value) -> Vec<Value> {
        match value {
            Value::Quantity(unit, range) => self.sample(grid, at, range).into_iter().map(|point| Value::Quantity(*unit, point)).collect(),
            Value::Condition(truth) => {
                [Truth::YES, Truth::NO, Truth::UNDEFINED].into_iter().filter(|one| truth.may_be(*one)).map(Value::Condition).collect()
            }
            Value::Choice(names, maybe) => {
                let each = names.iter().map(|name| Value::Choice(BTreeSet::from([name.clone()]), false));
                each.chain(maybe.then(|| Value::Choice(BTreeSet::new(), true))).collect()
            }
            other => vec![other.clone()],
        }
    }

    /// The bounds in a column's cells and one point in each gap between them, as far as they lie in `range`.
    fn sample(&self, grid: &Grid, at: usize, range: &Range) -> Vec<Range> {
        let Some((low, high)) = &range.ends else { return vec![Range::nothing()] };
        let ColumnKind::Test(column) = &grid.columns[at].kind else { return Vec::new() };
        let mut bounds: Vec<_> =
            grid.rows.iter().flat_map(|row| cell_operands(&row.cells[at])).map(|operand| self.cell_value(column, operand)).collect();
        bounds.push(Value::Quantity(super::value::Unit::Number, Range { ends: range.ends.clone(), undefined: false }));
        let mut points: Vec<_> =
            bounds.iter().filter_map(|value| value.range().ends).flat_map(|(a, b)| [a, b]).filter_map(|end| end.number().cloned()).collect();
        points.sort();
        points.dedup();
        let one = kulanz::Number::ONE;
        let half = kulanz::Number::ratio(1, 2).unwrap();
        let mut all = points.clone();
        all.extend(points.windows(2).filter_map(|pair| pair[0].add(&pair[1])?.multiply(&half)));
        all.extend(points.first().and_then(|first| first.subtract(&one)));
        all.extend(points.last().and_then(|last| last.add(&one)));
        if points.is_empty() {
            all.push(one);
        }
        let inside = all.into_iter().filter(|point| *low <= End::At(point.clone()) && End::At(point.clone()) <= *high);
        let undefined = range.undefined.then(Range::nothing);
        inside.map(Range::point).chain(undefined).collect()
    }
}

/// What a column is in one of the possible cases.
#[derive(Clone, Debug)]
enum Seen {
    Value(Value),
    Absent,
}

fn cell_operands(cell: &Cell) -> Vec<&Expr> {
    fn of(test: &CellTest) -> Vec<&Expr> {
        match test {
            CellTest::Any | CellTest::Presence(_) => Vec::new(),
            CellTest::Not(inner) => of(inner),
            CellTest::OneOf(options) => options.iter().collect(),
            CellTest::Compare(comparisons) => comparisons.iter().map(|(_, operand)| operand).collect(),
            CellTest::Range(low, high) => vec![low, high],
        }
    }
    match &cell.kind {
        CellKind::Test(test) => of(test),
        _ => Vec::new(),
    }
}

fn combinations(choices: &[Vec<Seen>]) -> Vec<Vec<Seen>> {
    choices.iter().fold(vec![Vec::new()], |so_far, column| {
        so_far.iter().flat_map(|start| column.iter().map(|seen| start.iter().chain([seen]).cloned().collect())).collect()
    })
}

fn undefined(ty: &Type) -> Value {
    match ty {
        Type::YesNo => Value::Condition(Truth::UNDEFINED),
        Type::OneOf(_) => Value::Choice(BTreeSet::new(), true),
        ty => super::evaluate::unit_of(ty).map_or(Value::Absent, |unit| Value::Quantity(unit, Range::nothing())),
    }
}

/// One or the other.
fn hull(left: &Value, right: &Value) -> Value {
    match (left, right) {
        (Value::Quantity(unit, a), Value::Quantity(_, b)) => Value::Quantity(*unit, a.hull(b)),
        (Value::Condition(a), Value::Condition(b)) => Value::Condition(a.union(*b)),
        (Value::Choice(a, maybe), Value::Choice(b, also)) => Value::Choice(a.union(b).cloned().collect(), *maybe || *also),
        (Value::Text(a), Value::Text(b)) if a == b => left.clone(),
        (Value::Text(_), Value::Text(_)) => Value::Text(None),
        (Value::Set(a), Value::Set(b)) if a == b => left.clone(),
        (Value::Set(_), Value::Set(_)) => Value::Set(None),
        _ => left.clone(),
    }
}
