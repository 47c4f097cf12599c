//! The rules of the grammar in words.

use crate::syntax::piece::Rule;

/// What could have stood at a place: `a name or a value`. `None` where only an end or more of the same could.
pub(super) fn phrase(rules: &[Rule]) -> Option<String> {
    let words = words(rules, false);
    let words = if words.is_empty() && !rules.contains(&Rule::EOI) { self::words(rules, true) } else { words };
    // Where the sentence could as well have ended, a long list of what it could have gone on with helps nobody.
    if words.is_empty() || (rules.contains(&Rule::EOI) && words.len() > 3) {
        return None;
    }
    let ends = if rules.contains(&Rule::EOI) { vec!["the end".to_owned()] } else { Vec::new() };
    Some(listed(&words.into_iter().chain(ends).collect::<Vec<_>>()))
}

fn words(rules: &[Rule], with_operators: bool) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for rule in rules.iter().filter(|rule| with_operators || !is_operator(**rule)) {
        if let Some(word) = word(*rule)
            && !words.contains(&word)
        {
            words.push(word);
        }
    }
    words
}

fn listed(words: &[String]) -> String {
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// What may follow nearly every value, and so says nothing.
fn is_operator(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::EOI
            | Rule::kw_of
            | Rule::kw_and
            | Rule::kw_or
            | Rule::kw_is
            | Rule::kw_includes
            | Rule::kw_rounded
            | Rule::kw_starts
            | Rule::kw_ends
            | Rule::kw_contains
            | Rule::term
            | Rule::factor
            | Rule::compare_sign
            | Rule::compare_tail
            | Rule::includes_tail
            | Rule::is_tail
            | Rule::match_tail
            | Rule::comma
            | Rule::minus
            | Rule::kw_not
            | Rule::text_variant
            | Rule::percent_sign
            | Rule::currency
    )
}

/// The keyword of a rule that is one.
pub(in crate::syntax) fn keyword(rule: Rule) -> Option<String> {
    format!("{rule:?}").strip_prefix("kw_").map(str::to_owned)
}

fn word(rule: Rule) -> Option<String> {
    if let Some(keyword) = keyword(rule) {
        return Some(format!("`{keyword}`"));
    }
    let word = match rule {
        Rule::name | Rule::names | Rule::rule_ref | Rule::named => "a name",
        Rule::subject => "a role or `everyone`",
        Rule::number => "a number",
        Rule::quoted | Rule::text | Rule::text_variant => "a text in quotation marks",
        Rule::language => "a language such as `de`",
        Rule::currency => "a currency such as `EUR`",
        Rule::percent_sign => "`%`",
        Rule::zone => "a time zone such as `Europe/Berlin`",
        Rule::date | Rule::day_clause => "a date such as `2026-11-21`",
        Rule::datetime => "a moment such as `2026-11-21T10:00`",
        Rule::month_day => "a month and a day such as `04-01`",
        Rule::steps => "a time such as `30 days`",
        Rule::unit => "a unit of time such as `days`",
        Rule::period => "`day`, `week`, `month`, `quarter` or `year`",
        Rule::window => "a window such as `per month` or `ever`",
        Rule::budget_key | Rule::budget_line => "an amount and a window such as `300 EUR per actor per month`",
        Rule::fact_type | Rule::plain_type => "a type such as `money`, `date`, `yes/no` or `one of …`",
        Rule::measure => "`money`, `percent`, `duration` or `number`",
        Rule::side => "`after` or `before`",
        Rule::presence => "`present` or `absent`",
        Rule::comma => "`,`",
        Rule::close => "`)`",
        Rule::condition | Rule::negation | Rule::comparison => "a condition",
        Rule::sentence | Rule::roles_may => "a sentence such as `agent may refund`",
        Rule::table_sentence => "`may`, `may not` or `entitled to`",
        Rule::expectation => "what is expected, such as `yes` or `up to 20 EUR`",
        Rule::pledge => "a sentence such as `agent cannot refund more than 100 EUR`",
        Rule::signed_literal => "a value such as `80 EUR`, `25%`, `30 days`, `2026-11-21`, `yes` or `\"text\"`",
        Rule::limit => "a quantity",
        Rule::value
        | Rule::sum
        | Rule::unary
        | Rule::operand
        | Rule::quantity
        | Rule::yes_no
        | Rule::value_cell
        | Rule::test_cell
        | Rule::cell_test
        | Rule::group
        | Rule::call => "a value",
        _ => return None,
    };
    Some(word.to_owned())
}

/// Whether a piece is a cell of a table.
pub(super) fn is_cell(rule: Rule) -> bool {
    format!("{rule:?}").ends_with("_cell_piece")
}

/// The words that begin the lines of the item that a piece belongs to.
pub(super) fn line_words(rule: Rule) -> &'static [&'static str] {
    let item = match rule {
        Rule::rule_piece | Rule::clause_piece | Rule::fallback_piece | Rule::table_piece => "rule",
        Rule::policy_piece | Rule::setting_piece => "policy",
        Rule::role_piece | Rule::role_line_piece => "role",
        Rule::duty_piece | Rule::deadline_piece => "duty",
        Rule::test_piece | Rule::test_line_piece => "test",
        _ => return &[],
    };
    crate::syntax::items::line_words(item)
}

/// What a piece looks like when it is right.
pub(super) fn hint(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::policy_piece => "as in `policy \"Shop goodwill\"`",
        Rule::role_piece => "as in `role agent \"Service agent\"`",
        Rule::fact_piece => "as in `fact order.total money \"Order value\" verified`",
        Rule::action_piece => "as in `action refund of money \"Money back\"`",
        Rule::duty_piece => "as in `duty photo \"A photo of the damage is on the ticket\"`",
        Rule::budget_piece => "as in `300 EUR per actor per month for agent`",
        Rule::define_piece => "as in `define fresh as within 30 days after order.delivered_on`",
        Rule::rule_piece => "a rule says `ROLES may ACTIONS`, `ROLES may not ACTIONS` or `entitled to ACTIONS`",
        Rule::table_piece => "under the name of a table stands `may ACTIONS`, `may not ACTIONS` or `entitled to ACTIONS`, or it `gives` a type",
        Rule::fallback_piece => "as in `fallback refund, exchange`",
        Rule::test_piece => "as in `test \"an agent refunds 20 EUR\"`",
        Rule::promise_piece => "as in `agent cannot refund more than 100 EUR unless entitled`",
        Rule::text_cell_piece => "a text stands in quotation marks, in a CSV file as `\"\"\"text\"\"\"`",
        Rule::test_cell_piece => "a cell is a value, a list of values, `<= 45 days`, `10 EUR .. 50 EUR`, `not …` or `any`",
        _ => return None,
    })
}
