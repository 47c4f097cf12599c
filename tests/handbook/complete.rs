//! Every rule, row and clause that binds a role is in its handbook, and no other rule.

use std::collections::{BTreeSet, HashMap};

use kulanz::handbook::Page;
use kulanz::policy::expr::{Expr, ExprKind, Type, Value};
use kulanz::policy::{Complete, FactId, Instead, Piece, RoleId, Rule, RuleId, RuleKind, Subject, Text};
use kulanz::say::Speech;
use roxmltree::{Document, Node, ParsingOptions};

use super::{PACKS, page, policy};

/// Each pack for all roles and for each one, in each language.
fn each(mut look: impl FnMut(&Complete, Option<RoleId>, usize, &Page)) {
    for path in PACKS {
        let policy = policy(path);
        for language in 0..policy.languages.len() {
            for role in std::iter::once(None).chain(policy.role_ids().map(Some)) {
                look(&policy, role, language, &page(&policy, role, language));
            }
        }
    }
}

fn parsed(html: &str) -> Document<'_> {
    Document::parse_with_options(html, ParsingOptions { allow_dtd: true, ..ParsingOptions::default() }).unwrap_or_else(|error| panic!("{error}"))
}

fn by_id<'d>(document: &'d Document<'_>) -> HashMap<&'d str, Node<'d, 'd>> {
    let mut found = HashMap::new();
    for node in document.descendants() {
        if let Some(id) = node.attribute("id") {
            assert!(found.insert(id, node).is_none(), "`{id}` is there twice");
        }
    }
    found
}

fn text_of(node: Node<'_, '_>) -> String {
    node.descendants().filter_map(|inner| inner.text().filter(|_| inner.is_text())).collect()
}

/// The roles whose people a rule binds, from the language page: permissions flow up, prohibitions down.
fn binds(policy: &Complete, rule: &Rule, role: RoleId) -> bool {
    fn stands_on(policy: &Complete, upper: RoleId, lower: RoleId) -> bool {
        upper == lower || policy.role(upper).unwrap().above.iter().any(|next| stands_on(policy, *next, lower))
    }
    match &rule.kind {
        RuleKind::Entitlement
        | RuleKind::Permission { subject: Subject::Everyone, .. }
        | RuleKind::Prohibition { subject: Subject::Everyone, .. } => true,
        RuleKind::Permission { subject: Subject::Roles(named), .. } => named.iter().any(|named| stands_on(policy, role, *named)),
        RuleKind::Prohibition { subject: Subject::Roles(named), .. } => named.iter().any(|named| stands_on(policy, *named, role)),
    }
}

fn anchor(rule: &Rule) -> String {
    format!("rule-{}", rule.name.replace('[', "-").replace(']', ""))
}

#[test]
fn every_rule_that_binds_is_there_once_and_no_other() {
    each(|policy, role, _, page| {
        let html = page.html();
        let document = parsed(&html);
        let (found, markdown) = (by_id(&document), page.markdown());
        for rule in &policy.rules {
            let expected = role.is_none_or(|role| binds(policy, rule, role));
            let anchor = anchor(rule);
            assert_eq!(found.contains_key(&*anchor), expected, "{anchor} for {role:?} of {}", page.title);
            assert_eq!(markdown.matches(&format!("<a id=\"{anchor}\"></a>")).count(), usize::from(expected), "{anchor}");
        }
    });
}

#[test]
fn every_clause_is_there() {
    let mut looked_at = 0;
    each(|policy, role, language, page| {
        let html = page.html();
        let document = parsed(&html);
        let found = by_id(&document);
        let speech = Speech::new(policy, language);
        for (at, (rule, terms)) in policy.rules_with_terms().enumerate() {
            let Some(node) = found.get(&*anchor(rule)) else { continue };
            // What all rows have in common stands above the table.
            let above = node.ancestors().find(|node| rule.name.contains('[') && node.has_tag_name("section"));
            let shown = above.map_or_else(|| text_of(*node), |above| format!("{} {}", first_list(above), text_of(*node)));
            for part in parts(policy, rule, &speech) {
                assert!(shown.contains(&part), "`{part}` of {} for {role:?}: {shown}", rule.name);
                looked_at += 1;
            }
            let conditions = [terms.condition.as_ref(), terms.quantity.as_ref()];
            for name in conditions.into_iter().flatten().flat_map(|expr| names(policy, expr, &speech)) {
                assert!(shown.contains(&name), "`{name}` of {} for {role:?}: {shown}", rule.name);
                looked_at += 1;
            }
            assert_eq!(policy.rule(policy.rule_named(&rule.name).unwrap()).unwrap().name, rule.name, "{at}");
        }
        for (at, fallback) in policy.fallbacks.iter().enumerate() {
            let shown = text_of(found[&*format!("fallback-{}", at + 1)]);
            for part in instead(policy, &fallback.instead, &speech) {
                assert!(shown.contains(&part), "`{part}` of {}: {shown}", fallback.name);
            }
        }
    });
    assert!(looked_at > 5_000, "{looked_at}");
}

fn first_list(section: Node<'_, '_>) -> String {
    section.children().find(|node| node.has_tag_name("ul")).map(text_of).unwrap_or_default()
}

/// The texts of the policy that a rule's clauses name.
fn parts(policy: &Complete, rule: &Rule, speech: &Speech<'_>) -> Vec<String> {
    let mut parts = instead(policy, &rule.instead, speech);
    parts.extend(rule.cites.iter().chain(&rule.owner).chain(&rule.because).filter(|text| is_plain(text)).map(|text| speech.plain(text)));
    parts.extend(rule.charges.iter().map(|charge| titled(speech, policy.budget(charge.budget).map(|it| (&it.title, &it.name)))));
    parts.extend(rule.requires.iter().map(|require| titled(speech, policy.duty(require.duty).map(|it| (&it.title, &it.name)))));
    parts.extend(rule.actions.iter().map(|action| titled(speech, policy.action(*action).map(|it| (&it.title, &it.name)))));
    if let RuleKind::Permission { approved_by, .. } = &rule.kind {
        parts.extend(approved_by.iter().map(|role| titled(speech, policy.role(*role).map(|it| (&it.title, &it.name)))));
    }
    if let RuleKind::Permission { subject: Subject::Roles(roles), .. } | RuleKind::Prohibition { subject: Subject::Roles(roles), .. } = &rule.kind
        && !matches!(rule.kind, RuleKind::Prohibition { cap: kulanz::policy::Cap::Everything, .. })
    {
        parts.extend(roles.iter().map(|role| titled(speech, policy.role(*role).map(|it| (&it.title, &it.name)))));
    }
    let days = rule.from.iter().chain(&rule.until).map(|day| day.date).chain(rule.review_by.map(|(day, _)| day));
    parts.extend(days.map(|day| day.strftime("%Y").to_string()));
    parts
}

fn instead(policy: &Complete, instead: &Instead, speech: &Speech<'_>) -> Vec<String> {
    let offers = instead.offers.iter().map(|offer| titled(speech, policy.action(offer.action).map(|it| (&it.title, &it.name))));
    let advice =
        instead.advice.iter().filter(|advice| is_plain(&advice.text)).map(|advice| speech.plain(&advice.text).trim_end_matches('.').to_owned());
    let routes = instead.routes.iter().map(|route| titled(speech, policy.role(route.role).map(|it| (&it.title, &it.name))));
    let whens =
        instead.offers.iter().flat_map(|offer| offer.when.iter().chain(&offer.up_to)).chain(instead.routes.iter().filter_map(|it| it.when.as_ref()));
    let names = whens.flat_map(|when| names(policy, when, speech));
    offers.chain(advice).chain(routes).chain(names).collect()
}

fn is_plain(text: &Text) -> bool {
    text.variants.iter().all(|(_, template)| template.0.iter().all(|piece| matches!(piece, Piece::Plain(_))))
}

fn titled(speech: &Speech<'_>, thing: Option<(&Option<Text>, &String)>) -> String {
    let (title, name) = thing.unwrap();
    title.as_ref().map_or_else(|| name.clone(), |title| speech.plain(title).trim_end_matches('.').to_owned())
}

/// What an expression itself names: facts, definitions and values.
fn names(policy: &Complete, expr: &Expr, speech: &Speech<'_>) -> Vec<String> {
    let mut found = Vec::new();
    match &expr.kind {
        ExprKind::Fact(id) | ExprKind::Present(id) => found.push(fact_name(policy, *id, speech)),
        ExprKind::Definition(id) => found.push(titled(speech, policy.definition(*id).map(|it| (&it.title, &it.name)))),
        ExprKind::Lookup(id) => found.push(titled(speech, policy.lookup(*id).map(|it| (&it.title, &it.name)))),
        ExprKind::Constant(Value::Choice(id)) => found.push(policy.choice(*id).replace('_', " ")),
        ExprKind::Constant(Value::Text(text)) => found.push(text.clone()),
        // Larger ones are written in groups.
        ExprKind::Constant(Value::Quantity(number)) if expr.ty == Type::Number && number.is_whole() && number.to_string().len() < 4 => {
            found.push(number.to_string());
        }
        ExprKind::Includes(_, _, choices) => found.extend(choices.iter().map(|id| policy.choice(*id).replace('_', " "))),
        _ => {}
    }
    found.extend(expr.children().into_iter().flat_map(|child| names(policy, child, speech)));
    found
}

fn fact_name(policy: &Complete, id: FactId, speech: &Speech<'_>) -> String {
    let fact = policy.fact(id).unwrap();
    fact.title.as_ref().or(fact.asks.as_ref()).map_or_else(|| fact.name.clone(), |title| speech.plain(title).trim_end_matches('.').to_owned())
}

#[test]
fn html_stands_alone_and_every_link_leads_somewhere() {
    each(|_, _, _, page| {
        let html = page.html();
        let document = parsed(&html);
        let ids: BTreeSet<&str> = by_id(&document).into_keys().collect();
        for node in document.descendants() {
            assert!(!["script", "link", "img", "iframe", "base"].contains(&node.tag_name().name()), "{}", node.tag_name().name());
            assert!(node.attribute("src").is_none() && node.attribute("style").is_none());
            if let Some(to) = node.attribute("href") {
                assert!(ids.contains(to.strip_prefix('#').unwrap()), "{to}");
            }
            // A paragraph holds words only, a list only entries.
            let may_hold = |child: &Node<'_, '_>| match node.tag_name().name() {
                "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "a" => ["a", "strong", "br"].contains(&child.tag_name().name()),
                "ul" => child.has_tag_name("li"),
                "tr" => ["td", "th"].contains(&child.tag_name().name()),
                _ => true,
            };
            assert!(node.children().filter(Node::is_element).all(|child| may_hold(&child)), "{}", text_of(node));
        }
        let style = document.descendants().find(|node| node.has_tag_name("style")).unwrap();
        let style = text_of(style);
        assert!(style.contains("@media print") && style.contains("prefers-color-scheme: dark"));
        assert!(!style.contains("url(") && !style.contains("@import") && !style.contains('<'));
        assert!(document.root_element().attribute("lang").is_some_and(|language| !language.is_empty()));
    });
}

#[test]
fn markdown_links_lead_somewhere() {
    each(|_, _, _, page| {
        let markdown = page.markdown();
        for (at, _) in markdown.match_indices("](#") {
            let to = markdown[at + 3..].split(')').next().unwrap();
            assert!(markdown.contains(&format!("<a id=\"{to}\"></a>")), "{to}");
        }
        let columns = |line: &str| line.replace("\\|", "").matches('|').count();
        let rows: Vec<&str> = markdown.lines().filter(|line| line.starts_with('|')).collect();
        assert!(rows.windows(2).all(|pair| !pair[1].starts_with("|-") || columns(pair[0]) == columns(pair[1])));
    });
}

#[test]
fn what_is_inherited_says_so() {
    let policy = policy("tests/handbook/house.kulanz");
    let of = |role: &str| page(&policy, Some(policy.role_named(role).unwrap()), 1).markdown();
    let (agent, boss) = (of("agent"), of("boss"));
    assert!(boss.contains("[everything](#rule-everything): up to the smallest of") && boss.contains("(as Agent may)"));
    assert!(agent.contains("[cap](#rule-cap): no more than “half”, in certain cases (also for Team lead)"), "{agent}");
    assert!(agent.contains("- Team lead (answers within 4 hours): up to 100.00 EUR, in certain cases"), "{agent}");
    assert!(
        agent.contains(
            "- boss (answers within 2 working days): up to 100.00 EUR, in certain cases; without limit, with approval by Team lead and Stock"
        )
    );
    let _: RuleId = policy.rule_named("cap").unwrap();
}

#[test]
fn nobody_is_asked_for_what_one_may_grant_in_every_case() {
    let text = |agent: &str| {
        let head = "policy \"p\"\n    currency EUR\n    time zone Europe/Berlin\n\nrole agent\nrole bot\nrole lead\n    above agent\n\naction voucher of money\n\n";
        format!(
            "{head}rule a\n    agent may voucher {agent}\n\nrule b\n    bot may voucher up to 15 EUR\n\nrule c\n    lead may voucher up to 15.01 EUR\n    approved by lead\n"
        )
    };
    // The first list behind the words.
    let asked = |agent: &str| {
        let policy = crate::shop::load_all(&[("p.kulanz", &text(agent))]);
        let page = page(&policy, Some(policy.role_named("agent").unwrap()), 0).markdown();
        let list = page.split_once("Whom you can ask").unwrap().1.split("\n\n").nth(1).unwrap();
        list.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let lead = "- lead: up to 15.01 EUR, with approval by another person of this role";
    assert_eq!(asked("up to 15 EUR"), [lead]);
    let bot = "- bot: up to 15.00 EUR";
    assert_eq!(asked("up to 14.99 EUR"), [bot, lead]);
    assert_eq!(asked("up to 15 EUR\n    when amount > 3 EUR"), [bot, lead], "in certain cases is not in every case");
}

#[test]
fn whom_to_ask_is_said_with_the_most_that_they_grant() {
    let text = "policy \"p\"\n  currency EUR\n  time zone Europe/Berlin\n\nrole agent\nrole lead\n  above agent\nrole boss\n  above lead\nrole finance\n\nfact vip yes/no\n  asks \"?\"\naction voucher of money\n\n\
         rule a\n  lead may voucher up to 15 EUR\n\nrule b\n  boss may voucher up to 30 EUR\n\nrule c\n  boss may voucher up to 20 EUR\n  when vip\n\nrule d\n  boss may voucher up to 40 EUR\n  when vip\n\nrule e\n  boss may voucher up to 50 EUR\n  when not vip\n\n\
         rule f\n  boss may voucher\n  when vip\n  approved by boss, finance\n";
    let policy = crate::shop::load_all(&[("p.kulanz", text)]);
    let page = page(&policy, Some(policy.role_named("agent").unwrap()), 0).markdown();
    assert!(page.contains("\n- lead: up to 15.00 EUR\n"), "{page}");
    let boss = "\n- boss: up to 30.00 EUR; up to 50.00 EUR, in certain cases; without limit, with approval by another person of this role and by finance, in certain cases\n";
    assert!(page.contains(boss), "{page}");
}

#[test]
fn a_text_in_another_language_is_better_than_none() {
    let policy = policy("tests/handbook/house.kulanz");
    let german = page(&policy, None, 0).markdown();
    assert!(german.contains("Rat: Say sorry.") && german.contains("Quelle: House rules § 1<br>and 2"));
    assert!(german.contains("boss darf ohne Obergrenze gewähren: Geld zurück."));
}
