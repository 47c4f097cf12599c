//! Trees of policy, role, fact, action, duty, budget and definition.

use pest::iterators::Pair;

use super::ast::{Action, Allotment, Budget, BudgetLine, Deadline, Define, Fact, Modifier, Name, Setting, Steps, Type, Window};
use super::piece::{Reader, Rule, child, children, has};
use super::words::{normal, period_of, plain_type};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Spanned;

impl Reader<'_, '_> {
    /// One line of `policy`.
    pub fn setting(&mut self, pair: &Pair<'_, Rule>) -> Option<Spanned<Setting>> {
        let value = match pair.clone().into_inner().next()?.as_rule() {
            Rule::kw_currency => Setting::Currency(child(pair, Rule::currency).map(|currency| self.name(&currency))?),
            Rule::kw_time => {
                let zone = child(pair, Rule::zone)?;
                Setting::TimeZone(Spanned { value: zone.as_str().to_owned(), span: self.span(&zone) })
            }
            Rule::kw_languages => Setting::Languages(children(pair, Rule::language).map(|language| self.name(&language)).collect()),
            Rule::kw_includes => Setting::Includes(self.own_quoted(pair)?),
            _ => match self.own_quoted(pair) {
                Some(file) => Setting::HolidaysFrom(file, Vec::new()),
                None => Setting::Holidays(self.dates(pair)?),
            },
        };
        Some(Spanned { value, span: self.span(pair) })
    }

    fn dates(&mut self, pair: &Pair<'_, Rule>) -> Option<Vec<Spanned<jiff::civil::Date>>> {
        children(pair, Rule::date).map(|date| Some(Spanned { value: self.date(&date)?, span: self.span(&date) })).collect()
    }

    /// One line of a role: what it is above, or how soon it answers.
    pub fn role_line(&mut self, pair: &Pair<'_, Rule>) -> Option<(Vec<Name>, Option<Steps>)> {
        match self.own_names(pair) {
            Some(above) => Some((above, None)),
            None => Some((Vec::new(), self.own_steps(pair)?)),
        }
    }

    /// A whole fact.
    pub fn fact(&mut self, pair: &Pair<'_, Rule>) -> Option<Fact> {
        let name = self.own_name(pair)?;
        let ty = child(pair, Rule::fact_type).and_then(|ty| self.fact_type(&ty))?;
        let title = self.own_text(pair);
        let mut modifiers: Vec<Spanned<Modifier>> = Vec::new();
        for part in children(pair, Rule::modifier) {
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

    fn modifier(&mut self, pair: &Pair<'_, Rule>) -> Option<Modifier> {
        Some(match pair.clone().into_inner().next()?.as_rule() {
            Rule::kw_optional => Modifier::Optional,
            Rule::kw_verified => Modifier::Verified,
            Rule::kw_private => Modifier::Private,
            Rule::kw_default => Modifier::Default(self.values(pair)?),
            Rule::kw_asks => Modifier::Asks(self.own_text(pair)?),
            _ => Modifier::AboutActor,
        })
    }

    /// A whole action.
    pub fn action(&mut self, pair: &Pair<'_, Rule>) -> Option<Action> {
        let measure: Option<Spanned<Type>> =
            child(pair, Rule::measure).and_then(|measure| Some(Spanned { value: plain_type(measure.as_str())?, span: self.span(&measure) }));
        Some(Action { name: self.own_name(pair)?, measure, title: self.own_text(pair) })
    }

    /// `within N UNIT [after D]`
    pub fn deadline(&mut self, pair: &Pair<'_, Rule>) -> Option<Deadline> {
        let within = self.own_steps(pair)??;
        let after = match child(pair, Rule::value) {
            Some(value) => Some(self.value(&value)?),
            None => None,
        };
        Some(Deadline { within, after })
    }

    /// A whole budget.
    pub fn budget(&mut self, pair: &Pair<'_, Rule>) -> Option<Budget> {
        let lines = children(pair, Rule::budget_line).map(|line| self.budget_line(&line)).collect::<Option<Vec<_>>>()?;
        Some(Budget { name: self.own_name(pair)?, title: self.own_text(pair), lines })
    }

    fn budget_line(&mut self, pair: &Pair<'_, Rule>) -> Option<BudgetLine> {
        let amount = child(pair, Rule::allotment).and_then(|allotment| self.allotment(&allotment))?;
        let per = children(pair, Rule::budget_key).filter_map(|key| self.own_name(&key)).collect();
        let window = child(pair, Rule::window)?;
        let window = Spanned { value: self.window(&window)?, span: self.span(&window) };
        Some(BudgetLine { amount, per, window, roles: self.own_names(pair).unwrap_or_default(), span: self.span(pair) })
    }

    fn allotment(&mut self, pair: &Pair<'_, Rule>) -> Option<Allotment> {
        if let Some(number) = child(pair, Rule::number) {
            return Some(Allotment::Times(Spanned { value: self.number(&number)?, span: self.span(pair) }));
        }
        match self.own_value(pair) {
            Some(value) => Some(Allotment::Quantity(value)),
            None => has(pair, Rule::kw_unlimited).then(|| Allotment::Unlimited(self.span(pair))),
        }
    }

    fn window(&mut self, pair: &Pair<'_, Rule>) -> Option<Window> {
        if let Some(steps) = self.own_steps(pair)? {
            return Some(Window::Rolling(steps));
        }
        if let Some(day) = child(pair, Rule::month_day) {
            return self.month_day(&day).map(|(month, day)| Window::YearFrom(month, day));
        }
        match child(pair, Rule::period) {
            Some(period) => period_of(period.as_str()).map(Window::Calendar),
            None => Some(Window::Ever),
        }
    }

    /// A whole definition.
    pub fn define(&mut self, pair: &Pair<'_, Rule>) -> Option<Define> {
        Some(Define { name: self.own_name(pair)?, title: self.own_text(pair), body: self.own_condition(pair)? })
    }

    /// `accept_returns[2]`
    pub fn rule_refs(&self, pair: &Pair<'_, Rule>) -> Vec<Name> {
        children(pair, Rule::rule_ref).map(|rule| Name { text: normal(rule.as_str()), span: self.span(&rule) }).collect()
    }
}
