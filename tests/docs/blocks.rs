//! The fenced blocks of a guide.

use crate::process::root;

/// A fenced block.
#[derive(Clone, Debug)]
pub struct Block {
    /// Where it begins: `language-guide.md:12`.
    pub place: String,
    /// The words behind the fence, those with `=` left out: `kulanz refused`.
    pub kind: String,
    values: Vec<(String, String)>,
    /// What it holds.
    pub text: String,
}

impl Block {
    /// What stands behind the fence as `key=…`.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.values.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// The pack that it belongs to.
    pub fn pack(&self) -> Option<&str> {
        self.value("pack")
    }

    /// The name of the file that it shows.
    #[track_caller]
    pub fn file(&self) -> &str {
        self.value("file").unwrap_or_else(|| panic!("{}: `file=…` is missing", self.place))
    }
}

/// The blocks of `docs/NAME`, in order.
pub fn of(name: &str) -> Vec<Block> {
    let text = std::fs::read_to_string(root().join("docs").join(name)).unwrap();
    let mut blocks = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let body: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
            blocks.push(block(format!("{name}:{}", at + 1), info, &body));
        }
    }
    blocks
}

fn block(place: String, info: &str, body: &[&str]) -> Block {
    let values = info.split(' ').filter_map(|word| word.split_once('=')).map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let kind = info.split(' ').filter(|word| !word.contains('=')).collect::<Vec<_>>().join(" ");
    let text = body.iter().map(|line| format!("{line}\n")).collect();
    Block { place, kind, values, text }
}
