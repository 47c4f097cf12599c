//! How operators bind.

use kulanz::syntax::ast::{CompareOp, Expr, ExprKind, Factor, ItemKind, Literal, Negation, Offset, Presence, Quantifier, Term};

use super::{item, messages};

/// The definition of a condition or value, with every operator in parentheses.
fn tree(expr: &str) -> String {
    match item(&format!("define x as {expr}")) {
        ItemKind::Define(define) => show(&define.body),
        other => panic!("{other:?}"),
    }
}

fn list(exprs: &[Expr], between: &str) -> String {
    exprs.iter().map(show).collect::<Vec<_>>().join(between)
}

fn show(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Literal(literal) => literal_text(literal),
        ExprKind::Name(name) => name.clone(),
        ExprKind::Spent(budget) => format!("spent {}", budget.text),
        ExprKind::Call(function, arguments) => format!("{function:?}({})", list(arguments, ", ")),
        ExprKind::Of(part, whole) => format!("({} of {})", show(part), show(whole)),
        ExprKind::Negate(inner) => format!("(-{})", show(inner)),
        ExprKind::Product(first, rest) => {
            let sign = |factor: &Factor| if *factor == Factor::Times { "*" } else { "/" };
            rest.iter().fold(show(first), |left, (factor, right)| format!("({left} {} {})", sign(factor), show(right)))
        }
        ExprKind::Sum(first, rest) => {
            let sign = |term: &Term| if *term == Term::Plus { "+" } else { "-" };
            rest.iter().fold(show(first), |left, (term, right)| format!("({left} {} {})", sign(term), show(right)))
        }
        ExprKind::Rounded(inner, rounding, step) => format!("({} {rounding:?} {})", show(inner), show(step)),
        ExprKind::NumberOf(unit, from, to) => format!("({unit:?}s {} -> {})", show(from), show(to)),
        ExprKind::StartOf(period, day) => format!("(start {period:?} {})", show(day)),
        ExprKind::EndOf(period, day) => format!("(end {period:?} {})", show(day)),
        ExprKind::DaysInMonth(day) => format!("(days {})", show(day)),
        ExprKind::Compare(left, sign, right) => format!("({} {} {})", show(left), compare(sign.value), show(right)),
        ExprKind::OneOf(left, negation, values) => format!("({} {}in [{}])", show(left), not(*negation), list(values, ", ")),
        ExprKind::Between(left, negation, low, high) => format!("({} {}in {}..{})", show(left), not(*negation), show(low), show(high)),
        ExprKind::Presence(left, presence) => format!("({} {})", show(left), if *presence == Presence::Present { "present" } else { "absent" }),
        ExprKind::Includes(left, quantifier, values) => {
            let word = match quantifier {
                Quantifier::One => "",
                Quantifier::Any => "any ",
                Quantifier::All => "all ",
            };
            format!("({} includes {word}[{}])", show(left), list(values, ", "))
        }
        ExprKind::Match(left, matching, right) => format!("({} {matching:?} {})", show(left), show(right)),
        ExprKind::Within(offset) => time("within", offset),
        ExprKind::MoreThan(offset) => time("more", offset),
        ExprKind::AtLeast(offset) => time("least", offset),
        ExprKind::Not(inner) => format!("(not {})", show(inner)),
        ExprKind::And(operands) => format!("({})", list(operands, " and ")),
        ExprKind::Or(operands) => format!("({})", list(operands, " or ")),
    }
}

fn literal_text(literal: &Literal) -> String {
    match literal {
        Literal::Number(number) => number.to_string(),
        Literal::Percent(number) => format!("{number}%"),
        Literal::Money(number, currency) => format!("{number}{}", currency.text),
        Literal::Steps(steps) => format!("{}{:?}", steps.count, steps.unit),
        Literal::Date(date) => date.to_string(),
        Literal::Datetime(datetime) => format!("{datetime:?}"),
        Literal::YesNo(yes) => yes.to_string(),
        Literal::Text(text) => format!("{text:?}"),
    }
}

fn compare(sign: CompareOp) -> &'static str {
    match sign {
        CompareOp::Equal => "=",
        CompareOp::Is => "is",
        CompareOp::IsNot => "is not",
        CompareOp::Less => "<",
        CompareOp::AtMost => "<=",
        CompareOp::Greater => ">",
        CompareOp::AtLeast => ">=",
    }
}

fn not(negation: Negation) -> &'static str {
    if negation == Negation::Negated { "not " } else { "" }
}

fn time(word: &str, offset: &Offset) -> String {
    let subject = offset.subject.as_ref().map_or("_".to_owned(), |subject| show(subject));
    format!("({subject} {}{word} {}{:?} {:?} {})", not(offset.negation), offset.steps.count, offset.steps.unit, offset.side, show(&offset.anchor))
}

#[test]
fn arithmetic() {
    assert_eq!(tree("1 + 2 * 3 - 4 / 5 * 6"), "((1 + (2 * 3)) - ((4 / 5) * 6))");
    assert_eq!(tree("-25% of a * 2"), "((-(25% of a)) * 2)");
    assert_eq!(tree("a - -b"), "(a - (-b))");
    assert_eq!(tree("50% of min(a, b + 1) + c"), "((50% of Min(a, (b + 1))) + c)");
    assert_eq!(tree("amount of order.total"), "(amount of order.total)");
    assert_eq!(tree("(1 + 2) * 3"), "((1 + 2) * 3)");
    assert_eq!(tree("1-2"), "(1 - 2)");
}

#[test]
fn rounding_takes_the_whole_sum_to_its_left() {
    assert_eq!(tree("a + b * 2 rounded to 0.05 EUR"), "((a + (b * 2)) HalfUp 0.05EUR)");
    assert_eq!(tree("a rounded up to 1 EUR < b rounded down to 2 EUR"), "((a Up 1EUR) < (b Down 2EUR))");
    assert_eq!(tree("1 + (a rounded to 1 EUR)"), "(1 + (a HalfUp 1EUR))");
}

#[test]
fn conditions() {
    assert_eq!(tree("a or b and not c or d"), "(a or (b and (not c)) or d)");
    assert_eq!(tree("not a = b and c"), "((not (a = b)) and c)");
    assert_eq!(tree("not not a"), "(not (not a))");
    assert_eq!(tree("a is between 1 and 2 and b"), "((a in 1..2) and b)");
    assert_eq!(tree("a is not between 1 and 2"), "(a not in 1..2)");
    assert_eq!(tree("a is one of x, y or b"), "((a in [x, y]) or b)");
    assert_eq!(tree("a is not one of x,\n  y\n and b"), "((a not in [x, y]) and b)");
    assert_eq!(
        tree("t includes any of a, b and t includes all of c, d and t includes e"),
        "((t includes any [a, b]) and (t includes all [c, d]) and (t includes [e]))"
    );
    assert_eq!(tree("a is present and b is absent"), "((a present) and (b absent))");
    assert_eq!(tree("a is not b"), "(a is not b)");
    assert_eq!(
        tree("s starts with \"A\" or s ends with \"B\" or s contains \"C\""),
        "((s StartsWith \"A\") or (s EndsWith \"B\") or (s Contains \"C\"))"
    );
    assert_eq!(tree("a + 1 <= b * 2"), "((a + 1) <= (b * 2))");
    assert_eq!(tree("spent goodwill + amount > 5 EUR"), "((spent goodwill + amount) > 5EUR)");
}

#[test]
fn time_tests() {
    assert_eq!(tree("within 30 days after d"), "(_ within 30Day After d)");
    assert_eq!(tree("e is not within 2 working days before d and x"), "((e not within 2WorkingDay Before d) and x)");
    assert_eq!(tree("more than 14 days after d + 1 day or y"), "((_ more 14Day After (d + 1Day)) or y)");
    assert_eq!(tree("not at least 1 hour before d"), "(not (_ least 1Hour Before d))");
    assert_eq!(tree("at is present"), "(at present)");
    assert_eq!(tree("number of working days from a to b >= 3"), "((WorkingDays a -> b) >= 3)");
    assert_eq!(tree("5 EUR * number of days from a - 1 day to b + 5 EUR"), "((5EUR * (Days (a - 1Day) -> b)) + 5EUR)");
    assert_eq!(tree("today - start of month of d"), "(today - (start Month d))");
    assert_eq!(tree("end of year of start of week of d < days in month of d"), "((end Year (start Week d)) < (days d))");
}

#[test]
fn literals() {
    assert_eq!(tree("1_000.50 EUR"), "1000.5EUR");
    assert_eq!(tree("12.5 %"), "12.5%");
    assert_eq!(tree("2026-11-21"), "2026-11-21");
    assert!(tree("2026-11-21T10:00+01:00").contains("Instant(2026-11-21T09:00:00Z)"));
    assert!(tree("2026-11-21T10:00").contains("Local(2026-11-21T10:00:00)"));
    assert_eq!(tree("\"a \\\"b\\\" \\\\ # | c\""), "\"a \\\"b\\\" \\\\ # | c\"");
    assert_eq!(tree("yes = no"), "(true = false)");
    assert_eq!(tree("1 minute + 2 hours + 1 week"), "((1Minute + 2Hour) + 1Week)");
    assert_eq!(tree("GRÖSSE"), "GRÖSSE");
    assert_eq!(tree("gro\u{308}ße"), "größe");
}

#[test]
fn comparisons_do_not_chain() {
    for chain in ["1 < a < 3", "a is b is c", "a = b includes c"] {
        assert!(messages(&format!("define x as {chain}"))[0].starts_with("comparisons do not chain"), "{chain}");
    }
}
