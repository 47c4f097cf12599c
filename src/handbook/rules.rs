//! The rules one by one, and the fallbacks.

use super::page::{Entry, Line, Section};
use super::{Author, names, standing};
use crate::answer::parts::rule_source;
use crate::policy::expr::{Expr, ExprKind, Steps, Type};
use crate::policy::{ActionId, BudgetId, BudgetUnit, Cap, Charge, ChargeBy, Day, Fallback, Instead, Rule, RuleId, RuleKind, Subject, Terms, Text};
use crate::syntax::ast::Factor;

impl Author<'_> {
    /// Every rule that is no row, by its first action.
    pub(super) fn rules(&self) -> Section {
        let mut part = Section::new("rules", self.speech.words("handbook-rules"));
        for at in 0..self.policy.actions.len() {
            let action = ActionId::new(at);
            let mut section = Section::new(self.anchor_of_action("rules", action), self.action_name(action));
            let rules = self.shown.iter().filter_map(|id| Some((*id, self.rule(*id)?)));
            let of_action = rules.filter(|(_, rule)| rule.actions.first() == Some(&action) && names::row_of(rule).is_none());
            section.sections = of_action.map(|(id, rule)| self.rule_section(id, rule)).collect();
            if !section.is_empty() {
                part.sections.push(section);
            }
        }
        part
    }

    pub(super) fn anchor_of_action(&self, part: &str, action: ActionId) -> String {
        format!("{part}-{}", self.policy.action(action).map_or("", |action| action.name.as_str()))
    }

    fn rule_section(&self, id: RuleId, rule: &Rule) -> Section {
        let mut section = Section::new(names::rule_anchor(rule), self.rule_name(rule));
        let terms = self.policy.terms(id);
        section.paragraph(Line::text(self.sentences(rule, terms)));
        let mut entries: Vec<Entry> = terms.and_then(|terms| terms.condition.as_ref()).map(|when| self.whole_condition(when)).into_iter().collect();
        entries.extend(self.clauses(rule));
        entries.push(Line::text(self.speech.with("rule-stands-in", &rule_source(self.policy, rule))).into());
        section.list(entries);
        section
    }

    fn whole_condition(&self, when: &Expr) -> Entry {
        let mut parts = self.conditions(when);
        if parts.len() > 1 {
            return Entry { line: Line::text(format!("{}:", self.speech.words("rule-if-all"))), below: parts };
        }
        let only = parts.pop().unwrap_or_default();
        Entry { line: Line::labelled(&self.speech.words("rule-if"), only.line), below: only.below }
    }

    /// What a rule says, whom it reaches, and how it stands to what is owed.
    pub(super) fn sentences(&self, rule: &Rule, terms: Option<&Terms>) -> String {
        let mut text = self.head(rule, terms);
        let reached = self.role_names(&standing::reached(self.policy, rule));
        let mut further = |sentence: String| {
            text.push(' ');
            text.push_str(&sentence);
        };
        if !reached.is_empty() {
            let is_permission = matches!(rule.kind, RuleKind::Permission { .. });
            further(self.speech.with(if is_permission { "rule-flows-up" } else { "rule-flows-down" }, &reached.join(", ")));
        }
        if let RuleKind::Prohibition { even_if_entitled, .. } = rule.kind {
            further(self.speech.words(if even_if_entitled { "rule-even" } else { "rule-not-even" }));
        }
        text
    }

    fn head(&self, rule: &Rule, terms: Option<&Terms>) -> String {
        let what = self.action_names(&rule.actions);
        let limit = self.limit(terms);
        let is_measured = self.is_measured(&rule.actions);
        let tell = |id: &str, who: &str, count: usize| {
            self.speech.counted(id, count, &|out, name| match name {
                "who" => out.push_str(who),
                "what" => out.push_str(&what),
                _ => out.push_str(limit.as_deref().unwrap_or_default()),
            })
        };
        let grade = |limited, unlimited, plain| {
            if limit.is_some() {
                limited
            } else if is_measured {
                unlimited
            } else {
                plain
            }
        };
        match &rule.kind {
            RuleKind::Permission { subject, .. } => {
                let (who, count) = self.subject(subject);
                tell(grade("rule-may-limit", "rule-may-unlimited", "rule-may"), &who, count)
            }
            RuleKind::Entitlement => tell(grade("rule-owed-limit", "rule-owed-unlimited", "rule-owed"), "", 1),
            RuleKind::Prohibition { subject, cap, .. } => {
                let (who, count) = self.subject(subject);
                let id = match (cap, subject) {
                    (Cap::Everything, _) => "rule-no-cap",
                    (Cap::Nothing, Subject::Everyone) => "rule-nobody",
                    (Cap::Nothing, Subject::Roles(_)) => "rule-not",
                    (Cap::UpTo, Subject::Everyone) => "rule-nobody-more",
                    (Cap::UpTo, Subject::Roles(_)) => "rule-not-more",
                };
                tell(id, &who, count)
            }
        }
    }

    pub(super) fn is_measured(&self, actions: &[ActionId]) -> bool {
        actions.iter().any(|action| self.policy.action(*action).is_some_and(|action| action.measure.is_some()))
    }

    pub(super) fn limit(&self, terms: Option<&Terms>) -> Option<String> {
        terms.and_then(|terms| terms.quantity.as_ref()).map(|quantity| self.speech.of_value(quantity))
    }

    /// Everything that a rule says below its condition, in the order of the language page.
    pub(super) fn clauses(&self, rule: &Rule) -> Vec<Entry> {
        let mut entries = self.days(&rule.from, &rule.until);
        if let RuleKind::Permission { approved_by, .. } = &rule.kind
            && !approved_by.is_empty()
        {
            entries.push(Line::text(self.speech.with("rule-approved", &self.role_names(approved_by).join(", "))).into());
        }
        entries.extend(rule.charges.iter().map(|charge| self.charge(charge, rule.actions.first().copied())));
        entries.extend(rule.requires.iter().map(|require| {
            let line = Line::labelled(&self.speech.words("rule-requires"), self.duty_link(require.duty));
            self.only_if(line, require.when.as_ref())
        }));
        entries.extend(self.quoted("rule-because", rule.because.as_ref()));
        entries.extend(self.instead(&rule.instead));
        entries.extend(self.provenance(&rule.cites, rule.owner.as_ref(), rule.review_by.map(|(day, _)| day)));
        entries
    }

    fn days(&self, from: &[Day], until: &[Day]) -> Vec<Entry> {
        let from = from.iter().map(|day| (day, "rule-from", "rule-from-by"));
        let until = until.iter().map(|day| (day, "rule-until", "rule-until-by"));
        let sentence = |(day, today, by): (&Day, &str, &str)| {
            let id = if day.by.kind == ExprKind::Today { today } else { by };
            let text = self.speech.message(id, &|out, name| match name {
                "day" => self.speech.date(out, day.date),
                _ => out.push_str(&self.speech.of_value(&day.by)),
            });
            Line::text(text).into()
        };
        from.chain(until).map(sentence).collect()
    }

    fn charge(&self, charge: &Charge, action: Option<ActionId>) -> Entry {
        let by = match &charge.by {
            ChargeBy::Amount => self.speech.words("rule-charge-granted"),
            ChargeBy::Once => self.speech.words("rule-charge-once"),
            ChargeBy::Fixed(value) => self.speech.with("rule-charge-fixed", &self.speech.of_value(value)),
            ChargeBy::PerUnit(factor) => self.per_unit(factor, action, charge.budget),
        };
        Line::labelled(&self.speech.words("rule-charges"), self.budget_link(charge.budget)).and(format!(" ({by})")).into()
    }

    /// A percentage is charged as a hundredth of something for each of its points, and a share of the quantity as that many hundredths.
    fn per_unit(&self, factor: &Expr, action: Option<ActionId>, budget: BudgetId) -> String {
        let measure = action.and_then(|action| self.policy.action(action)?.measure.as_ref());
        if let (Some(Type::Percent), ExprKind::Product(whole, rest)) = (measure, &factor.kind)
            && let [(Factor::Over, _)] = rest.as_slice()
        {
            return self.speech.with("rule-charge-percent", &self.speech.of_value(whole));
        }
        if let ExprKind::Product(share, rest) = &factor.kind
            && let ([(Factor::Over, _)], Type::Percent) = (rest.as_slice(), &share.ty)
        {
            return self.speech.with("rule-charge-share", &self.speech.of_value(share));
        }
        // What one of them costs is in the unit of the budget.
        let unit = self.policy.budget(budget).map(|budget| &budget.unit).filter(|_| measure == Some(&Type::Number));
        if let (Some(BudgetUnit::Quantity(unit)), ExprKind::Constant(_)) = (unit, &factor.kind) {
            return self.speech.with("rule-charge-per", &self.speech.of_value(&Expr { ty: unit.clone(), ..factor.clone() }));
        }
        self.speech.with("rule-charge-per", &self.speech.of_value(factor))
    }

    fn quoted(&self, label: &str, text: Option<&Text>) -> Option<Entry> {
        let text = text.map(|text| self.speech.told(text))?;
        Some(Line::labelled(&self.speech.words(label), Line::text(text)).into())
    }

    fn instead(&self, instead: &Instead) -> Vec<Entry> {
        let offers = instead.offers.iter().map(|offer| {
            let limit = offer.up_to.as_ref().map(|limit| format!(", {}", self.speech.with("handbook-up-to", &self.speech.of_value(limit))));
            let line = Line::text(self.action_name(offer.action) + &limit.unwrap_or_default());
            self.only_if(Line::labelled(&self.speech.words("rule-offer"), line), offer.when.as_ref())
        });
        let advice = instead.advice.iter().map(|advice| {
            let text = self.speech.told(&advice.text);
            // A condition goes on with the sentence.
            let text = if advice.when.is_some() { text.trim_end_matches('.').to_owned() } else { text };
            let line = Line::labelled(&self.speech.words("rule-advice"), Line::text(text));
            self.only_if(line, advice.when.as_ref())
        });
        let routes = instead.routes.iter().map(|route| {
            let within = route.within.as_ref().or_else(|| self.policy.role(route.role)?.answers_within.as_ref());
            let line = Line::labelled(&self.speech.words("rule-ask"), Line::text(self.within(&self.role_name(route.role), within)));
            self.only_if(line, route.when.as_ref())
        });
        offers.chain(advice).chain(routes).collect()
    }

    fn within(&self, role: &str, within: Option<&Steps>) -> String {
        let Some(within) = within else { return role.to_owned() };
        self.speech.message("rule-ask-within", &|out, name| match name {
            "role" => out.push_str(role),
            _ => self.speech.steps_dative(out, within),
        })
    }

    fn provenance(&self, cites: &[Text], owner: Option<&Text>, review: Option<jiff::civil::Date>) -> Vec<Entry> {
        let cites = cites.iter().filter_map(|cites| self.quoted("rule-cites", Some(cites)));
        let review = review.map(|day| Line::text(self.speech.message("rule-review", &|out, _| self.speech.date(out, day))).into());
        cites.chain(self.quoted("rule-owner", owner)).chain(review).collect()
    }

    /// What can be done where something is not granted.
    pub(super) fn fallbacks(&self) -> Section {
        let mut part = Section::new("fallbacks", self.speech.words("handbook-fallbacks"));
        part.sections = self.policy.fallbacks.iter().enumerate().map(|(at, fallback)| self.fallback(at, fallback)).collect();
        part
    }

    fn fallback(&self, at: usize, fallback: &Fallback) -> Section {
        let what = self.action_names(&fallback.actions);
        let mut section = Section::new(fallback_anchor(at), self.speech.with("fallback-for", &what));
        let mut entries: Vec<Entry> = fallback.condition.as_ref().map(|when| self.whole_condition(when)).into_iter().collect();
        entries.extend(self.days(&fallback.from, &fallback.until));
        entries.extend(self.quoted("rule-because", fallback.because.as_ref()));
        entries.extend(self.instead(&fallback.instead));
        entries.extend(self.provenance(&fallback.cites, fallback.owner.as_ref(), fallback.review_by.map(|(day, _)| day)));
        entries.push(Line::text(self.speech.with("rule-stands-in", &self.policy.sources.location(fallback.span))).into());
        section.list(entries);
        section
    }
}

pub(super) fn fallback_anchor(at: usize) -> String {
    format!("fallback-{}", at + 1)
}
