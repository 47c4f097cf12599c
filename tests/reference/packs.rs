//! Random packs as text, always such that the checker accepts them.
#![expect(clippy::format_push_string, reason = "a pack is put together line by line")]

use super::dice::Dice;
use super::phrases::{self, Measure, Words};

/// A pack item by item, so that a failing one can be made smaller.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What nothing can be left out of.
    pub ground: Vec<String>,
    /// Rules, tables, fallbacks.
    pub items: Vec<String>,
}

impl Draft {
    pub fn text(&self) -> String {
        self.ground.iter().chain(&self.items).map(String::as_str).collect::<Vec<_>>().join("\n")
    }
}

/// What packs are to have or to do without.
#[derive(Clone, Copy, Debug)]
pub struct Taste {
    /// How many rules at most.
    pub rules: usize,
    /// In how many of a hundred atoms a condition reads `amount`.
    pub amount: usize,
    /// In how many of a hundred rules something is charged.
    pub charges: usize,
    /// In how many of a hundred permissions somebody has to approve.
    pub approvals: usize,
}

impl Taste {
    pub const RICH: Self = Self { rules: 9, amount: 12, charges: 55, approvals: 20 };
}

const ACTIONS: [(&str, Measure); 6] = [
    ("refund", Measure::Money),
    ("voucher", Measure::Money),
    ("discount", Measure::Percent),
    ("extend", Measure::Duration),
    ("points", Measure::Number),
    ("exchange", Measure::Nothing),
];

/// A random pack.
pub fn draft(dice: &mut Dice, taste: Taste) -> Draft {
    let roles: Vec<String> = (0..dice.between(1, 6)).map(|at| format!("role{at}")).collect();
    let mut words = Words { roles: roles.clone(), amount: taste.amount, ..Words::default() };
    let mut ground = vec![policy(dice)];
    ground.extend(hierarchy(dice, &roles));
    ground.push(facts(dice));
    ground.extend(ACTIONS.iter().map(|(name, measure)| format!("action {name}{}", measure.of())));
    ground.push(duties(dice));
    ground.extend(budgets(dice, &mut words));
    ground.extend(lookups(dice, &mut words));
    ground.extend(defines(dice, &mut words));
    let mut items = Vec::new();
    for at in 0..dice.between(1, taste.rules) {
        items.push(match dice.below(20) {
            0..=8 => permission(dice, &words, at, taste),
            9..=13 => prohibition(dice, &words, at),
            14..=16 => entitlement(dice, &words, at, taste),
            17 | 18 => rule_table(dice, &words, at, taste),
            _ => fallback(dice, &words),
        });
    }
    Draft { ground, items }
}

/// A random pack with a crowd: so many further rules of one action, each of which compares a few facts with constants. Most of them look at the same two to four facts,
/// which tell them apart.
pub fn crowd(dice: &mut Dice, taste: Taste, count: usize) -> Draft {
    let mut draft = draft(dice, taste);
    draft.ground.push(crowded_table(dice));
    let models: Vec<String> = (0..MODELS).map(|at| format!("m{at}")).collect();
    draft.ground.push(format!("fact model one of {}\n", models.join(", ")));
    let looked_at: Vec<usize> = (0..dice.between(2, 4)).map(|_| dice.below(COMPARISONS)).collect();
    let roles: Vec<String> =
        draft.ground.iter().filter_map(|item| item.strip_prefix("role ")?.split_whitespace().next().map(str::to_owned)).collect();
    draft.items.extend((0..count).map(|at| one_of_a_crowd(dice, &roles, &looked_at, at)));
    draft
}

/// A table of many rows, with gaps.
fn crowded_table(dice: &mut Dice) -> String {
    let mut item = "table crowded gives money\n  | pieces | kind | state | is |\n".to_owned();
    for pieces in ["<= 0", "1", "2", "> 2 and < 4", ">= 4"] {
        for kind in ["torn", "late", "wrong"] {
            for state in ["fresh", "used"] {
                if dice.chance(90) {
                    item += &format!("  | {pieces} | {kind} | {state} | {} EUR |\n", dice.between(0, 60));
                }
            }
        }
    }
    item
}

fn one_of_a_crowd(dice: &mut Dice, roles: &[String], looked_at: &[usize], at: usize) -> String {
    let who = if dice.chance(30) { "everyone".into() } else { dice.pick(&roles[..roles.len().min(2)]) };
    let quantity = |dice: &mut Dice| match dice.below(12) {
        0 => "crowded".to_owned(),
        1 => "20% of order.total".to_owned(),
        _ => format!("{}.{}0 EUR", dice.between(0, 45), dice.below(10)),
    };
    let head = match dice.below(20) {
        0..=12 => format!("{who} may refund up to {}", quantity(dice)),
        13..=15 => format!("entitled to refund of {}", quantity(dice)),
        16 => format!("{who} may not refund"),
        _ => format!("{who} may not refund more than {}{}", quantity(dice), dice.pick(&["", " even if entitled"])),
    };
    let parts: Vec<String> = (0..dice.between(1, 5))
        .map(|_| {
            let kind = if dice.chance(80) { dice.pick(looked_at) } else { dice.below(COMPARISONS) };
            comparison(dice, kind)
        })
        .collect();
    format!("rule crowd{at}\n  {head}\n  when {}\n", parts.join("\n   and "))
}

/// How many values `model` has: more than a word has bits.
const MODELS: usize = 100;
/// How many kinds of comparisons there are.
const COMPARISONS: usize = 17;

/// One fact compared with constants.
fn comparison(dice: &mut Dice, kind: usize) -> String {
    let sign = dice.pick(&["<", "<=", ">", ">=", "=", "is not"]);
    match kind {
        0 => dice.pick(&["flag", "not flag", "sale", "not sale", "flag is no"]).into(),
        1 => dice.pick(&["kind is torn", "kind is late", "kind is not late", "kind is one of torn, late", "kind is not one of wrong, late"]).into(),
        2 => dice.pick(&["state is fresh", "state is not used"]).into(),
        3 => format!("pieces {sign} {}", dice.pick(&["0", "1", "2", "2.5", "3", "4.5", "7.5", "7.55", "-1"])),
        4 => format!("order.total {sign} {} EUR", dice.pick(&["5", "10", "19.99", "20", "30", "49.95", "49.94", "100", "333.33"])),
        5 => format!("price is {}between {}.5 EUR and {} EUR", dice.pick(&["", "", "not "]), dice.between(0, 15), dice.between(10, 40)),
        6 => format!("customer {} \"c{}\"", dice.pick(&["is", "is not"]), dice.between(1, 4)),
        7 => format!(
            "customer {} {}",
            dice.pick(&["is one of", "is not one of"]),
            dice.pick(&["\"c1\", \"c2\"", "\"x\", \"anna\"", "\"c2\", \"c9\", \"c1\"", "\"c3\", \"c4\"", "\"anna\", \"a\", \"b\", \"c\""])
        ),
        8 => dice.pick(&["coupon is present", "coupon is absent", "code is absent", "proof is absent"]).into(),
        9 => format!("bought {sign} {}", dice.pick(&["2026-11-01", "2026-11-20", "2026-11-21", "2026-01-31", "2025-11-21"])),
        10 => format!("rate {sign} {}", dice.pick(&["5%", "10%", "12.5%", "12.25%", "33.33%", "50%"])),
        11 => format!("delay {sign} {}", dice.pick(&["90 minutes", "3 hours", "1 day", "2 days", "0.5 hours"])),
        12 => format!(
            "made {} {}",
            dice.pick(&["<", ">=", "<=", ">"]),
            dice.pick(&["2026-11-20T12:00:00Z", "2026-11-21T09:00:00Z", "2026-10-24T12:00:00Z"])
        ),
        13 => {
            let tags = dice.pick(&["vip", "press", "staff", "any of press, vip", "all of vip, staff", "all of vip, press, staff"]);
            dice.pick(&[format!("tags includes {tags}"), format!("not tags includes {tags}")])
        }
        14 => {
            let mut models = || format!("m{}", dice.below(MODELS));
            let some = [models(), models(), models(), "m3".to_owned(), "m90".to_owned()].join(", ");
            dice.pick(&[
                format!("model is one of {some}"),
                format!("model is not one of {some}"),
                "model is m7".to_owned(),
                "model is not m99".to_owned(),
            ])
        }
        15 => dice.pick(&["near > 3.50 EUR", "near <= 5 EUR", "mine", "not mine", "actor.team is \"red\""]).into(),
        _ => dice.pick(&["(coupon is present and coupon > 10.50 EUR)", "(kind is torn or flag)", "amount <= 20 EUR", "crowded > 20 EUR"]).into(),
    }
}

fn policy(dice: &mut Dice) -> String {
    let zone = dice.pick(&["Europe/Berlin", "UTC", "America/New_York"]);
    format!("policy \"Random\"\n  currency EUR\n  time zone {zone}\n  languages en\n  holidays 2026-11-20, 2026-12-25\n")
}

fn hierarchy(dice: &mut Dice, roles: &[String]) -> Vec<String> {
    let mut items = Vec::new();
    for (at, role) in roles.iter().enumerate() {
        let mut item = format!("role {role}\n");
        let below: Vec<String> = roles[..at].iter().filter(|_| dice.chance(40)).cloned().collect();
        if !below.is_empty() {
            item += &format!("  above {}\n", below.join(", "));
        }
        if dice.chance(30) {
            item += &format!("  answers within {}\n", dice.pick(&["4 hours", "1 day", "90 minutes", "2 working days"]));
        }
        items.push(item);
    }
    items
}

fn facts(dice: &mut Dice) -> String {
    let mut text = String::new();
    for (name, ty, modifiers) in [
        ("kind", "one of torn, late, wrong", &["", "", "default torn", "verified"][..]),
        ("state", "one of fresh, used", &["", "verified", "default used"]),
        ("order.total", "money", &["", "verified", "verified", "default 40 EUR"]),
        ("price", "money", &["", "verified", "default 10 EUR verified"]),
        ("rate", "percent", &["", "verified", "default 10%"]),
        ("pieces", "number", &["", "verified", "default 2"]),
        ("bought", "date", &["", "verified", "default 2026-11-01"]),
        ("made", "datetime", &["", "verified"]),
        ("delay", "duration", &["", "verified", "default 3 hours"]),
        ("flag", "yes/no", &["", "default no", "verified", "default no verified"]),
        ("sale", "yes/no", &["", "default yes", "verified"]),
        ("mine", "yes/no", &["default no about actor", "about actor", "about actor default yes"]),
        ("near", "money", &["about actor", "about actor default 5 EUR"]),
        ("tags", "some of vip, press, staff", &["", "verified", "default vip"]),
        ("customer", "text", &["", "verified", "default \"c1\""]),
        ("code", "text", &["optional", "optional verified"]),
        ("coupon", "money", &["optional", "optional verified"]),
        ("expires", "date", &["optional", "optional verified"]),
        ("proof", "yes/no", &["optional"]),
    ] {
        text += &format!("fact {name} {ty} {}\n", dice.pick(modifiers));
    }
    text
}

fn duties(dice: &mut Dice) -> String {
    let call = dice.pick(&["within 24 hours", "within 2 working days", "within 3 days after bought", "within 6 hours after made", "within 1 month"]);
    format!("duty photo \"Photo\"\nduty note \"Note\"\nduty call \"Call\"\n  {call}\n")
}

const KEYS: [&str; 7] = ["", " per actor", " per customer", " per actor.team", " per actor per customer", " per code", ""];
const WINDOWS: [&str; 10] = [
    "per day",
    "per week",
    "per month",
    "per quarter",
    "per year",
    "per year from 04-01",
    "per rolling 365 days",
    "per rolling 12 months",
    "per rolling 3 days",
    "ever",
];

/// Every role finds a line: the last one is for everybody.
fn budgets(dice: &mut Dice, words: &mut Words) -> Vec<String> {
    let mut items = Vec::new();
    for (name, measure) in [
        ("goodwill", Measure::Money),
        ("worth", Measure::Money),
        ("patience", Measure::Nothing),
        ("percents", Measure::Percent),
        ("hours_left", Measure::Duration),
        ("credits", Measure::Number),
    ] {
        let (key, window) = (dice.pick(&KEYS), dice.pick(&WINDOWS));
        let mut item = format!("budget {name}\n");
        let mut lines: Vec<String> = words.roles.iter().filter(|_| dice.chance(25)).cloned().collect();
        lines.push(String::new());
        for role in &lines {
            let whom = if role.is_empty() { String::new() } else { format!(" for {role}") };
            // The line for everybody tells the unit.
            let amount = if dice.chance(15) && !role.is_empty() { "unlimited".into() } else { allotment(dice, words, measure) };
            item += &format!("  {amount}{key} {window}{whom}\n");
        }
        words.budgets.push((name.into(), measure));
        items.push(item);
    }
    let (key, window) = (dice.pick(&KEYS), dice.pick(&WINDOWS));
    items.push(format!("budget log\n  unlimited{key} {window}\n"));
    items
}

fn allotment(dice: &mut Dice, words: &Words, measure: Measure) -> String {
    match measure {
        Measure::Nothing => format!("{} times", dice.between(1, 3)),
        _ if dice.chance(70) => phrases::literal(dice, measure),
        _ => words.clone().without_spending().quantity(dice, measure, 1),
    }
}

fn lookups(dice: &mut Dice, words: &mut Words) -> Vec<String> {
    let mut items = Vec::new();
    if dice.chance(60) {
        let (low, high) = (dice.between(1, 3), dice.between(4, 6));
        let mut item = format!("table price_of gives money\n  | pieces | is |\n  | <= {low} | 10 EUR |\n  | > {high} | 30 EUR |\n");
        if dice.chance(70) {
            item += &format!("  | > {low} and <= {high} | {} |\n", words.clone().without_spending().quantity(dice, Measure::Money, 0));
        }
        items.push(item);
        words.lookups.push(("price_of".into(), Measure::Money));
    }
    if dice.chance(50) {
        let mut item = "table rate_of gives percent\n  | kind | flag | is |\n  | torn, late | yes | 30% |\n".to_owned();
        item += dice.pick(&["  | not wrong | no | 20% |\n", "  | torn | no | 20% |\n"]);
        item += dice.pick(&["  | wrong | | 5% |\n", "  | wrong | any | 0% |\n", ""]);
        items.push(item);
        words.lookups.push(("rate_of".into(), Measure::Percent));
    }
    if dice.chance(40) {
        items.push("table worth_of gives money\n  | coupon | state | is |\n  | <= 20 EUR | | 5 EUR |\n  | > 20 EUR | fresh | 25 EUR |\n  | absent | used | 15 EUR |\n".into());
        words.lookups.push(("worth_of".into(), Measure::Money));
    }
    items
}

fn defines(dice: &mut Dice, words: &mut Words) -> Vec<String> {
    let mut items = Vec::new();
    let plain = Words { amount: 0, ..words.clone() };
    for at in 0..dice.below(3) {
        items.push(format!("define holds{at} as {}\n", plain.condition(dice, Measure::Nothing, 2)));
        words.conditions.push(format!("holds{at}"));
    }
    for (at, measure) in [Measure::Money, Measure::Percent, Measure::Duration].into_iter().enumerate() {
        if dice.chance(40) {
            items.push(format!("define value{at} as {}\n", plain.quantity(dice, measure, 2)));
            words.values.push((format!("value{at}"), measure));
        }
    }
    items
}

fn whom(dice: &mut Dice, words: &Words) -> String {
    if dice.chance(25) { "everyone".into() } else { dice.some(&words.roles, 30).join(", ") }
}

/// One or two actions of one measure.
fn actions(dice: &mut Dice) -> (String, Measure) {
    if dice.chance(15) {
        return ("refund, voucher".into(), Measure::Money);
    }
    // Money most of the time.
    let (name, measure) = if dice.chance(40) { ACTIONS[0] } else { dice.pick(&ACTIONS) };
    (name.into(), measure)
}

/// The `when`, `unless`, `from` and `until`; and what may be read behind them.
fn conditions(dice: &mut Dice, words: &Words, measure: Measure) -> (String, Words) {
    let mut text = String::new();
    let mut guarded = words.clone();
    if dice.chance(25) {
        let optional = dice.pick(&["coupon", "expires", "code", "proof"]);
        guarded.present.push(optional.into());
        text += &format!("  when {optional} is present");
        if dice.chance(60) {
            text += &format!(" and {}", guarded.joined(dice, measure));
        }
        text.push('\n');
    } else if dice.chance(60) {
        text += &format!("  when {}\n", words.condition(dice, measure, 2));
    }
    if dice.chance(20) {
        text += &format!("  unless {}\n", guarded.condition(dice, measure, 1));
    }
    for word in ["from", "until"] {
        if dice.chance(8) {
            let by = dice.pick(&["", " by bought", " by made"]);
            text += &format!("  {word} {}{by}\n", phrases::date_literal(dice));
        }
    }
    (text, guarded)
}

fn when(dice: &mut Dice, words: &Words, measure: Measure) -> String {
    if dice.chance(50) { String::new() } else { format!(" when {}", words.condition(dice, measure, 1)) }
}

fn charge(dice: &mut Dice, words: &Words, measure: Measure) -> String {
    let log = if measure == Measure::Nothing { "patience" } else { "log" };
    match (dice.below(10), measure) {
        (0 | 1, _) => "  charge patience\n".into(),
        (2, _) => format!("  charge {log}\n"),
        (3, _) => format!("  charge goodwill by {}\n", words.clone().without_spending().quantity(dice, Measure::Money, 1)),
        (4..=7, Measure::Money) => {
            dice.pick(&["  charge goodwill\n", "  charge worth\n", "  charge goodwill, worth\n", "  charge goodwill, patience\n"]).into()
        }
        (_, Measure::Money) => {
            format!("  charge {} by {} of amount\n", dice.pick(&["goodwill", "worth"]), dice.pick(&["33%", "50%", "rate", "12.5%", "0%"]))
        }
        (4..=6, Measure::Percent) => format!("  charge goodwill by amount of {}\n", dice.pick(&["order.total", "price", "30 EUR"])),
        (_, Measure::Percent) => "  charge percents\n".into(),
        (_, Measure::Duration) => "  charge hours_left\n".into(),
        (4..=6, Measure::Number) => format!("  charge goodwill by amount * {}\n", dice.pick(&["0.30 EUR", "price", "1 EUR"])),
        (_, Measure::Number) => "  charge credits\n".into(),
        (_, Measure::Nothing) => "  charge patience\n".into(),
    }
}

fn gives(dice: &mut Dice, words: &Words, measure: Measure, taste: Taste) -> String {
    let mut text = String::new();
    if dice.chance(taste.charges) {
        text += &charge(dice, words, measure);
    }
    for duty in ["photo", "note", "call"] {
        if dice.chance(18) {
            text += &format!("  require {duty}{}\n", when(dice, words, measure));
        }
    }
    text
}

fn head_quantity(dice: &mut Dice, words: &Words, measure: Measure, word: &str, percent: usize) -> String {
    if measure == Measure::Nothing || !dice.chance(percent) {
        return String::new();
    }
    format!(" {word} {}", words.quantity(dice, measure, 2))
}

fn permission(dice: &mut Dice, words: &Words, at: usize, taste: Taste) -> String {
    let (actions, measure) = actions(dice);
    let (conditions, guarded) = conditions(dice, words, measure);
    let mut item = format!("rule rule{at}\n  {} may {actions}{}\n", whom(dice, words), head_quantity(dice, &guarded, measure, "up to", 75));
    item += &conditions;
    if dice.chance(taste.approvals) {
        item += &format!("  approved by {}\n", dice.some(&words.roles, 20).join(", "));
    }
    item + &gives(dice, &guarded, measure, taste)
}

fn entitlement(dice: &mut Dice, words: &Words, at: usize, taste: Taste) -> String {
    let (actions, measure) = actions(dice);
    let (conditions, guarded) = conditions(dice, words, measure);
    let quantity = head_quantity(dice, &guarded, measure, "of", 90);
    format!("rule rule{at}\n  entitled to {actions}{quantity}\n{conditions}{}", gives(dice, &guarded, measure, taste))
}

fn prohibition(dice: &mut Dice, words: &Words, at: usize) -> String {
    let (actions, measure) = actions(dice);
    let (conditions, guarded) = conditions(dice, words, measure);
    let force = if dice.chance(25) { " even if entitled" } else { "" };
    let cap = head_quantity(dice, &guarded, measure, "more than", 60);
    let mut item = format!("rule rule{at}\n  {} may not {actions}{cap}{force}\n{conditions}", whom(dice, words));
    item += &instead(dice, &guarded, measure, &actions);
    item
}

fn instead(dice: &mut Dice, words: &Words, measure: Measure, actions: &str) -> String {
    let mut text = String::new();
    for (offered, of) in ACTIONS {
        if dice.chance(15) && !actions.contains(offered) {
            let up_to = head_quantity(dice, words, of, "up to", 60);
            text += &format!("  offer {offered}{up_to}{}\n", when(dice, words, measure));
        }
    }
    for _ in 0..dice.below(2) {
        text += &format!("  advise \"Say sorry.\"{}\n", when(dice, words, measure));
    }
    for role in words.roles.clone() {
        if dice.chance(12) {
            let within = dice.pick(&["", " within 2 hours", " within 1 day"]);
            text += &format!("  ask {role}{within}{}\n", when(dice, words, measure));
        }
    }
    if dice.chance(30) {
        text += "  because \"So it is.\"\n";
    }
    text
}

fn fallback(dice: &mut Dice, words: &Words) -> String {
    let (actions, measure) = actions(dice);
    let (conditions, guarded) = conditions(dice, words, measure);
    let rest = instead(dice, &guarded, measure, &actions);
    let rest =
        if rest.contains("offer") || rest.contains("ask ") || rest.contains("advise") { rest } else { format!("{rest}  advise \"Be kind.\"\n") };
    format!("fallback {actions}\n{conditions}{rest}")
}

fn rule_table(dice: &mut Dice, words: &Words, at: usize, taste: Taste) -> String {
    let form = dice.below(3);
    let (head, subject, quantity) = [("may", true, "up to"), ("may not", true, "more than"), ("entitled to", false, "of")][form];
    let (action, measure) = dice.pick(&ACTIONS[..5]);
    let mut item = format!("table rows{at}\n  {head} {action}\n");
    if dice.chance(40) {
        item += &format!("  when {}\n", words.condition(dice, measure, 1));
    }
    if form != 1 {
        item += &gives(dice, words, measure, taste);
    }
    let tests: Vec<&str> = dice.some(&["kind", "order.total", "flag", "today - bought", "coupon", "tags", "amount", "pieces"], 25);
    let require = form != 1 && dice.chance(40);
    let mut columns: Vec<&str> = if subject { vec!["role"] } else { Vec::new() };
    columns.extend(&tests);
    columns.push(quantity);
    columns.extend(require.then_some("require"));
    item += &format!("  | {} |\n", columns.join(" | "));
    for _ in 0..dice.between(1, 3) {
        let mut cells: Vec<String> = if subject { vec![whom(dice, words)] } else { Vec::new() };
        cells.extend(tests.iter().map(|column| phrases::cell(dice, column, measure)));
        cells.push(words.quantity(dice, measure, 1));
        cells.extend(require.then(|| dice.pick(&["", "photo", "note"]).to_owned()));
        item += &format!("  | {} |\n", cells.join(" | "));
    }
    item
}
