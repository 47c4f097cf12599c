//! The answers of both policies to one role for one action, wherever something that changed bears on them.
//!
//! A part of the walk ends where the answers are settled and equal: where no changed rule may apply, or only such as make no difference beside what surely holds.

use std::collections::BTreeSet;

use super::answer::{self, Told};
use super::fingerprint::Prints;
use super::quantities::{self, Asking};
use super::ranges::Place;
use crate::analysis::{Coverage, Datum, Depth, Domain, Extent, Ground, Item, Node, Piece, Source, Turn, Var, Visitor, Walk, What};
use crate::calendar;
use crate::decide::{Mode, Probe};
use crate::number::Number;
use crate::policy::expr::Type;
use crate::policy::{ActionId, RoleId};
use crate::question::Question;

/// So many points are looked at for "how much could I?", and for each quantity that is asked for.
const MOST_POINTS: usize = 1_000;
const MOST_POINTS_NEAR: usize = 300;
const MOST_POINTS_FAR: usize = 40;

/// The action and the role that are asked about, by side.
pub(super) type Asked = Vec<Option<(ActionId, RoleId)>>;

/// A case in which the answers differ.
pub(super) struct Leaf {
    pub place: Place,
    /// The old and the new.
    pub questions: (Question, Question),
    pub old: Told,
    pub new: Told,
    /// How far it is from an ordinary case.
    pub oddness: usize,
    /// The changed items that may apply in it.
    pub changed: Vec<Item>,
}

impl Leaf {
    /// Whether a figure in it comes from facts.
    pub fn is_computed(&self) -> bool {
        self.old.is_computed() || self.new.is_computed()
    }
}

/// What was seen.
#[derive(Default)]
pub(super) struct Seen {
    pub leaves: Vec<Leaf>,
    /// The other ends of the walk where something changed may apply, and where nothing does.
    pub same: Vec<Place>,
    pub untouched: Vec<Place>,
    /// Whether there is more that was not looked at.
    pub is_partial: bool,
}

/// Both answers, wherever they may differ: first for no quantity, then for those that are told apart. `left` is how many points may be looked at; it is counted down.
pub(super) fn compare(ground: &Ground<'_>, prints: &Prints, asked: &Asked, left: &mut usize) -> (Seen, Coverage) {
    let mut seen = Seen::default();
    let mut coverage = run(ground, prints, asked, (None, MOST_POINTS), left, &mut seen);
    seen.is_partial = coverage != Coverage::Exact;
    let (amounts, is_whole) = quantities::quantities(ground, prints, asked);
    for Asking { amount, is_near } in amounts {
        let most = if is_near { MOST_POINTS_NEAR } else { MOST_POINTS_FAR };
        coverage = coverage.and(run(ground, prints, asked, (Some(amount), most), left, &mut seen));
    }
    if !is_whole {
        coverage = coverage.and(Coverage::GaveUp { why: "there are more limits than are asked for one by one" });
    }
    (seen, coverage)
}

fn run(ground: &Ground<'_>, prints: &Prints, asked: &Asked, (amount, most): (Option<Number>, usize), left: &mut usize, seen: &mut Seen) -> Coverage {
    let mut walk = Walk { most_points: most.min(*left), fair: true, ..Walk::new(ground, asked.clone(), Depth::Limits) };
    walk.add_action(0);
    walk.add_action(1);
    let read = walk.read_spent();
    for (at, slot) in walk.start.iter_mut().enumerate() {
        // Nothing has been used of budgets; where conditions read it, it is told apart.
        if ground.is_spent(Var(at)) && !read.contains(&Var(at)) {
            *slot = Some(Datum::Number(Number::ZERO));
        }
    }
    if let (Some(amount), Some(slot)) = (&amount, walk.start.get_mut(ground.amount().0)) {
        *slot = Some(Datum::Number(amount.clone()));
    }
    let asks = amount.is_some();
    let coverage = {
        let mut comparing = Comparing { walk: &walk, prints, asked, asks, bearing: BTreeSet::new(), seen };
        walk.run(&mut comparing)
    };
    *left = left.saturating_sub(walk.points.get());
    coverage
}

/// Compares the answers of both at every point where something that changed bears on them.
struct Comparing<'w, 'g, 'a> {
    walk: &'w Walk<'g, 'a>,
    prints: &'w Prints,
    asked: &'w Asked,
    asks: bool,
    /// What bears on the answers at the point that was entered last.
    bearing: BTreeSet<Item>,
    seen: &'w mut Seen,
}

impl Comparing<'_, '_, '_> {
    /// What bears on the answers at a point; none where nothing that changed does.
    fn bearing(&self, node: &Node<'_>) -> Option<BTreeSet<Item>> {
        let mut found = BTreeSet::new();
        let mut is_open = false;
        for (side, question) in node.questions.iter().enumerate() {
            let (Some(question), Some(own)) = (question, self.walk.ground.sides.get(side)) else { continue };
            let bearing = own.program.bearing(question, (question.action, question.actor.role), true)?;
            let barring = bearing.rules.iter().flat_map(|id| own.program.barring(question.action, *id)).collect::<Vec<_>>();
            found.extend(bearing.rules.into_iter().chain(barring).map(|id| Item { side, what: What::Rule(id) }));
            is_open |= !bearing.covers;
        }
        if is_open {
            let fallbacks = node.live.iter().filter(|item| matches!(item.what, What::Fallback(_)) && self.is_own(item));
            found.extend(fallbacks.copied());
        }
        let live: BTreeSet<Item> = node.live.iter().copied().collect();
        found.retain(|item| live.contains(item));
        if !found.iter().any(|item| self.prints.is_changed(item)) {
            return None;
        }
        if is_open {
            self.others(node, &mut found);
        }
        Some(found)
    }

    /// Whether a fallback serves the action that is asked about, and not one that is offered instead.
    fn is_own(&self, item: &Item) -> bool {
        let (What::Fallback(id), Some(Some((action, _))), Some(own)) = (item.what, self.asked.get(item.side), self.walk.ground.sides.get(item.side))
        else {
            return false;
        };
        own.program.action_of(*action).is_some_and(|it| it.fallbacks.contains(&id))
    }

    /// Adds what bears on who else decides, and on what is offered instead.
    fn others(&self, node: &Node<'_>, found: &mut BTreeSet<Item>) {
        for (side, question) in node.questions.iter().enumerate() {
            let (Some(question), Some(own)) = (question, self.walk.ground.sides.get(side)) else { continue };
            let actions = found.iter().filter(|item| item.side == side).filter_map(|item| match item.what {
                What::Rule(id) => own.program.rule(id)?.instead.as_deref(),
                What::Fallback(id) => Some(&own.program.fallbacks.get(id.index())?.instead),
                What::Asked(_) => None,
            });
            let actions: BTreeSet<ActionId> = actions.flat_map(|instead| instead.offers.iter().map(|offer| offer.action)).collect();
            let mut rules = BTreeSet::new();
            for action in actions {
                rules.extend(own.program.bearing(question, (action, question.actor.role), true).into_iter().flat_map(|it| it.rules));
            }
            for role in own.policy.role_ids().filter(|role| own.program.steps_up(*role, question.actor.role).is_none()) {
                let bearing = own.program.bearing(question, (question.action, role), false);
                rules.extend(bearing.filter(|it| !it.covers && it.may_cover).into_iter().flat_map(|it| it.rules));
            }
            found.extend(rules.into_iter().map(|id| Item { side, what: What::Rule(id) }));
        }
    }

    /// Whether all that changed applies in both, and only other cases tell that it changed.
    fn is_alike(&self, node: &Node<'_>) -> bool {
        let applies = |item: Item| {
            let (Some(condition), Some(Some(question)), Some(own)) =
                (self.walk.condition_of(item), node.questions.get(item.side), self.walk.ground.sides.get(item.side))
            else {
                return false;
            };
            Probe::new(own.program, question).truth(condition).is_surely_yes()
        };
        let changed = |side: usize| node.live.iter().filter(move |item| item.side == side && self.prints.is_changed(item));
        let became = |item: &Item| Some(Item { side: 1, what: self.prints.moved(item.what)? });
        let olds: Option<Vec<Item>> = changed(0).map(became).collect();
        let Some(news) = olds else { return false };
        changed(0).all(|item| applies(*item)) && changed(1).all(|item| news.contains(item)) && news.into_iter().all(applies)
    }

    /// Notes where answers to "how much could I?" stay, although something that changed may apply.
    fn same(&mut self, node: &Node<'_>) {
        if !self.asks {
            self.seen.same.push(node.extents.clone());
        }
    }

    fn told(&self, side: usize, question: &Question) -> Option<Told> {
        let own = self.walk.ground.sides.get(side)?;
        Some(answer::told(own.policy, own.program, &own.program.decide(question, Mode::Ask)))
    }

    /// The answers to a question where they differ.
    fn differing(&self, old: &Question, new: &Question) -> Option<(Told, Told)> {
        let (was, is) = (self.told(0, old)?, self.told(1, new)?);
        (!was.is_same(&is)).then_some((was, is))
    }

    fn difference(&self, node: &Node<'_>) -> Option<Leaf> {
        let question = |side: usize| self.walk.ground.whole_question(side, node.point, self.asked.get(side).copied().flatten()?);
        let questions = (question(0)?, question(1)?);
        let (old, new) = self.differing(&questions.0, &questions.1)?;
        let free = |question: &Question| Question { amount: None, ..question.clone() };
        // What is told of "how much could I?" is not told again.
        if self.asks && self.differing(&free(&questions.0), &free(&questions.1)).is_some() {
            return None;
        }
        let oddness = node.extents.keys().map(|var| self.oddness(*var, node.point.get(var.0).and_then(Option::as_ref))).sum();
        let changed = self.bearing.iter().filter(|item| self.prints.is_changed(item)).copied().collect();
        Some(Leaf { place: node.extents.clone(), questions, old, new, oddness, changed })
    }

    /// How far a value is from an ordinary one: no money below zero, nothing in the future, what is taken where nothing is said.
    fn oddness(&self, var: Var, datum: Option<&Datum>) -> usize {
        let ground = self.walk.ground;
        let (Some(variable), Some(datum)) = (ground.variable(var), datum) else { return 0 };
        let usual = match &variable.source {
            Source::Fact(ids) => ids.iter().enumerate().rev().find_map(|(side, id)| {
                let fact = ground.sides.get(side)?.policy.fact((*id)?)?;
                Some(ground.value(side, datum)? == Some(fact.default.clone()?))
            }),
            _ => None,
        };
        let unusual = usize::from(usual == Some(false));
        unusual
            + match (datum, &variable.domain) {
                (Datum::Number(number), Domain::Quantity(Type::Date, _)) => 3 * usize::from(*number > Number::from(calendar::days(ground.today))),
                (Datum::Number(number), Domain::Quantity(Type::Datetime, _)) => {
                    3 * usize::from(*number > calendar::seconds(ground.moment(0, &Vec::new())))
                }
                (Datum::Number(number), _) if matches!(variable.source, Source::Spent(_)) => usize::from(number.is_positive()),
                (Datum::Number(number), _) if number.is_zero() => 2,
                (Datum::Number(number), _) if !number.is_positive() => 8,
                (Datum::Number(number), _) => usize::from(!number.is_whole()),
                (Datum::YesNo(true) | Datum::Absent, _) if usual.is_none() => 1,
                _ => 0,
            }
    }
}

impl Visitor for Comparing<'_, '_, '_> {
    fn enter(&mut self, node: &Node<'_>) -> Turn {
        // A case that one of them does not know is told as vocabulary.
        if node.questions.iter().any(Option::is_none) {
            return Turn::Leave;
        }
        let is_touched = node.live.iter().any(|item| self.prints.is_changed(item));
        if is_touched && self.is_alike(node) {
            self.same(node);
            return Turn::Leave;
        }
        if !is_touched {
            if !self.asks {
                self.seen.untouched.push(node.extents.clone());
            }
            return Turn::Leave;
        }
        if let Some(bearing) = self.bearing(node) {
            self.bearing = bearing;
            Turn::Deeper
        } else {
            self.same(node);
            Turn::Leave
        }
    }

    fn matters(&self, item: &Item) -> bool {
        self.bearing.contains(item)
    }

    /// What changed is decided first.
    fn leads(&self, item: &Item) -> bool {
        self.prints.is_changed(item)
    }

    /// Ordinary values first.
    fn sort(&self, var: Var, pieces: &mut [Piece]) {
        for piece in pieces.iter_mut() {
            // Nothing rather than less than nothing.
            if let (Extent::Interval(interval), Datum::Number(number)) = (&piece.extent, &mut piece.value)
                && *number < Number::ZERO
                && interval.contains(&Number::ZERO)
            {
                *number = Number::ZERO;
            }
        }
        pieces.sort_by_key(|piece| (self.oddness(var, Some(&piece.value)), matches!(piece.extent, Extent::Absent)));
    }

    fn leaf(&mut self, node: &Node<'_>) -> Turn {
        match self.difference(node) {
            Some(leaf) => self.seen.leaves.push(leaf),
            None => self.same(node),
        }
        Turn::Deeper
    }
}
