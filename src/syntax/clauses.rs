//! Sentences and clauses of rules, and which clause belongs where.

use super::ast::{Clause, ClauseKind, Head, HeadKind, Name, Quantity, Subject, TableHead, TableHeadKind};
use super::piece::{Node, Reader, Rule, child};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// The words that a clause of a rule, a rule table or a fallback begins with.
pub(super) const CLAUSES: [&str; 14] =
    ["when", "unless", "from", "until", "approved", "charge", "require", "because", "offer", "advise", "ask", "cites", "owner", "review"];

/// What a clause is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bearer {
    Permission,
    Prohibition,
    Entitlement,
    Fallback,
}

impl Bearer {
    /// Whether a clause that begins with `word` may stand here.
    fn takes(self, word: &str) -> bool {
        match word {
            "approved" => self == Self::Permission,
            "charge" | "require" => matches!(self, Self::Permission | Self::Entitlement),
            "offer" | "advise" | "ask" => matches!(self, Self::Prohibition | Self::Fallback),
            _ => true,
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Permission => "a permission",
            Self::Prohibition => "a prohibition",
            Self::Entitlement => "an entitlement",
            Self::Fallback => "a fallback",
        }
    }

    /// What is wrong where a clause (or a column) that begins with `word` stands here.
    pub fn misplaced(self, word: &str, span: Span) -> Option<Diagnostic> {
        if self.takes(word) {
            return None;
        }
        let help = match word {
            "approved" => "`approved by` belongs to a rule with `may`",
            "charge" | "require" => "`charge` and `require` belong to rules that grant something: `may` and `entitled to`",
            _ => "offers, advice and routes belong to `may not` and to `fallback`, where something is not granted",
        };
        Some(Diagnostic::new(Code::MisplacedClause, format!("`{word}` does not belong to {}", self.noun())).at(span, "").help(help))
    }
}

/// The words of the clauses that fit below `head`, the first lines of an item.
#[cfg(feature = "lsp")]
pub(crate) fn clause_words(item: &str, head: &str) -> Vec<&'static str> {
    let words: Vec<&str> = head.split_whitespace().collect();
    let says = |pair: [&str; 2]| words.windows(2).any(|found| *found == pair);
    let bearer = if item == "fallback" {
        Bearer::Fallback
    } else if says(["entitled", "to"]) && !says(["if", "entitled"]) {
        Bearer::Entitlement
    } else if says(["may", "not"]) || says(["nobody", "may"]) {
        Bearer::Prohibition
    } else {
        Bearer::Permission
    };
    CLAUSES.into_iter().filter(|word| bearer.takes(word)).collect()
}

impl From<&HeadKind> for Bearer {
    fn from(kind: &HeadKind) -> Self {
        match kind {
            HeadKind::Permission { .. } => Self::Permission,
            HeadKind::Prohibition { .. } => Self::Prohibition,
            HeadKind::Entitlement { .. } => Self::Entitlement,
        }
    }
}

/// Reports clauses that may stand once and stand twice.
pub(super) fn check_once(clauses: &[Clause], problems: &mut Vec<Diagnostic>) {
    let mut seen: Vec<(&str, Span)> = Vec::new();
    for clause in clauses {
        let Some((word, help)) = single(&clause.kind) else { continue };
        match seen.iter().find(|(other, _)| *other == word) {
            Some((_, first)) => problems.push(
                Diagnostic::new(Code::SaidTwice, format!("`{word}` stands here twice"))
                    .at(clause.span, "again here")
                    .at(*first, "first here")
                    .help(help),
            ),
            None => seen.push((word, clause.span)),
        }
    }
}

/// The word of a clause that may stand once, and what to do where there are two.
fn single(kind: &ClauseKind) -> Option<(&'static str, &'static str)> {
    const JOIN: &str = "join the two conditions with `and` or `or`";
    const ONE: &str = "keep one of them";
    Some(match kind {
        ClauseKind::When(_) => ("when", JOIN),
        ClauseKind::Unless(_) => ("unless", JOIN),
        ClauseKind::Because(_) => ("because", ONE),
        ClauseKind::Owner(_) => ("owner", ONE),
        ClauseKind::ReviewBy(_) => ("review by", ONE),
        _ => return None,
    })
}

impl Reader<'_, '_> {
    /// Whom a sentence is about.
    pub fn subject(&mut self, node: &Node<'_>) -> Option<Subject> {
        let part = node.inner().next()?;
        let span = self.span(&part);
        Some(match part.as_rule() {
            Rule::kw_everyone => Subject::Everyone(span),
            Rule::kw_nobody => Subject::Nobody(span),
            _ => Subject::Roles(self.names(&part)),
        })
    }

    /// The sentence of a rule.
    pub fn sentence(&mut self, node: &Node<'_>) -> Option<Head> {
        let span = self.span(node);
        let part = node.inner().next()?;
        if part.as_rule() == Rule::entitlement {
            let actions = self.own_names(&part)?;
            return Some(Head { span, actions, kind: HeadKind::Entitlement { quantity: self.own_limit(&part)? } });
        }
        let subject = match child(&part, Rule::subject) {
            Some(subject) => self.subject(&subject)?,
            None => Subject::Nobody(self.span(&child(&part, Rule::kw_nobody)?)),
        };
        if let Some(permitted) = child(&part, Rule::permitted) {
            let actions = self.own_names(&permitted)?;
            return Some(Head { span, actions, kind: HeadKind::Permission { subject, limit: self.own_limit(&permitted)? } });
        }
        let prohibited = child(&part, Rule::prohibited)?;
        if let (Subject::Nobody(nobody), Some(not)) = (&subject, child(&part, Rule::kw_not)) {
            let problem = Diagnostic::new(Code::Form, "`nobody may not` says no twice").at(self.span(&not), "").at(*nobody, "");
            return self.refuse(problem.help("write `nobody may …` or `everyone may not …`"));
        }
        let actions = self.own_names(&prohibited)?;
        let cap = self.own_limit(&prohibited)?;
        let even_if_entitled = child(&prohibited, Rule::even_if_entitled).map(|even| self.span(&even));
        Some(Head { span, actions, kind: HeadKind::Prohibition { subject, cap, even_if_entitled } })
    }

    /// The sentence of a rule table.
    pub fn table_sentence(&mut self, node: &Node<'_>) -> Option<TableHead> {
        let actions = self.own_names(node)?;
        let even_if_entitled = child(node, Rule::even_if_entitled).map(|even| self.span(&even));
        let kind = match (child(node, Rule::kw_entitled), child(node, Rule::kw_not)) {
            (Some(_), _) => TableHeadKind::Entitlement,
            (None, Some(_)) => TableHeadKind::Prohibition { even_if_entitled },
            (None, None) => TableHeadKind::Permission,
        };
        Some(TableHead { span: self.span(node), actions, kind })
    }

    /// One clause.
    pub fn clause(&mut self, node: &Node<'_>) -> Option<Clause> {
        let mut parts = node.inner();
        let word = parts.next()?.as_rule();
        let body = parts.last()?;
        Some(Clause { span: self.span(node), kind: self.clause_kind(word, &body)? })
    }

    fn clause_kind(&mut self, word: Rule, body: &Node<'_>) -> Option<ClauseKind> {
        Some(match word {
            Rule::kw_when => ClauseKind::When(self.condition(body)?),
            Rule::kw_unless => ClauseKind::Unless(self.condition(body)?),
            Rule::kw_from => self.day(body, ClauseKind::From)?,
            Rule::kw_until => self.day(body, ClauseKind::Until)?,
            Rule::kw_approved => ClauseKind::ApprovedBy(self.names(body)),
            Rule::kw_charge => self.charge(body)?,
            Rule::kw_require => self.require(body)?,
            Rule::kw_because => ClauseKind::Because(self.text(body)),
            Rule::kw_offer => self.offer(body)?,
            Rule::kw_advise => self.advise(body)?,
            Rule::kw_ask => self.ask(body)?,
            Rule::kw_cites => ClauseKind::Cites(self.text(body)),
            Rule::kw_owner => ClauseKind::Owner(self.text(body)),
            Rule::kw_review => ClauseKind::ReviewBy(crate::source::Spanned { value: self.date(body)?, span: self.span(body) }),
            _ => return None,
        })
    }

    /// `DATE [by FACT]`
    pub fn day(&mut self, body: &Node<'_>, clause: fn(crate::source::Spanned<jiff::civil::Date>, Option<Name>) -> ClauseKind) -> Option<ClauseKind> {
        Some(clause(self.own_date(body)?, self.own_name(body)))
    }

    /// `BUDGET[, …] [by EXPR]`
    pub fn charge(&mut self, body: &Node<'_>) -> Option<ClauseKind> {
        let budgets = self.own_names(body)?;
        let by = match child(body, Rule::value) {
            Some(value) => Some(self.value(&value)?),
            None => None,
        };
        Some(ClauseKind::Charge(budgets, by))
    }

    /// `DUTY[, …] [when COND]`
    pub fn require(&mut self, body: &Node<'_>) -> Option<ClauseKind> {
        Some(ClauseKind::Require(self.own_names(body)?, self.when_part(body)?))
    }

    /// `ACTION [up to QTY] [when COND]`
    pub fn offer(&mut self, body: &Node<'_>) -> Option<ClauseKind> {
        let up_to: Option<Quantity> = self.own_limit(body)?;
        Some(ClauseKind::Offer(self.own_name(body)?, up_to, self.when_part(body)?))
    }

    /// `TEXT [when COND]`
    pub fn advise(&mut self, body: &Node<'_>) -> Option<ClauseKind> {
        Some(ClauseKind::Advise(self.own_text(body)?, self.when_part(body)?))
    }

    /// `ROLE [within DURATION] [when COND]`
    pub fn ask(&mut self, body: &Node<'_>) -> Option<ClauseKind> {
        Some(ClauseKind::Ask(self.own_name(body)?, self.own_steps(body)?, self.when_part(body)?))
    }
}
