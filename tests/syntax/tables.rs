//! Tables in the text and in CSV files.

use kulanz::pack::Pack;
use kulanz::syntax::ast::{CellKind, CellTest, ColumnKind, Grid, ItemKind, Quantity, Subject};

use super::{codes, item};

fn grid(text: &str) -> Grid {
    match item(text) {
        ItemKind::RuleTable(table) => table.body.grid.unwrap(),
        ItemKind::Lookup(lookup) => lookup.body.grid.unwrap(),
        other => panic!("{other:?}"),
    }
}

/// What the cells of a test column say.
fn test_cell(cell: &str) -> CellTest {
    let grid = grid(&format!("table t\n  may refund\n  | role | x |\n  | agent | {cell} |\n"));
    match grid.rows[0].cells[1].kind.clone() {
        CellKind::Test(test) => test,
        CellKind::Empty => CellTest::Any,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_form_of_a_test() {
    assert!(matches!(test_cell(""), CellTest::Any));
    assert!(matches!(test_cell("any"), CellTest::Any));
    assert!(matches!(test_cell("shoes"), CellTest::OneOf(values) if values.len() == 1));
    assert!(matches!(test_cell("shoes, clothing"), CellTest::OneOf(values) if values.len() == 2));
    assert!(matches!(test_cell("not shoes, clothing"), CellTest::Not(inner) if matches!(&*inner, CellTest::OneOf(values) if values.len() == 2)));
    assert!(matches!(test_cell("<= 45 days"), CellTest::Compare(parts) if parts.len() == 1));
    assert!(matches!(test_cell("< min(20 EUR, order.total)"), CellTest::Compare(parts) if parts.len() == 1));
    assert!(matches!(test_cell("> 30 days and <= 60 days"), CellTest::Compare(parts) if parts.len() == 2));
    assert!(matches!(test_cell("10 EUR .. 50 EUR"), CellTest::Range(..)));
    assert!(matches!(test_cell("10..50"), CellTest::Range(..)));
    assert!(matches!(test_cell("not 10 .. 50"), CellTest::Not(_)));
    assert!(matches!(test_cell("present"), CellTest::Presence(_)));
    assert!(matches!(test_cell("\"a | b # c\""), CellTest::OneOf(_)));
    assert!(matches!(test_cell("yes"), CellTest::OneOf(_)));
}

#[test]
fn every_kind_of_column() {
    let text = "table t \"T\"\n  may not refund, voucher even if entitled\n  when a\n  | role | more than | order.total > 5 EUR | because | from | until | offer | advise | ask |\n  | nobody_x, lead | unlimited | yes | de \"a\" en \"b\" | 2026-01-01 by d | 2026-12-31 | voucher up to 5 EUR when a | \"x\" when b | lead within 2 hours |\n  | everyone | 5 EUR |  |  |  |  |  |  |  |  # a comment\n";
    let grid = grid(text);
    assert_eq!(grid.columns.len(), 9);
    assert_eq!(grid.rows.len(), 2);
    assert!(matches!(&grid.rows[0].cells[1].kind, CellKind::Quantity(Quantity::Unlimited(_))));
    assert!(matches!(&grid.rows[1].cells[0].kind, CellKind::Subject(Subject::Everyone(_))));
    assert!(grid.rows[1].cells[2..].iter().all(|cell| cell.kind == CellKind::Empty));
}

#[test]
fn the_line_of_dashes_is_optional_and_stands_under_the_header() {
    let with = grid("table t gives money\n  | a | is |\n  |:--|---:|\n  | 1 | 2 EUR |\n");
    let without = grid("table t gives money\n  | a | is |\n  | 1 | 2 EUR |\n");
    assert_eq!((with.rows.len(), without.rows.len()), (1, 1));
    assert_eq!(without.columns[1].kind, ColumnKind::Is);
    assert!(!codes("table t gives money\n  | a | is |\n  | 1 | 2 EUR |\n  |---|---|\n").is_empty());
}

#[test]
fn clauses_may_stand_under_the_rows() {
    let text = "table t\n  may refund\n  | role |\n  | agent |\n  when a\n   and b\n  charge c\n";
    let ItemKind::RuleTable(table) = item(text) else { panic!() };
    assert_eq!(table.clauses.len(), 2);
}

#[test]
fn numbers_of_spreadsheets_are_shown_right() {
    for (cell, right) in [("12,50", "12.50"), ("1.000,00 EUR", "1000.00"), ("<= 1,000.50", "1000.50")] {
        let text = format!("table t\n  may refund\n  | role | order.total |\n  | agent | {cell} |\n");
        let found = super::messages(&text);
        assert!(found.len() == 1 && found[0].contains(&format!("write `{right}`")), "{found:?}");
    }
}

#[test]
fn listed_comparisons_are_shown_right() {
    let found = super::messages("table t\n  may refund\n  | role | d |\n  | agent | > 30 days, <= 60 days |\n");
    assert_eq!(found, ["a comma lists plain values, not comparisons; write `> 30 days and <= 60 days`"]);
}

#[test]
fn csv_files_are_tables() {
    let policy = "table v from \"sub/v.csv\"\n  may voucher\ntable prices from \"p.csv\" gives money\ntable again gives money from \"p.csv\"\n";
    let rules = "\u{feff}role;order.category;up to;because\r\n agent ; \"clothing, shoes\";20 EUR;\"\"\"He said \\\"\"no\\\"\"\"\"\"\r\n\r\n;;;\r\nlead;any;unlimited;\r\n";
    let (pack, problems) = Pack::from_texts(&[("shop.kulanz", policy), ("sub/v.csv", rules), ("p.csv", "a,is\n1,\"5 EUR\"\n\"2, 3\",6 EUR")]);
    assert!(problems.is_empty(), "{problems:#?}");
    let ItemKind::RuleTable(table) = &pack.parts[0].files[0].items[0].kind else { panic!() };
    let grid = table.body.grid.as_ref().unwrap();
    assert_eq!(grid.rows.len(), 2);
    assert_eq!(pack.sources.location(grid.rows[1].span), "sub/v.csv:5:1");
    assert_eq!(pack.sources.snippet(grid.rows[0].cells[1].span), "clothing, shoes");
    assert_eq!(pack.sources.snippet(grid.rows[0].cells[2].span), "20 EUR");
    assert_eq!(pack.sources.snippet(grid.rows[0].cells[3].span), "\"\"He said \\\"\"no\\\"\"\"\"");
}

#[test]
fn a_sign_of_a_comment_in_a_csv_file_is_an_error() {
    let read = |csv| Pack::from_texts(&[("shop.kulanz", "table v from \"v.csv\"\n  may voucher\n"), ("v.csv", csv)]).1;
    assert!(read("role,x\nagent,\"\"\"#1\"\"\"\n").is_empty());
    assert!(read("role,x\nagent,1 # one\n")[0].message.starts_with("row 2, column `x`: a CSV file has no comments"));
}

#[test]
fn problems_in_csv_files_name_row_and_column() {
    let rules = "role,order.category,up to\nagent,shoes,\"12,50\"\nlead,\"a, > 5\",12,50\nlead,any,\n";
    let (pack, problems) = Pack::from_texts(&[("shop.kulanz", "table v from \"v.csv\"\n  may voucher\n"), ("v.csv", rules)]);
    let found: Vec<String> =
        problems.iter().map(|problem| format!("{} {}", pack.sources.location(problem.span().unwrap()), problem.message)).collect();
    assert_eq!(
        found,
        [
            "v.csv:2:14 row 2, column `up to`: `12,50` is no number",
            "v.csv:3:1 row 3: this row has 4 cells, but the header has 3 cells",
            "v.csv:4:10 row 4, column `up to`: a cell under `up to` must say something",
        ]
    );
    assert!(problems[1].help.as_ref().unwrap().contains("`12.50`"));
}
