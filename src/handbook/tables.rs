//! Tables of rules and of values, as tables.

use super::page::{Block, Entry, Inline, Line, Row, Section, Table};
use super::{Author, names};
use crate::policy::expr::{Expr, ExprKind};
use crate::policy::{Lookup, LookupId, Rule, RuleId};

impl Author<'_> {
    /// Every row that is shown, table by table.
    pub(super) fn tables(&self) -> Section {
        let mut part = Section::new("tables", self.speech.words("handbook-tables"));
        let mut rows: Vec<(RuleId, &Rule, &str)> = Vec::new();
        for id in &self.shown {
            let Some((rule, (table, row))) = self.rule(*id).and_then(|rule| Some((rule, names::row_of(rule)?))) else { continue };
            if rows.last().is_some_and(|(_, last, _)| names::row_of(last).map(|(table, _)| table) != Some(table)) {
                part.sections.push(self.table(&rows));
                rows.clear();
            }
            rows.push((*id, rule, row));
        }
        if !rows.is_empty() {
            part.sections.push(self.table(&rows));
        }
        part
    }

    fn table(&self, rows: &[(RuleId, &Rule, &str)]) -> Section {
        let Some((_, first, _)) = rows.first() else { return Section::new("", "") };
        let name = names::row_of(first).map_or("", |(table, _)| table);
        let mut section = Section::new(format!("rule-{name}"), self.speech.titled(first.title.as_ref(), name));
        let conditions: Vec<Vec<&Expr>> = rows.iter().map(|(id, ..)| self.row_conditions(*id)).collect();
        let common: Vec<&Expr> = conditions
            .first()
            .map_or(&[][..], Vec::as_slice)
            .iter()
            .copied()
            .filter(|part| rows.len() > 1 && conditions.iter().all(|all| all.contains(part)))
            .collect();
        if !common.is_empty() {
            section.paragraph(Line::text(format!("{}:", self.speech.words("table-every-row"))));
            section.list(common.iter().flat_map(|part| self.conditions(part)).collect());
        }
        let head = ["table-row", "table-head", "table-when", "table-clauses"].map(|id| self.speech.words(id)).to_vec();
        let own = conditions.iter().map(|all| all.iter().filter(|part| !common.contains(part)).flat_map(|part| self.conditions(part)).collect());
        let rows = rows.iter().zip(own).map(|((id, rule, row), when)| self.row(*id, rule, row, when)).collect();
        section.blocks.push(Block::Table(Table { head, rows }));
        section
    }

    fn row_conditions(&self, id: RuleId) -> Vec<&Expr> {
        let condition = self.policy.terms(id).and_then(|terms| terms.condition.as_ref());
        condition.map(conjuncts).unwrap_or_default()
    }

    fn row(&self, id: RuleId, rule: &Rule, row: &str, when: Vec<Entry>) -> Row {
        let number = Line(vec![Inline::Text(row.to_owned())]);
        let head = Line::text(self.sentences(rule, self.policy.terms(id)));
        Row { anchor: Some(names::rule_anchor(rule)), cells: vec![vec![number.into()], vec![head.into()], when, self.clauses(rule)] }
    }

    /// The `gives` tables that what is shown reads.
    pub(super) fn lookups(&self) -> Section {
        let mut part = Section::new("lookups", self.speech.words("handbook-lookups"));
        let lookups = self.policy.lookups.iter().enumerate().filter(|(at, _)| self.reads.lookups.contains(&LookupId::new(*at)));
        part.sections = lookups.map(|(_, lookup)| self.lookup(lookup)).collect();
        part
    }

    fn lookup(&self, lookup: &Lookup) -> Section {
        let mut section = Section::new(format!("values-{}", lookup.name), self.speech.titled(lookup.title.as_ref(), &lookup.name));
        let head = ["table-when", "table-value"].map(|id| self.speech.words(id)).to_vec();
        let row = |row: &crate::policy::LookupRow| Row {
            anchor: None,
            cells: vec![self.conditions(&row.when), vec![Line::text(self.speech.of_value(&row.value)).into()]],
        };
        section.blocks.push(Block::Table(Table { head, rows: lookup.rows.iter().map(row).collect() }));
        section
    }
}

/// What has to be so, each by itself.
fn conjuncts(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::And(parts) => parts.iter().flat_map(conjuncts).collect(),
        _ => vec![expr],
    }
}
