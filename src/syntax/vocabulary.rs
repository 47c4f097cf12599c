//! Trees of policy, role, fact, action, duty, budget and definition.

use super::ast::{Action, Allotment, Budget, BudgetLine, Deadline, Define, Fact, Modifier, Name, Setting, Steps, Type, Window};
use super::piece::{Node, Reader, Rule, child, children, has};
use super::words::{normal, period_of, plain_type};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Spanned;

impl Reader<'_, '_> {
    /// One line of `policy`.
    pub fn setting(&mut self, node: &Node<'_>) -> Option<Spanned<Setting>> {
        let value = match node.inner().next()?.as_rule() {
            Rule::kw_currency => Setting::Currency(child(node, Rule::currency).map(|currency| self.name(&currency))?),
            Rule::kw_time => {
                let zone = child(node, Rule::zone)?;
                Setting::TimeZone(Spanned { value: zone.as_str().to_owned(), span: self.span(&zone) })
            }
            Rule::kw_languages => Setting::Languages(children(node, Rule::language).map(|language| self.name(&language)).collect()),
            Rule::kw_includes => Setting::Includes(self.own_quoted(node)?),
            _ => match self.own_quoted(node) {
                Some(file) => Setting::HolidaysFrom(file, Vec::new()),
                None => Setting::Holidays(self.dates(node)?),
            },
        };
        Some(Spanned { value, span: self.span(node) })
    }

    fn dates(&mut self, node: &Node<'_>) -> Option<Vec<Spanned<jiff::civil::Date>>> {
        children(node, Rule::date).map(|date| Some(Spanned { value: self.date(&date)?, span: self.span(&date) })).collect()
    }

    /// One line of a role: what it is above, or how soon it answers.
    pub fn role_line(&mut self, node: &Node<'_>) -> Option<(Vec<Name>, Option<Steps>)> {
        match self.own_names(node) {
            Some(above) => Some((above, None)),
            None => Some((Vec::new(), self.own_steps(node)?)),
        }
    }

    /// A whole fact.
    pub fn fact(&mut self, node: &Node<'_>) -> Option<Fact> {
        let name = self.own_name(node)?;
        let ty = child(node, Rule::fact_type).and_then(|ty| self.fact_type(&ty))?;
        let title = self.own_text(node);
        let mut modifiers: Vec<Spanned<Modifier>> = Vec::new();
        for part in children(node, Rule::modifier) {
            let modifier = Spanned { value: self.modifier(&part)?, span: self.span(&part) };
            let same = |other: &&Spanned<Modifier>| std::mem::discriminant(&other.value) == std::mem::discriminant(&modifier.value);
            if let Some(first) = modifiers.iter().find(same) {
                let word = part.as_str().split_whitespace().next().unwrap_or_default();
                let problem = Diagnostic::new(Code::SaidTwice, format!("`{word}` stands here twice"));
                self.problems.push(problem.at(modifier.span, "again here").at(first.span, "first here").help("keep one of them"));
            }
            modifiers.push(modifier);
        }
        Some(Fact { name, ty, title, modifiers })
    }

    fn modifier(&mut self, node: &Node<'_>) -> Option<Modifier> {
        Some(match node.inner().next()?.as_rule() {
            Rule::kw_optional => Modifier::Optional,
            Rule::kw_verified => Modifier::Verified,
            Rule::kw_private => Modifier::Private,
            Rule::kw_default => Modifier::Default(self.values(node)?),
            Rule::kw_asks => Modifier::Asks(self.own_text(node)?),
            _ => Modifier::AboutActor,
        })
    }

    /// A whole action.
    pub fn action(&mut self, node: &Node<'_>) -> Option<Action> {
        let measure: Option<Spanned<Type>> =
            child(node, Rule::measure).and_then(|measure| Some(Spanned { value: plain_type(measure.as_str())?, span: self.span(&measure) }));
        Some(Action { name: self.own_name(node)?, measure, title: self.own_text(node) })
    }

    /// `within N UNIT [after D]`
    pub fn deadline(&mut self, node: &Node<'_>) -> Option<Deadline> {
        let within = self.own_steps(node)??;
        let after = match child(node, Rule::value) {
            Some(value) => Some(self.value(&value)?),
            None => None,
        };
        Some(Deadline { within, after })
    }

    /// A whole budget.
    pub fn budget(&mut self, node: &Node<'_>) -> Option<Budget> {
        let lines = children(node, Rule::budget_line).map(|line| self.budget_line(&line)).collect::<Option<Vec<_>>>()?;
        Some(Budget { name: self.own_name(node)?, title: self.own_text(node), lines })
    }

    fn budget_line(&mut self, node: &Node<'_>) -> Option<BudgetLine> {
        let amount = child(node, Rule::allotment).and_then(|allotment| self.allotment(&allotment))?;
        let per = children(node, Rule::budget_key).filter_map(|key| self.own_name(&key)).collect();
        let window = child(node, Rule::window)?;
        let window = Spanned { value: self.window(&window)?, span: self.span(&window) };
        Some(BudgetLine { amount, per, window, roles: self.own_names(node).unwrap_or_default(), span: self.span(node) })
    }

    fn allotment(&mut self, node: &Node<'_>) -> Option<Allotment> {
        if let Some(number) = child(node, Rule::number) {
            return Some(Allotment::Times(Spanned { value: self.number(&number)?, span: self.span(node) }));
        }
        match self.own_value(node) {
            Some(value) => Some(Allotment::Quantity(value)),
            None => has(node, Rule::kw_unlimited).then(|| Allotment::Unlimited(self.span(node))),
        }
    }

    fn window(&mut self, node: &Node<'_>) -> Option<Window> {
        if let Some(steps) = self.own_steps(node)? {
            return Some(Window::Rolling(steps));
        }
        if let Some(day) = child(node, Rule::month_day) {
            return self.month_day(&day).map(|(month, day)| Window::YearFrom(month, day));
        }
        match child(node, Rule::period) {
            Some(period) => period_of(period.as_str()).map(Window::Calendar),
            None => Some(Window::Ever),
        }
    }

    /// A whole definition.
    pub fn define(&mut self, node: &Node<'_>) -> Option<Define> {
        Some(Define { name: self.own_name(node)?, title: self.own_text(node), body: self.own_condition(node)? })
    }

    /// `accept_returns[2]`
    pub fn rule_refs(&self, node: &Node<'_>) -> Vec<Name> {
        children(node, Rule::rule_ref).map(|rule| Name { text: normal(rule.as_str()), span: self.span(&rule) }).collect()
    }
}
