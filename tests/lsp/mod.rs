//! The language server over its real protocol, with the built binary.

mod client;
mod editing;
mod finding;
mod grammar;
mod manners;
mod mending;

/// A small pack in two files and a table.
const SHOP: &str = "\
policy \"Größe & Co\"
  currency EUR
  time zone Europe/Berlin
  languages en

role agent \"Service agent\"
role lead \"Team lead\"
  above agent

fact reason one of late, damaged \"What happened\"
  asks \"What happened?\"
fact order.total money \"Order value\" verified
fact order.id text verified

action refund of money \"Money back\"
action voucher of money \"Voucher\"

duty note \"One sentence says why\"

budget goodwill \"Monthly allotment\"
  300 EUR per actor per month for agent
  900 EUR per actor per month

define generous as max(order.total, 20 EUR)

table limit_of gives money
  | reason  | is     |
  |---------|--------|
  | late    | 20 EUR |
  | damaged | 50 EUR |
";

const RULES: &str = "\
rule small_refund \"Small refunds on the spot\"
  agent may refund up to limit_of
  when reason is one of late, damaged
  charge goodwill
  require note when amount > 25 EUR
  because \"Up to {order.total}\"

table vouchers from \"vouchers.csv\"
  may voucher
  charge goodwill

test \"a late order\"
  as agent \"anna\"
  given reason is late
  given order.total is 80 EUR
  ask refund of 20 EUR
  expect yes
  expect because small_refund

test \"a wrong expectation\"
  as agent \"anna\"
  given reason is late
  ask refund of 30 EUR
  expect yes
";

const VOUCHERS: &str = "role;reason;up to\nagent;late;10 EUR\nlead;any;order.total\n";

fn shop() -> (tempfile::TempDir, std::path::PathBuf) {
    client::folder(&[("shop.kulanz", SHOP), ("rules/rules.kulanz", RULES), ("rules/vouchers.csv", VOUCHERS)])
}
