//! The tables of decisions.

use peers::{Input, Kind, Ready};

use crate::rival::{Measured, RIVALS, Rival};
use peers::figures::{grouped, median, ratio, short, time};

/// The contenders at one size.
pub type Column = (usize, Vec<Measured>);

/// Prints one table: a row for each contender, a column for each size.
pub fn decisions(kind: Kind, input: Input, columns: &[Column]) {
    let kind = match kind {
        Kind::Spread => "about 4 rules for each role and action",
        Kind::Desk => "all rules for one role and action",
    };
    let heading = match input {
        Input::Prepared => "question prepared",
        Input::Json => "from JSON",
    };
    println!("**{heading}, {kind}** (one decision · times the floor · times Kulanz)\n");
    let sizes: Vec<String> = columns.iter().map(|(size, _)| grouped(&size.to_string())).collect();
    println!("| | {} rules |\n|---|{}", sizes.join(" rules | "), "---|".repeat(columns.len()));
    for rival in &RIVALS {
        let cells: Vec<String> = columns.iter().filter_map(|(_, field)| cell(rival, input, field)).collect();
        if cells.iter().any(|cell| cell != NOTHING) {
            println!("| {} | {} |", rival.title, cells.join(" | "));
        }
    }
    println!();
}

/// What stands where nothing was measured.
const NOTHING: &str = "—";

fn cell(rival: &Rival, input: Input, field: &[Measured]) -> Option<String> {
    let times =
        |wanted: &dyn Fn(&Rival) -> bool| field.iter().find(|measured| wanted(measured.rival)).map(|measured| &measured.times[input as usize]);
    let own = times(&|one| std::ptr::eq(one, rival))?;
    let Some(each) = median(own.iter().copied()) else { return Some(NOTHING.to_owned()) };
    let mut cell = time(each);
    for measure in [times(&Rival::is_floor), times(&Rival::is_kulanz)] {
        cell += " · ";
        cell += &measure.and_then(|measure| ratio(own, measure)).map_or_else(|| NOTHING.to_owned(), short);
    }
    Some(cell)
}

/// Says what was not measured and why, and where not every answer was compared.
pub fn remarks(columns: &[Column]) {
    for (size, field) in columns {
        for measured in field {
            let (name, size, all) = (measured.rival.title, grouped(&size.to_string()), kulanz_scenario::QUESTIONS);
            match &measured.ready {
                Ready::Skipped(reason) => println!("- {name}, {size} rules: not measured, {reason}."),
                Ready::Ready { checked: [prepared, json], .. } if (*prepared).min(*json) < all => {
                    println!("- {name}, {size} rules: {prepared} and {json} of {all} answers compared before the timing.");
                }
                Ready::Ready { .. } => {}
            }
        }
    }
    println!();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(rival: &'static Rival, prepared: &[f64]) -> Measured {
        Measured { rival, ready: Ready::Ready { load_ns: 1, checked: [10_000, 10_000] }, times: [prepared.to_vec(), Vec::new()] }
    }

    #[test]
    fn a_cell_has_the_time_and_both_ratios() {
        let [floor, kulanz, cel, ..] = &RIVALS;
        let field = [measured(floor, &[100.0, 50.0]), measured(kulanz, &[200.0, 100.0]), measured(cel, &[1_000.0, 500.0])];
        assert_eq!(cell(cel, Input::Prepared, &field).as_deref(), Some("750 ns · 10 · 5.0"));
        assert_eq!(cell(cel, Input::Json, &field).as_deref(), Some(NOTHING));
        assert_eq!(cell(&RIVALS[3], Input::Prepared, &field), None);
    }
}
