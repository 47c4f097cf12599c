//! Literals from outside a policy.

use kulanz::Number;
use kulanz::syntax::ast::{Literal, Unit};
use kulanz::syntax::literal;

#[test]
fn every_kind_of_literal() {
    assert!(matches!(literal("80 EUR"), Ok(Literal::Money(number, currency)) if number == Number::from(80) && currency.text == "EUR"));
    assert!(matches!(literal(" -5 "), Ok(Literal::Number(number)) if number == Number::from(-5)));
    assert!(matches!(literal("12.5 %"), Ok(Literal::Percent(_))));
    assert!(matches!(literal("5 working days"), Ok(Literal::Steps(steps)) if steps.unit == Unit::WorkingDay));
    assert!(matches!(literal("2026-11-21"), Ok(Literal::Date(_))));
    assert!(matches!(literal("2026-11-21T10:00:00+01:00"), Ok(Literal::Datetime(_))));
    assert!(matches!(literal("yes"), Ok(Literal::YesNo(true))));
    assert!(matches!(literal("\"SALE-\""), Ok(Literal::Text(text)) if text == "SALE-"));
}

#[test]
fn what_is_no_literal_says_why() {
    for (text, why) in [
        ("12,50 EUR", "12.50"),
        ("50 eur", "50 EUR"),
        ("30 dayz", "did you mean `day"),
        ("2026-02-30", "no day"),
        ("late", "expected"),
        ("", "expected"),
        ("1 EUR 2", "`2`"),
        ("1 EUR # 2", "comment"),
    ] {
        let message = literal(text).unwrap_err();
        assert!(message.contains(why), "{text}: {message}");
    }
}
