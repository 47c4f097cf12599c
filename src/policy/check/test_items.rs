//! Tests: examples with plain values.

use std::collections::HashMap;

use crate::diagnostic::{Code, Diagnostic};
use crate::number::Number;
use crate::policy::Outcome;
use crate::policy::expr::{Type, Value};
use crate::policy::{ActionId, BudgetId, Expectation, FactRef, Fallback, Rule, RuleId, Terms, Test, TestFact};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, FactLine, FactValue, Name, Quantity, TestLine};

use super::Checker;
use super::names::Named;
use super::otherwise::Unmeasured;
use super::report::{Checked, Reported, all};
use super::scope::Scope;
use super::wording;

/// The lines of a test, sorted by what they say.
#[derive(Default)]
struct Lines<'a> {
    on: Option<(&'a TestLine, Span)>,
    who: Option<(&'a TestLine, Span)>,
    ask: Option<(&'a TestLine, Span)>,
    facts: Vec<(&'a FactLine, Span, bool)>,
    spent: Vec<(&'a Name, &'a ast::Expr)>,
    expect: Vec<(&'a ast::Expectation, Span)>,
}

impl<'a> Checker<'a> {
    pub(super) fn tests(&mut self, rules: &[Rule], terms: &[Terms], fallbacks: &[Fallback]) -> Vec<Test> {
        let items = self.items;
        let mut tests = Vec::new();
        for (test, _) in &items.tests {
            if let Ok(checked) = self.test_item(test) {
                self.moment_given(&checked, rules, terms, fallbacks);
                tests.push(checked);
            }
        }
        tests
    }

    fn test_item(&mut self, test: &'a ast::Test) -> Checked<Test> {
        let title = self.title(&test.title);
        let lines = self.test_lines(test);
        let at = lines.on.map(|(line, span)| self.test_moment(line, span)).transpose();
        let who = self.needed(test, lines.who, "who asks", "as ROLE");
        let ask = self.needed(test, lines.ask, "what is asked", "ask ACTION");
        let expected = if lines.expect.is_empty() { Err(self.incomplete(test, "what is expected", "expect yes")) } else { Ok(()) };
        let facts = self.test_facts(&lines.facts);
        let spent: Vec<_> = lines.spent.iter().map(|(budget, quantity)| self.budget_quantity(budget, quantity)).collect();
        let spent = all(spent);
        self.spent_once(&lines.spent);
        let role = who.and_then(|line| if let TestLine::As { role, .. } = line { self.role(role) } else { Err(Reported::ALREADY) });
        let ask = ask.and_then(|line| self.asked(line));
        let action = ask.as_ref().ok().map(|(action, _)| *action);
        let expectations: Vec<_> = lines.expect.iter().map(|(expectation, span)| Ok((self.expectation(expectation, action)?, *span))).collect();
        self.answer_once(&lines.expect);
        let (id, team) = match lines.who {
            Some((TestLine::As { id, team, .. }, _)) => (id.as_ref().map(|id| id.value.clone()), team.as_ref().map(|team| team.value.clone())),
            _ => (None, None),
        };
        expected?;
        let (action, amount) = ask?;
        Ok(Test {
            title: title?,
            at: at?,
            role: role?,
            actor: id,
            team,
            facts: facts?,
            spent: spent?,
            action,
            amount,
            expectations: all(expectations)?,
            span: test.title.span,
        })
    }

    fn test_lines(&mut self, test: &'a ast::Test) -> Lines<'a> {
        let mut lines = Lines::default();
        for Spanned { value, span } in &test.lines {
            match value {
                TestLine::OnDate(_) | TestLine::OnDatetime(_) => self.once(&mut lines.on, value, *span, "on"),
                TestLine::As { .. } => self.once(&mut lines.who, value, *span, "as"),
                TestLine::Ask(..) => self.once(&mut lines.ask, value, *span, "ask"),
                TestLine::Given(fact) => lines.facts.push((fact, *span, true)),
                TestLine::Said(fact) => lines.facts.push((fact, *span, false)),
                TestLine::Spent(budget, quantity) => lines.spent.push((budget, quantity)),
                TestLine::Expect(expectation) => lines.expect.push((expectation, *span)),
            }
        }
        lines
    }

    fn once(&mut self, place: &mut Option<(&'a TestLine, Span)>, line: &'a TestLine, span: Span, word: &str) {
        match place {
            None => *place = Some((line, span)),
            Some((_, first)) => {
                let first = *first;
                self.repeated_line_of_test(word, first, span);
            }
        }
    }

    fn repeated_line_of_test(&mut self, word: &str, first: Span, again: Span) {
        self.report(
            Diagnostic::new(Code::SaidTwice, format!("`{word}` stands twice in this test"))
                .at(again, "again here")
                .at(first, "first here")
                .help("a test asks one question; write another test"),
        );
    }

    fn needed(&mut self, test: &'a ast::Test, line: Option<(&'a TestLine, Span)>, what: &str, example: &str) -> Checked<&'a TestLine> {
        line.map(|(line, _)| line).ok_or_else(|| self.incomplete(test, what, example))
    }

    fn incomplete(&mut self, test: &'a ast::Test, what: &str, example: &str) -> Reported {
        self.problem(Code::IncompleteTest, test.title.span, format!("this test does not say {what}"), format!("add a line such as `{example}`"))
    }

    /// A date is noon in the policy's time zone.
    fn test_moment(&mut self, line: &TestLine, span: Span) -> Checked<jiff::Timestamp> {
        match line {
            TestLine::OnDate(date) => self.moment(&ast::Datetime::Local(date.at(12, 0, 0, 0)), span),
            TestLine::OnDatetime(moment) => self.moment(moment, span),
            _ => Err(Reported::ALREADY),
        }
    }

    fn test_facts(&mut self, lines: &[(&'a FactLine, Span, bool)]) -> Checked<Vec<TestFact>> {
        // What is said may differ from what is on record.
        let mut seen: HashMap<(&str, bool), Span> = HashMap::new();
        for (line, span, on_record) in lines {
            if let Some(first) = seen.insert((&line.fact.text, *on_record), *span) {
                self.repeated_line_of_test(&line.fact.text, first, *span);
            }
        }
        all(lines.iter().map(|(line, span, on_record)| self.test_fact(line, *span, *on_record)).collect::<Vec<_>>())
    }

    fn test_fact(&mut self, line: &'a FactLine, span: Span, on_record: bool) -> Checked<TestFact> {
        let fact = self.fact(&line.fact)?;
        let shape = self.fact_shape(fact).cloned().ok_or(Reported::ALREADY)?;
        let name = &line.fact.text;
        let what = format!("`{name}`");
        let value = match &line.value {
            FactValue::No if matches!(shape.ty, Type::SomeOf(_)) => Some(Value::Set(Vec::new())),
            FactValue::Yes | FactValue::No if shape.ty != Type::YesNo => {
                let message = format!("`{name}` is {}, so its value is missing", wording::type_words(&shape.ty));
                let example = self.example(&shape.ty);
                return Err(self.problem(Code::TestValue, span, message, format!("write `{name} is …` with {example}")));
            }
            FactValue::Yes => Some(Value::YesNo(true)),
            FactValue::No => Some(Value::YesNo(false)),
            FactValue::Absent if !shape.optional => {
                let message = format!("`{name}` is never absent");
                return Err(self.problem(Code::TestValue, span, message, "add `optional` to the fact, or leave the line out: then it is not known"));
            }
            FactValue::Absent => None,
            FactValue::Is(values) if self.is_bare_text(values, &shape.ty) => return Err(self.bare_text(values)),
            FactValue::Is(values) => Some(self.constant_values(values, &shape.ty, &what, span, Code::TestValue)?),
        };
        Ok(TestFact { fact, value, on_record })
    }

    fn spent_once(&mut self, lines: &[(&'a Name, &'a ast::Expr)]) {
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for (name, _) in lines {
            if let Some(first) = seen.insert(&name.text, name.span) {
                self.repeated_line_of_test(&format!("spent {}", name.text), first, name.span);
            }
        }
    }

    fn budget_quantity(&mut self, name: &'a Name, quantity: &'a ast::Expr) -> Checked<(BudgetId, Number)> {
        let budget = self.budget(name)?;
        let unit = self.budget_type(budget)?;
        let what = format!("what `{}` counts", name.text);
        let number = match unit {
            Some(unit) => self.number_in(quantity, &unit, &what)?,
            None => self.any_number(quantity, &what)?,
        };
        Ok((budget, number))
    }

    fn number_in(&mut self, quantity: &'a ast::Expr, unit: &Type, what: &str) -> Checked<Number> {
        match self.constant_values(std::slice::from_ref(quantity), unit, what, quantity.span, Code::TestValue)? {
            Value::Quantity(number) if number >= Number::ZERO => Ok(number),
            _ => Err(self.problem(Code::TestValue, quantity.span, format!("{what} is never below zero"), "write it without the minus")),
        }
    }

    fn any_number(&mut self, quantity: &'a ast::Expr, what: &str) -> Checked<Number> {
        let checked = self.expr(quantity, &Scope::constant())?;
        match wording::constant(&checked) {
            Some(Value::Quantity(number)) if wording::is_quantity(&checked.ty) => Ok(number),
            _ => Err(self.problem(Code::TestValue, quantity.span, format!("{what} must be a plain quantity"), "write such as `20 EUR` or `2`")),
        }
    }

    fn asked(&mut self, line: &'a TestLine) -> Checked<(ActionId, Option<Number>)> {
        let TestLine::Ask(name, quantity) = line else { return Err(Reported::ALREADY) };
        let action = self.action(name)?;
        let Some(quantity) = quantity else { return Ok((action, None)) };
        let number = self.measured_number(action, quantity)?;
        if number.is_positive() {
            return Ok((action, Some(number)));
        }
        Err(self.problem(Code::TestValue, quantity.span, "a quantity that is asked for is above zero", "leave it out to ask how much there could be"))
    }

    fn measured_number(&mut self, action: ActionId, quantity: &'a ast::Expr) -> Checked<Number> {
        let name = self.action_name(action);
        let Some(measure) = self.measure(action) else {
            let message = format!("`{name}` is granted or not; it has no measure");
            self.unmeasured.push(Unmeasured { action, span: quantity.span, code: Code::HeadMeasure });
            return Err(self.problem(Code::HeadMeasure, quantity.span, message, "leave the quantity out"));
        };
        let what = format!("the quantity of `{name}`");
        self.number_in(quantity, &measure, &what)
    }

    /// One word is the answer.
    fn answer_once(&mut self, lines: &[(&'a ast::Expectation, Span)]) {
        let mut first: Option<Span> = None;
        for (expectation, span) in lines {
            let is_word = matches!(
                expectation,
                ast::Expectation::Yes
                    | ast::Expectation::Owed
                    | ast::Expectation::No
                    | ast::Expectation::AskWord
                    | ast::Expectation::NeedWord
                    | ast::Expectation::UpTo(_)
            );
            if !is_word {
                continue;
            }
            match first {
                None => first = Some(*span),
                Some(first) => {
                    self.report(
                        Diagnostic::new(Code::SaidTwice, "this test expects two answers")
                            .at(*span, "the second")
                            .at(first, "the first")
                            .help("a question has one answer; keep one of them"),
                    );
                }
            }
        }
    }

    fn expectation(&mut self, expectation: &'a ast::Expectation, action: Option<ActionId>) -> Checked<Expectation> {
        use ast::Expectation as Written;
        Ok(match expectation {
            Written::Yes => Expectation::Answer(Outcome::Yes),
            Written::Owed => Expectation::Answer(Outcome::Owed),
            Written::No => Expectation::Answer(Outcome::No),
            Written::AskWord => Expectation::Answer(Outcome::Ask),
            Written::NeedWord => Expectation::Answer(Outcome::Need),
            Written::UpTo(quantity) => Expectation::UpTo(self.measured_number(action.ok_or(Reported::ALREADY)?, quantity)?),
            Written::Ask(roles) => Expectation::Ask(self.list(roles, Self::role)?),
            Written::Need(facts) => Expectation::Need(self.list(facts, Self::fact_ref)?),
            Written::Offer(actions) => Expectation::Offer(self.list(actions, Self::action)?),
            Written::Because(rules) => Expectation::Because(self.list(rules, Self::rule_id)?),
            Written::Require(duties) => Expectation::Require(self.list(duties, Self::duty)?),
            Written::Charge(budget, quantity) => {
                let (budget, number) = self.budget_quantity(budget, quantity)?;
                Expectation::Charge(budget, number)
            }
            Written::Provisional(facts) => Expectation::Provisional(self.list(facts, Self::fact)?),
            Written::Limit(Quantity::Unlimited(_)) => Expectation::Limit(None),
            Written::Limit(Quantity::Of(quantity)) => Expectation::Limit(Some(self.measured_number(action.ok_or(Reported::ALREADY)?, quantity)?)),
        })
    }

    fn fact_ref(&mut self, name: &Name) -> Checked<FactRef> {
        match name.text.as_str() {
            "actor.id" => Ok(FactRef::ActorId),
            "actor.team" => Ok(FactRef::ActorTeam),
            _ => self.fact(name).map(FactRef::Fact),
        }
    }

    /// A rule, or a row of a table: `accept_returns[2]`.
    fn rule_id(&mut self, name: &Name) -> Checked<RuleId> {
        let Some((table, row)) = name.text.strip_suffix(']').and_then(|text| text.split_once('[')) else {
            if let Some(Named::RuleTable(first, rows)) = self.names.get(&name.text) {
                return self.only_row(name, first, rows);
            }
            return self.resolve(name, "a rule", |named| if let Named::Rule(id) = named { Some(id) } else { None });
        };
        // The row stays where the name is mended.
        let length = self.pack.sources.snippet(name.span).find('[').and_then(|length| u32::try_from(length).ok());
        let span = length.map_or(name.span, |length| Span { end: name.span.start + length, ..name.span });
        let table_name = Name { text: table.to_owned(), span };
        let (first, rows) = self.resolve(&table_name, "a table of rules", |named| match named {
            Named::RuleTable(first, rows) => Some((first, rows)),
            _ => None,
        })?;
        match row.parse::<usize>() {
            Ok(row) if (1..=rows).contains(&row) => Ok(RuleId::new(first.index() + row - 1)),
            // What could not be read of it may be that row.
            Ok(_) if self.is_torn(table) => Err(Reported::ALREADY),
            _ => Err(self.problem(Code::UnknownName, name.span, format!("`{table}` has no row {row}"), format!("its rows are 1 to {rows}"))),
        }
    }

    fn only_row(&mut self, name: &Name, first: RuleId, rows: usize) -> Checked<RuleId> {
        if rows == 1 {
            return Ok(first);
        }
        let message = format!("`{}` is a table of {rows} rules", name.text);
        Err(self.problem(Code::WrongKind, name.span, message, format!("name one of its rows, such as `{}[1]`", name.text)))
    }
}
