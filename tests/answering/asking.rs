//! Who could make it happen, and in which order.

use super::shop::shop;

#[test]
fn decide_is_every_role_whose_own_authority_covers_x_but_r_and_those_below() {
    let shop = shop("rule a\n  agent, warehouse, finance may refund up to 50 EUR\nrule b\n  senior may not refund more than 20 EUR\n");
    assert_eq!(shop.ask("senior", "refund 50 EUR").answer().ask(), "lead, manager, warehouse, finance");
    assert_eq!(shop.ask("agent", "refund 60 EUR").answer().ask(), "");
}

#[test]
fn order_is_by_steps_up_the_hierarchy_then_the_others_then_the_order_of_the_items() {
    let shop = shop("rule a\n  senior, finance, warehouse may refund up to 50 EUR\n");
    // From agent: senior 1, lead 2, manager 3; warehouse and finance are others.
    assert_eq!(shop.ask("agent", "refund 50 EUR").answer().ask(), "senior, lead, manager, warehouse, finance");
    // From warehouse's side manager is one step up.
    let other = super::shop::shop("rule a\n  agent, manager, finance may refund up to 50 EUR\n");
    assert_eq!(other.ask("warehouse", "refund 50 EUR").answer().ask(), "manager, agent, senior, lead, finance");
}

#[test]
fn roles_named_by_ask_clauses_of_prohibitions_come_first_then_those_of_the_fallback() {
    let shop = shop(
        "rule a\n  senior, finance, warehouse may refund up to 50 EUR\n\
         rule p\n  agent may not refund more than 10 EUR\n  ask manager within 2 hours\n\
         rule q\n  agent may not refund more than 60 EUR\n  ask lead\n\
         fallback refund\n  ask finance within 3 days\n  ask manager within 9 hours\n",
    );
    let got = shop.ask("agent", "refund 50 EUR").answer();
    assert_eq!(got.ask(), "manager, finance, senior, lead, warehouse");
    assert_eq!(got.within(), "2 Hour, 3 Day, -, 4 Hour, 1 Day");
}

#[test]
fn an_ask_clause_with_a_condition_counts_only_where_it_holds() {
    let shop = shop("rule a\n  senior, warehouse may refund up to 50 EUR\nfallback refund\n  ask warehouse when reason is wrong_item\n");
    assert_eq!(shop.ask("agent", "refund 50 EUR").given("reason", "wrong_item").answer().ask(), "warehouse, senior, lead, manager");
    assert_eq!(shop.ask("agent", "refund 50 EUR").given("reason", "late").answer().ask(), "senior, lead, manager, warehouse");
    assert_eq!(shop.ask("agent", "refund 50 EUR").answer().ask(), "senior, lead, manager, warehouse");
}

#[test]
fn a_role_that_could_neither_decide_nor_approve_is_never_listed() {
    let shop = shop("rule a\n  lead may refund up to 50 EUR\nfallback refund\n  ask finance\n");
    assert_eq!(shop.ask("agent", "refund 50 EUR").answer().ask(), "lead, manager");
    assert_eq!(shop.ask("agent", "refund 51 EUR").answer().word(), "no");
}

#[test]
fn approve_lists_all_approvers_of_one_permission() {
    let shop = shop("rule a\n  manager may refund\n  approved by finance, warehouse\n");
    let got = shop.ask("manager", "refund 900 EUR").answer();
    assert_eq!((got.word(), got.ask().as_str()), ("ask", "warehouse approves, finance approves"));
}

#[test]
fn an_approver_of_the_own_role_stands_at_no_step() {
    let shop = shop("rule a\n  agent may refund\n  approved by agent\n");
    assert_eq!(shop.ask("agent", "refund 900 EUR").answer().ask(), "agent approves, senior with agent, lead with agent, manager with agent");
}

#[test]
fn the_permission_with_the_fewest_approvers_counts_then_the_first() {
    let shop = shop(
        "rule a\n  agent may refund up to 900 EUR\n  approved by lead, finance\nrule b\n  agent may refund up to 500 EUR\n  approved by warehouse\n\
         rule c\n  agent may refund up to 500 EUR\n  approved by manager\n",
    );
    let ask = |what| shop.ask("agent", what).answer().ask();
    assert_eq!(ask("refund 400 EUR"), "senior with warehouse, lead with warehouse, manager with warehouse, warehouse approves");
    assert_eq!(ask("refund 600 EUR"), "senior with lead and finance, lead with lead and finance, manager with lead and finance, finance approves");
}

#[test]
fn a_permission_that_needs_approval_is_no_authority_of_ones_own() {
    let shop = shop("rule a\n  agent may refund up to 900 EUR\n  approved by finance\nrule b\n  agent may refund up to 50 EUR\n");
    let got = shop.ask("agent", "refund 60 EUR").answer();
    assert_eq!((got.word(), got.limit().as_str()), ("up_to", "50"));
    assert_eq!(got.ask(), "senior with finance, lead with finance, manager with finance, finance approves");
}

#[test]
fn an_approver_needs_no_permission_of_its_own() {
    let shop = shop("rule a\n  agent may refund up to 900 EUR\n  approved by finance\nrule p\n  finance may not refund\n");
    assert_eq!(shop.ask("agent", "refund 60 EUR").answer().ask(), "senior with finance, lead with finance, manager with finance, finance approves");
}

#[test]
fn one_bound_by_a_full_prohibition_even_if_entitled_cannot_approve_and_that_permission_does_not_count() {
    let shop = shop(
        "rule a\n  agent may refund up to 900 EUR\n  approved by finance\nrule b\n  agent may refund up to 900 EUR\n  approved by lead, warehouse\n\
         rule p\n  finance may not refund even if entitled\n  when fraud\n",
    );
    let ask = |fraud: bool| shop.ask("agent", "refund 60 EUR").given("fraud", fraud).answer().ask();
    assert_eq!(ask(false), "senior with finance, lead with finance, manager with finance, finance approves");
    assert_eq!(ask(true), "senior with lead and warehouse, lead with lead and warehouse, manager with lead and warehouse, warehouse approves");
}

#[test]
fn a_cap_even_if_entitled_keeps_nobody_from_approving() {
    let shop = shop("rule a\n  agent may refund\n  approved by finance\nrule p\n  finance may not refund more than 10 EUR even if entitled\n");
    assert_eq!(shop.ask("agent", "refund 60 EUR").answer().ask(), "senior with finance, lead with finance, manager with finance, finance approves");
}

#[test]
fn the_limit_the_ceiling_and_the_room_of_the_proposer_bind_what_is_approved() {
    let shop = shop(
        "budget goodwill\n  100 EUR per actor per month for agent\n  300 EUR per actor per month for senior\n\
         rule a\n  agent may refund up to 200 EUR\n  approved by finance\n  charge goodwill\n",
    );
    assert_eq!(shop.ask("agent", "refund 100 EUR").answer().ask(), "senior with finance, lead with finance, manager with finance, finance approves");
    let got = shop.ask("agent", "refund 150 EUR").answer();
    assert_eq!(got.ask(), "senior with finance, lead with finance, manager with finance");
    assert_eq!(shop.ask("agent", "refund 201 EUR").answer().word(), "no");
    let got = shop.ask("senior", "refund 200 EUR").spent("goodwill", "250 EUR").answer();
    assert_eq!(got.ask(), "lead with finance, manager with finance");
}

#[test]
fn decide_carries_approved_by_only_where_it_is_needed() {
    let shop = shop("rule a\n  lead may refund up to 50 EUR\nrule b\n  lead may refund\n  approved by finance\n");
    assert_eq!(shop.ask("agent", "refund 50 EUR").answer().ask(), "lead, manager");
    assert_eq!(shop.ask("agent", "refund 51 EUR").answer().ask(), "lead with finance, manager with finance");
}

#[test]
fn another_person_of_the_same_role_comes_first() {
    let shop = shop(
        "rule a\n  agent may refund up to 50 EUR\nrule own\n  everyone may not refund\n  when known or customer.id is actor.id\n\
         fallback refund\n  ask manager\n",
    );
    let ask = |customer: &str, known: bool| shop.ask("agent", "refund 50 EUR").given("customer.id", customer).given("known", known).answer();
    assert_eq!(ask("c-1", false).word(), "yes");
    assert_eq!(ask("anna", false).ask(), "agent (another), manager, senior, lead");
    assert_eq!(ask("c-1", true).ask(), "agent (another), manager, senior, lead");
}

#[test]
fn spent_budgets_alone_make_no_other_person() {
    let shop = shop("budget goodwill\n  100 EUR per actor per month\nrule a\n  agent may refund\n  charge goodwill\n");
    let got = shop.ask("agent", "refund 50 EUR").spent("goodwill", "80 EUR").answer();
    assert_eq!((got.limit().as_str(), got.ask().as_str()), ("20", "senior, lead, manager"));
}

#[test]
fn for_somebody_else_budgets_keyed_by_actor_are_unspent_the_others_are_not() {
    let shop = shop(
        "budget goodwill\n  100 EUR per actor per month\nbudget house\n  1_000 EUR per month\n\
         rule a\n  agent may refund\n  charge goodwill, house\n",
    );
    let ask = |house: &str| shop.ask("agent", "refund 50 EUR").spent("goodwill", "100 EUR").spent("house", house).answer().ask();
    assert_eq!(ask("950 EUR"), "senior, lead, manager");
    assert_eq!(ask("951 EUR"), "");
}

#[test]
fn for_somebody_else_actor_id_equals_no_supplied_text_and_the_team_is_the_same() {
    let shop = shop(
        "rule a\n  lead may refund\n  when actor.id is \"anna\"\nrule b\n  lead may voucher\n  when actor.team is \"berlin\"\n\
         rule c\n  lead may take_back\n  when actor.id is not \"anna\"\n",
    );
    assert_eq!(shop.ask("agent", "refund 1 EUR").answer().word(), "no");
    assert_eq!(shop.ask("agent", "voucher 1 EUR").answer().ask(), "lead, manager");
    assert_eq!(shop.ask("agent", "take_back").answer().ask(), "lead, manager");
}

#[test]
fn facts_about_the_actor_take_their_default_for_somebody_else() {
    let shop = shop("rule a\n  everyone may refund\n  unless known\n");
    let got = shop.ask("finance", "refund 1 EUR").given("known", true).answer();
    assert_eq!((got.word(), got.ask().as_str()), ("ask", "finance (another), agent, senior, lead, warehouse, manager"));
}

#[test]
fn conditions_of_those_who_are_asked_read_the_amount_asked_for() {
    let shop = shop("rule a\n  lead may refund\n  when amount <= 100 EUR\nrule b\n  manager may refund\n  when amount > 100 EUR\n");
    assert_eq!(shop.ask("agent", "refund 100 EUR").answer().ask(), "lead, manager");
    assert_eq!(shop.ask("agent", "refund 100.01 EUR").answer().ask(), "manager");
}

#[test]
fn what_is_owed_only_without_the_prohibition_on_the_asker_is_decided_by_others() {
    let shop = shop("rule e\n  entitled to refund of 100 EUR\nrule p\n  lead, warehouse may not refund even if entitled\n");
    assert_eq!(shop.ask("lead", "refund 100 EUR").answer().ask(), "manager, finance");
}

#[test]
fn for_somebody_else_a_budget_keyed_by_actor_is_unspent_whatever_else_it_is_keyed_by() {
    let shop = shop("budget goodwill\n  100 EUR per actor per customer.id per month\nrule a\n  agent may refund\n  charge goodwill\n");
    let got = shop.ask("agent", "refund 50 EUR").answer();
    assert_eq!((got.word(), got.need().as_str(), got.otherwise().word()), ("need", "customer.id", "ask"));
    assert_eq!(got.otherwise().ask(), "senior, lead, manager");
}
