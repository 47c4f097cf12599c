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

/// What a line that begins with this word looks like when it is right.
pub(super) fn line_hint(rule: Rule, word: &str) -> Option<&'static str> {
    Some(match (rule, word) {
        (Rule::clause_piece, "when") => "as in `when reason is damaged and amount > 25 EUR`",
        (Rule::clause_piece, "unless") => "as in `unless customer.tags includes vip`",
        (Rule::clause_piece, "from") => "as in `from 2026-07-31`, or `from 2026-07-31 by contract.signed_on`",
        (Rule::clause_piece, "until") => "as in `until 2026-07-31`, or `until 2026-07-31 by contract.signed_on`",
        (Rule::clause_piece, "approved") => "as in `approved by lead, finance`",
        (Rule::clause_piece, "charge") => "as in `charge goodwill, patience`, or `charge goodwill by amount of order.total`",
        (Rule::clause_piece, "require") => "as in `require photo when reason is damaged`",
        (Rule::clause_piece, "because") => "as in `because \"Sale goods are final.\"`, or one text a language: `because de \"…\" en \"…\"`",
        (Rule::clause_piece, "offer") => "as in `offer voucher up to 20 EUR when reason is late`",
        (Rule::clause_piece, "advise") => "as in `advise \"Please ask a colleague to take this case.\"`",
        (Rule::clause_piece, "ask") => "as in `ask lead within 2 hours when reason is late`",
        (Rule::clause_piece, "cites") => "as in `cites \"BGB § 437\"`",
        (Rule::clause_piece, "owner") => "as in `owner \"Head of service\"`",
        (Rule::clause_piece, "review") => "as in `review by 2027-06-30`",
        (Rule::test_line_piece, "on") => "as in `on 2026-11-21`, or `on 2026-11-21T10:00`",
        (Rule::test_line_piece, "as") => "as in `as agent \"anna\" in team \"berlin\"`",
        (Rule::test_line_piece, "given") => "as in `given reason is late`, `given order.seasonal` or `given not customer.fraud`",
        (Rule::test_line_piece, "said") => "as in `said reason is late`",
        (Rule::test_line_piece, "spent") => "as in `spent goodwill 280 EUR`",
        (Rule::test_line_piece, "ask") => "as in `ask refund of 30 EUR`",
        (Rule::test_line_piece, "expect") => "as in `expect yes`, `expect up to 20 EUR`, `expect ask lead` or `expect because small_refund`",
        (Rule::setting_piece, "currency") => "as in `currency EUR`",
        (Rule::setting_piece, "time") => "as in `time zone Europe/Berlin`",
        (Rule::setting_piece, "languages") => "as in `languages de, en`",
        (Rule::setting_piece, "holidays") => "as in `holidays 2026-12-25, 2026-12-26`, or `holidays from \"holidays.csv\"`",
        (Rule::setting_piece, "includes") => "as in `includes \"../company\"`",
        (Rule::role_line_piece, "answers") => "as in `answers within 4 hours`",
        (Rule::role_line_piece, _) => "as in `above agent, clerk`",
        (Rule::deadline_piece, _) => "as in `within 24 hours`, or `within 7 days after order.delivered_on`",
        (Rule::literal_piece, _) => "as in `80 EUR`, `25%`, `30 days`, `2026-11-21`, `yes` or `\"SALE-\"`",
        _ => return None,
    })
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
        Rule::charge_cell_piece => "as in `goodwill, patience`, or `goodwill by amount of order.total`",
        Rule::require_cell_piece => "as in `photo`, or `photo when amount > 25 EUR`",
        Rule::names_cell_piece => "a cell is a name, or several with commas between them",
        Rule::role_cell_piece => "a cell is a role, several with commas between them, or `everyone`",
        Rule::limit_cell_piece => "a cell is a quantity such as `50 EUR` or `25%`, or `unlimited`",
        Rule::value_cell_piece => "a cell is a value such as `250 EUR` or `25%`",
        Rule::day_cell_piece => "as in `2027-01-31`, or `2027-01-31 by contract.signed_on`",
        Rule::offer_cell_piece => "as in `voucher up to 20 EUR`",
        Rule::advise_cell_piece => "as in `\"Ask a colleague.\"`",
        Rule::ask_cell_piece => "as in `lead within 2 hours`",
        Rule::column_piece => "a header is `role`, `up to`, the word of a clause, or what the cells test, such as `order.total`",
        Rule::test_cell_piece => "a cell is a value, a list of values, `<= 45 days`, `10 EUR .. 50 EUR`, `not …` or `any`",
        _ => return None,
    })
}
