//! Comparisons of quantities as linear forms, and what they say of one variable whatever the others are.
//!
//! A comparison of two quantities is a form compared with zero. Where it reads several variables that are all open, the pieces of one of them are found by eliminating the
//! others (Fourier and Motzkin): two comparisons that bound the same variable meet somewhere, and where they meet is a cut for those that are left.
//!
//! What is exact here is exact for real numbers; a case that lies between two cuts that depend on each other, nearer than the smallest step, may have no value.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::ground::Var;
use super::pieces::Split;
use crate::number::{Number, Rounding};
use crate::program::node::Quantity;

/// More comparisons than this are not combined.
const MOST_FORMS: usize = 600;

/// Which way the value of an expression goes as its variable grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Up,
    Down,
}

impl Way {
    pub fn turned(self) -> Self {
        if self == Self::Up { Self::Down } else { Self::Up }
    }
}

/// An expression of one variable that is no multiple of it, but goes one way: rounded, or moved along the calendar.
#[derive(Clone, Debug)]
pub(crate) struct Bent {
    pub side: usize,
    pub var: Var,
    pub quantity: Rc<Quantity>,
    pub way: Way,
    /// Two that have the same key come to the same.
    key: Rc<str>,
}

impl Bent {
    pub fn new(side: usize, var: Var, quantity: Quantity, way: Way) -> Self {
        let key = format!("{side} {quantity:?}").into();
        Self { side, var, quantity: Rc::new(quantity), way, key }
    }
}

/// A sum of variables, each times a factor, and a constant.
#[derive(Clone, Debug)]
pub(crate) struct Linear {
    pub terms: BTreeMap<Var, Number>,
    pub bent: Vec<(Number, Bent)>,
    pub constant: Number,
}

impl Default for Linear {
    fn default() -> Self {
        Self { terms: BTreeMap::new(), bent: Vec::new(), constant: Number::ZERO }
    }
}

impl Linear {
    pub fn constant(number: Number) -> Self {
        Self { constant: number, ..Self::default() }
    }

    pub fn variable(var: Var) -> Self {
        Self { terms: BTreeMap::from([(var, Number::ONE)]), ..Self::default() }
    }

    pub fn bent(bent: Bent) -> Self {
        Self { bent: vec![(Number::ONE, bent)], ..Self::default() }
    }

    pub fn is_constant(&self) -> bool {
        self.terms.is_empty() && self.bent.is_empty()
    }

    pub fn times(&self, factor: &Number) -> Option<Self> {
        if factor.is_zero() {
            return Some(Self::default());
        }
        let terms = self.terms.iter().map(|(var, number)| Some((*var, number.multiply(factor)?))).collect::<Option<_>>()?;
        let bent = self.bent.iter().map(|(number, bent)| Some((number.multiply(factor)?, bent.clone()))).collect::<Option<_>>()?;
        Some(Self { terms, bent, constant: self.constant.multiply(factor)? })
    }

    pub fn plus(&self, other: &Self) -> Option<Self> {
        let mut sum = self.clone();
        for (var, number) in &other.terms {
            let slot = sum.terms.entry(*var).or_insert(Number::ZERO);
            *slot = slot.add(number)?;
        }
        for (number, bent) in &other.bent {
            match sum.bent.iter_mut().find(|(_, known)| known.key == bent.key) {
                Some((known, _)) => *known = known.add(number)?,
                None => sum.bent.push((number.clone(), bent.clone())),
            }
        }
        sum.terms.retain(|_, number| !number.is_zero());
        sum.bent.retain(|(number, _)| !number.is_zero());
        sum.constant = sum.constant.add(&other.constant)?;
        Some(sum)
    }

    pub fn minus(&self, other: &Self) -> Option<Self> {
        self.plus(&other.times(&Number::from(-1))?)
    }

    pub fn variables(&self) -> BTreeSet<Var> {
        self.terms.keys().copied().chain(self.bent.iter().map(|(_, bent)| bent.var)).collect()
    }

    fn is_bent_in(&self, var: Var) -> bool {
        self.bent.iter().any(|(_, bent)| bent.var == var)
    }

    /// The way it goes as its only variable grows; `None` where its parts do not agree.
    fn way(&self) -> Option<Way> {
        let of = |number: &Number, way: Way| if number.is_positive() { way } else { way.turned() };
        let terms = self.terms.values().map(|number| of(number, Way::Up));
        let mut ways = terms.chain(self.bent.iter().map(|(number, bent)| of(number, bent.way)));
        let first = ways.next()?;
        ways.all(|way| way == first).then_some(first)
    }

    /// So that forms that say the same are equal.
    fn key(&self) -> String {
        let scale = self.terms.values().next().or_else(|| self.bent.first().map(|(number, _)| number));
        let scaled = scale.and_then(|scale| self.times(&Number::ONE.divide(scale)?)).unwrap_or_else(|| self.clone());
        let bent: Vec<_> = scaled.bent.iter().map(|(number, bent)| (number.clone(), Rc::clone(&bent.key))).collect();
        format!("{:?} {bent:?} {:?}", scaled.terms, scaled.constant)
    }
}

/// A form that is compared with zero, and what matters of the comparison.
#[derive(Clone, Debug)]
pub(crate) struct Comparing {
    pub form: Linear,
    /// Whether below zero is told from the rest.
    pub below: bool,
    /// Whether above zero is.
    pub above: bool,
}

impl Comparing {
    pub fn both(form: Linear) -> Self {
        Self { form, below: true, above: true }
    }
}

/// What expressions of one variable come to, and where its values lie.
pub(crate) trait Scale {
    /// The smallest step of a variable and the range of its values, in steps.
    fn grid(&self, var: Var) -> Option<(Number, i64, i64)>;
    /// The value of an expression where its variable has this one.
    fn value(&self, bent: &Bent, at: &Number) -> Option<Number>;
}

/// Why something could not be told exactly.
pub(crate) type Doubt = Option<&'static str>;

const NOT_ONE_WAY: &str = "a comparison goes up and down as one fact grows";
const BENT_TWICE: &str = "a fact that is rounded, or moved along the calendar, is compared with other facts in more than one way";
const TOO_MANY: &str = "too many comparisons read the same facts";

/// Where one variable is cut by comparisons, whatever the other open variables are.
pub(crate) fn splits(var: Var, all: &[Comparing], scale: &impl Scale, doubt: &mut Doubt) -> BTreeSet<Split> {
    let mut forms = connected(var, all);
    loop {
        let others = forms.iter().flat_map(|it| it.form.variables()).filter(|other| *other != var);
        // What is bent goes last, so that what is plain is gone by then.
        let counted = |other: &Var| (forms.iter().any(|it| it.form.is_bent_in(*other)), *other);
        let Some(other) = others.min_by_key(counted) else { break };
        forms = eliminated(other, forms, scale, doubt);
    }
    forms.iter().flat_map(|it| roots(var, it, scale, doubt)).collect()
}

/// The comparisons that share variables with one that reads the variable.
fn connected(var: Var, all: &[Comparing]) -> Vec<Comparing> {
    let read: Vec<BTreeSet<Var>> = all.iter().map(|it| it.form.variables()).collect();
    let mut reached = BTreeSet::from([var]);
    loop {
        let more: BTreeSet<Var> = read.iter().filter(|vars| !vars.is_disjoint(&reached)).flatten().copied().collect();
        if more.is_subset(&reached) {
            break;
        }
        reached.extend(more);
    }
    let mut known = BTreeSet::new();
    let touches = |vars: &BTreeSet<Var>| !vars.is_disjoint(&reached);
    let found = all.iter().zip(&read).filter(|(_, vars)| touches(vars)).map(|(it, _)| it.clone());
    found.filter(|it| known.insert((it.form.key(), it.below, it.above))).collect()
}

/// What is left to say once a variable may be anything.
fn eliminated(var: Var, forms: Vec<Comparing>, scale: &impl Scale, doubt: &mut Doubt) -> Vec<Comparing> {
    let (with, mut rest): (Vec<_>, Vec<_>) = forms.into_iter().partition(|it| it.form.variables().contains(&var));
    let mut bounds: Vec<Linear> = Vec::new();
    let mut known: BTreeSet<String> = rest.iter().map(|it| it.form.key()).collect();
    for it in with {
        if it.form.variables().len() == 1 {
            // Alone it is a number, whatever it looks like.
            let at = roots(var, &it, scale, doubt).into_iter();
            bounds.extend(at.filter_map(|split| Linear::constant(split.at).minus(&Linear::variable(var))));
        } else if it.form.is_bent_in(var) {
            doubt.get_or_insert(BENT_TWICE);
        } else {
            bounds.push(it.form);
        }
    }
    let mut distinct = BTreeSet::new();
    bounds.retain(|form| distinct.insert(form.key()));
    for (at, one) in bounds.iter().enumerate() {
        for other in bounds.iter().skip(at + 1).filter(|other| one.variables().len() > 1 || other.variables().len() > 1) {
            let Some(form) = without(var, one, other).filter(|form| !form.is_constant()) else { continue };
            if known.insert(form.key()) {
                rest.push(Comparing::both(form));
            }
            if rest.len() > MOST_FORMS {
                doubt.get_or_insert(TOO_MANY);
                return rest;
            }
        }
    }
    rest
}

fn without(var: Var, one: &Linear, other: &Linear) -> Option<Linear> {
    let scaled = |form: &Linear| form.times(&Number::ONE.divide(form.terms.get(&var)?)?);
    let mut form = scaled(one)?.minus(&scaled(other)?)?;
    form.terms.remove(&var);
    Some(form)
}

/// Where a form of one variable changes its sign.
fn roots(var: Var, it: &Comparing, scale: &impl Scale, doubt: &mut Doubt) -> Vec<Split> {
    let form = &it.form;
    if form.variables() != BTreeSet::from([var]) {
        return Vec::new();
    }
    if form.bent.is_empty() {
        return straight_roots(var, it);
    }
    let roots = match form.way() {
        Some(way) => bent_roots(var, it, way, scale),
        None => never_zero(form).then(Vec::new),
    };
    if roots.is_none() {
        doubt.get_or_insert(NOT_ONE_WAY);
    }
    roots.unwrap_or_default()
}

fn straight_roots(var: Var, it: &Comparing) -> Vec<Split> {
    let Some(factor) = it.form.terms.get(&var) else { return Vec::new() };
    let Some(root) = it.form.constant.negate().divide(factor) else { return Vec::new() };
    let rising = factor.is_positive();
    let mut splits = Vec::new();
    if it.below {
        splits.push(Split { at: root.clone(), after: !rising });
    }
    if it.above {
        splits.push(Split { at: root, after: rising });
    }
    splits
}

/// By bisection over the steps of the variable.
fn bent_roots(var: Var, it: &Comparing, way: Way, scale: &impl Scale) -> Option<Vec<Split>> {
    let (step, first, last) = scale.grid(var)?;
    let at = |place: i64| Number::from(place).multiply(&step);
    let value = |place: i64| {
        let at = at(place)?;
        let mut sum = it.form.constant.clone();
        for number in it.form.terms.values() {
            sum = sum.add(&number.multiply(&at)?)?;
        }
        for (number, bent) in &it.form.bent {
            sum = sum.add(&number.multiply(&scale.value(bent, &at)?)?)?;
        }
        Some(if way == Way::Up { sum } else { sum.negate() })
    };
    let bound = |fulfils: &dyn Fn(&Number) -> bool| -> Option<Option<Split>> {
        if fulfils(&value(first)?) || !fulfils(&value(last)?) {
            return Some(None);
        }
        let (mut low, mut high) = (first, last);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if fulfils(&value(middle)?) { high = middle } else { low = middle }
        }
        Some(Some(Split::before(at(high)?)))
    };
    let not_negative = |number: &Number| *number >= Number::ZERO;
    let wants = |upward: bool, downward: bool| if way == Way::Up { upward } else { downward };
    let mut splits = Vec::new();
    if wants(it.below, it.above) {
        splits.extend(bound(&not_negative)?);
    }
    if wants(it.above, it.below) {
        splits.extend(bound(&Number::is_positive)?);
    }
    Some(splits)
}

/// Whether a date and the same date moved along the calendar never meet, by the shortest and the longest that a step can be.
fn never_zero(form: &Linear) -> bool {
    let reach = || -> Option<(Number, Number)> {
        let (mut weight, mut low, mut high) = (Number::ZERO, form.constant.clone(), form.constant.clone());
        for number in form.terms.values() {
            weight = weight.add(number)?;
        }
        for (number, bent) in &form.bent {
            weight = weight.add(number)?;
            let (short, long) = calendar_reach(&bent.quantity)?;
            let (a, b) = (number.multiply(&short)?, number.multiply(&long)?);
            low = low.add(if a < b { &a } else { &b })?;
            high = high.add(if a < b { &b } else { &a })?;
        }
        weight.is_zero().then_some((low, high))
    };
    reach().is_some_and(|(low, high)| low.is_positive() || high < Number::ZERO)
}

/// How many days a date is moved, at least and at most.
fn calendar_reach(quantity: &Quantity) -> Option<(Number, Number)> {
    use crate::syntax::ast::Unit;
    let Quantity::Shift(base, steps, crate::program::node::Scale::Date) = quantity else { return None };
    if !matches!(base.as_ref(), Quantity::Fact(_)) {
        return None;
    }
    let count = &steps.count;
    let (short, long) = match steps.unit {
        Unit::Month => (28, 31),
        Unit::Year => (365, 366),
        _ => return None,
    };
    let (a, b) = (count.multiply(&Number::from(short))?, count.multiply(&Number::from(long))?);
    Some(if a < b { (a, b) } else { (b, a) })
}

/// The number of steps between a range's ends, for a grid.
pub(crate) fn places(step: &Number, most: i64) -> Option<i64> {
    Number::from(most).divide(step)?.round(&Number::ONE, Rounding::Down)?.to_i64()
}
