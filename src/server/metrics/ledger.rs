//! What was granted, how much of the budgets that was, and what webhooks were told.

use std::fmt::{self, Write};

use super::{head, single};
use crate::hooks::Tally;
use crate::ledger::usage::{Spending, Usage};

/// Writes what this process committed to the ledger, and what it told.
pub fn write(out: &mut String, usage: &Usage, told: &Tally) -> fmt::Result {
    head(out, "kulanz_grants_total", "counter", "Grants, by action and what came of them.")?;
    for ((action, fate), count) in &usage.grants {
        writeln!(out, "kulanz_grants_total{{action=\"{action}\",result=\"{}\"}} {count}", fate.word())?;
    }
    head(out, "kulanz_budget_charged_total", "counter", "What was charged to budgets, also what was taken back later.")?;
    for ((budget, unit), spending) in &usage.budgets {
        let charged = spending.charged.to_fixed(spending.charged.decimals().unwrap_or(6));
        writeln!(out, "kulanz_budget_charged_total{{budget=\"{budget}\",unit=\"{unit}\"}} {charged}")?;
    }
    head(out, "kulanz_budget_used_ratio", "histogram", "Which share of its allotment somebody had used after a grant.")?;
    for ((budget, unit), spending) in &usage.budgets {
        write_shares(out, &format!("budget=\"{budget}\",unit=\"{unit}\""), spending)?;
    }
    single(out, ("kulanz_webhook_deliveries_total", "counter"), "Messages that webhooks took.", told.delivered())?;
    single(out, ("kulanz_webhook_tries_failed_total", "counter"), "Tries to tell a webhook that came to nothing.", told.refused())?;
    single(out, ("kulanz_webhook_messages_lost_total", "counter"), "Messages that are tried no more.", told.failed())
}

fn write_shares(out: &mut String, labels: &str, spending: &Spending) -> fmt::Result {
    const NAME: &str = "kulanz_budget_used_ratio";
    let mut within = 0;
    for (bound, count) in Spending::BOUNDS.iter().zip(spending.shares) {
        within += count;
        writeln!(out, "{NAME}_bucket{{{labels},le=\"{}.{:02}\"}} {within}", bound / 100, bound % 100)?;
    }
    writeln!(out, "{NAME}_bucket{{{labels},le=\"+Inf\"}} {within}")?;
    writeln!(out, "{NAME}_sum{{{labels}}} {}.{:03}", spending.thousandths / 1000, spending.thousandths % 1000)?;
    writeln!(out, "{NAME}_count{{{labels}}} {within}")
}
