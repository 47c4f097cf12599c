//! Budgets and duties.

use super::Author;
use super::page::{Block, Entry, Line, Row, Section, Table};
use crate::policy::expr::Steps;
use crate::policy::{Allotment, Budget, BudgetId, Duty, DutyId, FactRef, Key, RoleId, Window};
use crate::syntax::ast::Period;

impl Author<'_> {
    /// The budgets that what is shown charges or reads.
    pub(super) fn budgets(&self) -> Section {
        let mut part = Section::new("budgets", self.speech.words("handbook-budgets"));
        let shown = self.policy.budgets.iter().enumerate().filter(|(at, _)| self.reads.budgets.contains(&BudgetId::new(*at)));
        part.sections = shown.map(|(_, budget)| self.budget(budget)).collect();
        part
    }

    fn budget(&self, budget: &Budget) -> Section {
        let mut section = Section::new(format!("budget-{}", budget.name), self.speech.titled(budget.title.as_ref(), &budget.name));
        section.paragraph(Line::text(self.counting(budget)));
        let roles = self.policy.role_ids().filter(|role| self.role.is_none_or(|only| only == *role));
        let rows: Vec<Row> = roles.filter_map(|role| self.allotment_row(budget, role)).collect();
        let head = ["table-role", "table-allotment"].map(|id| self.speech.words(id)).to_vec();
        if !rows.is_empty() {
            section.blocks.push(Block::Table(Table { head, rows }));
        }
        section
    }

    fn counting(&self, budget: &Budget) -> String {
        let keys: Vec<String> = budget.keys.iter().map(|key| self.key(*key)).collect();
        let id = if keys.is_empty() { "budget-counted-all" } else { "budget-counted" };
        self.speech.message(id, &|out, name| match name {
            "window" => out.push_str(&self.window(&budget.window)),
            _ => out.push_str(&keys.join(", ")),
        })
    }

    fn key(&self, key: Key) -> String {
        match key {
            Key::Actor => self.speech.words("budget-key-actor"),
            Key::Team => self.speech.words("budget-key-team"),
            Key::Fact(id) => self.speech.called(FactRef::Fact(id)),
        }
    }

    fn window(&self, window: &Window) -> String {
        match window {
            Window::Calendar(period) => self.speech.words(match period {
                Period::Day => "window-day",
                Period::Week => "window-week",
                Period::Month => "window-month",
                Period::Quarter => "window-quarter",
                Period::Year => "window-year",
            }),
            Window::YearFrom(month, day) => self.speech.with("window-year-from", &self.speech.day_of_year(*month, *day)),
            Window::Rolling(steps) => self.speech.with("window-rolling", &self.speech.steps_in_words(steps)),
            Window::Ever => self.speech.words("window-ever"),
        }
    }

    fn allotment_row(&self, budget: &Budget, role: RoleId) -> Option<Row> {
        let line = *budget.line_of.get(role.index())?;
        let allotment = self.allotment(budget.lines.get(line?)?);
        let cell = |text: String| vec![Entry::from(Line::text(text))];
        Some(Row { anchor: None, cells: vec![cell(self.role_name(role)), cell(allotment)] })
    }

    fn allotment(&self, allotment: &Allotment) -> String {
        match allotment {
            Allotment::Quantity(quantity) => self.speech.of_value(quantity),
            Allotment::Times(times) => {
                let count = times.to_i64().and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
                self.speech.counted("budget-times", count, &|out, _| out.push_str(&times.to_string()))
            }
            Allotment::Unlimited => self.speech.words("budget-unlimited"),
        }
    }

    /// The duties that what is shown requires.
    pub(super) fn duties(&self) -> Section {
        let mut part = Section::new("duties", self.speech.words("handbook-duties"));
        let shown = self.policy.duties.iter().enumerate().filter(|(at, _)| self.reads.duties.contains(&DutyId::new(*at)));
        part.sections = shown.map(|(_, duty)| self.duty(duty)).collect();
        part
    }

    fn duty(&self, duty: &Duty) -> Section {
        let mut section = Section::new(format!("duty-{}", duty.name), self.speech.titled(duty.title.as_ref(), &duty.name));
        if let Some((within, after)) = &duty.deadline {
            let point = after.as_ref().map(|after| self.speech.of_value(after));
            section.paragraph(Line::text(self.deadline(within, point.as_deref())));
        }
        section
    }

    fn deadline(&self, within: &Steps, after: Option<&str>) -> String {
        let id = if after.is_some() { "duty-within-after" } else { "duty-within" };
        self.speech.message(id, &|out, name| match name {
            "steps" => self.speech.steps(out, within),
            _ => out.push_str(after.unwrap_or_default()),
        })
    }
}
