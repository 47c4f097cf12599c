//! Trees of tests and promises.

use super::ast::{Expectation, Expr, FactLine, FactValue, Promise, PromiseKind, TestLine};
use super::piece::{Node, Reader, Rule, child, has};
use crate::source::Spanned;

impl Reader<'_, '_> {
    /// One line of a test.
    pub fn test_line(&mut self, node: &Node<'_>) -> Option<Spanned<TestLine>> {
        let span = self.span(node);
        let value = match node.inner().next()?.as_rule() {
            Rule::kw_on => self.test_moment(node)?,
            Rule::kw_as => self.test_actor(node)?,
            Rule::kw_given => TestLine::Given(self.fact_line(node)?),
            Rule::kw_said => TestLine::Said(self.fact_line(node)?),
            Rule::kw_spent => TestLine::Spent(self.own_name(node)?, self.own_value(node)?),
            Rule::kw_ask => TestLine::Ask(self.own_name(node)?, self.optional_value(node)?),
            _ => TestLine::Expect(child(node, Rule::expectation).and_then(|expectation| self.expectation(&expectation))?),
        };
        Some(Spanned { value, span })
    }

    /// The value that a tree may hold directly; the outer `None` is a problem that was reported.
    #[expect(clippy::option_option, reason = "the inner one is what the author left out, the outer one a problem that was reported")]
    pub fn optional_value(&mut self, node: &Node<'_>) -> Option<Option<Expr>> {
        match child(node, Rule::value) {
            Some(value) => self.value(&value).map(Some),
            None => Some(None),
        }
    }

    fn test_moment(&mut self, node: &Node<'_>) -> Option<TestLine> {
        match child(node, Rule::datetime) {
            Some(datetime) => self.datetime(&datetime).map(TestLine::OnDatetime),
            None => self.own_date(node).map(|date| TestLine::OnDate(date.value)),
        }
    }

    fn test_actor(&mut self, node: &Node<'_>) -> Option<TestLine> {
        let role = self.own_name(node)?;
        let (mut id, mut team, mut in_team) = (None, None, false);
        for part in node.inner() {
            match part.as_rule() {
                Rule::kw_team => in_team = true,
                Rule::quoted if in_team => team = Some(self.quoted(&part)),
                Rule::quoted => id = Some(self.quoted(&part)),
                _ => {}
            }
        }
        Some(TestLine::As { role, id, team })
    }

    fn fact_line(&mut self, node: &Node<'_>) -> Option<FactLine> {
        let line = child(node, Rule::fact_line)?;
        let fact = self.own_name(&line)?;
        let value = match child(&line, Rule::fact_value) {
            Some(value) if has(&value, Rule::kw_absent) => FactValue::Absent,
            Some(value) => FactValue::Is(self.values(&value)?),
            None if has(&line, Rule::kw_not) => FactValue::No,
            None => FactValue::Yes,
        };
        Some(FactLine { fact, value })
    }

    fn expectation(&mut self, node: &Node<'_>) -> Option<Expectation> {
        let names = self.own_names(node);
        Some(match (node.inner().next()?.as_rule(), names) {
            (Rule::kw_yes, _) => Expectation::Yes,
            (Rule::kw_owed, _) => Expectation::Owed,
            (Rule::kw_no, _) => Expectation::No,
            (Rule::kw_ask, None) => Expectation::AskWord,
            (Rule::kw_ask, Some(roles)) => Expectation::Ask(roles),
            (Rule::kw_need, None) => Expectation::NeedWord,
            (Rule::kw_need, Some(facts)) => Expectation::Need(facts),
            (Rule::kw_up, _) => Expectation::UpTo(self.own_value(node)?),
            (Rule::kw_offer, Some(actions)) => Expectation::Offer(actions),
            (Rule::kw_because, _) => Expectation::Because(self.rule_refs(node)),
            (Rule::kw_require, Some(duties)) => Expectation::Require(duties),
            (Rule::kw_charge, _) => Expectation::Charge(self.own_name(node)?, self.own_value(node)?),
            (Rule::kw_provisional, Some(facts)) => Expectation::Provisional(facts),
            (Rule::kw_limit, _) => Expectation::Limit(self.own_limit(node)??),
            _ => return None,
        })
    }

    /// A whole promise.
    pub fn promise(&mut self, node: &Node<'_>) -> Option<Promise> {
        let title = self.own_text(node)?;
        let pledge = child(node, Rule::pledge)?;
        let span = self.span(&pledge);
        Some(Promise { title, kind: self.pledge(&pledge)?, span })
    }

    fn pledge(&mut self, node: &Node<'_>) -> Option<PromiseKind> {
        let Some(subject) = child(node, Rule::subject) else {
            return Some(PromiseKind::EveryNoHasAnOffer);
        };
        let subject = self.subject(&subject)?;
        if let Some(cannot) = child(node, Rule::cannot) {
            let unless_entitled = child(&cannot, Rule::unless_entitled).map(|unless| self.span(&unless));
            let actions = self.own_names(&cannot)?;
            let more_than = self.optional_value(&cannot)?;
            return Some(PromiseKind::Cannot { subject, actions, more_than, when: self.when_part(&cannot)?, unless_entitled });
        }
        let can = child(node, Rule::can_always)?;
        let actions = self.own_names(&can)?;
        let up_to = self.optional_value(&can)?;
        Some(PromiseKind::CanAlways { subject, actions, up_to, when: self.when_part(&can)? })
    }
}
