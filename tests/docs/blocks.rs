//! The fenced blocks of a guide.

use crate::process::root;

/// A fenced block.
#[derive(Clone, Debug)]
pub struct Block {
    /// Where it begins: `language-guide.md:12`.
    pub place: String,
    /// The words behind the fence, `pack=…` and `file=…` left out: `kulanz refused`.
    pub kind: String,
    pack: Option<String>,
    file: Option<String>,
    /// What it holds.
    pub text: String,
}

impl Block {
    /// The pack that it belongs to.
    pub fn pack(&self) -> Option<&str> {
        self.pack.as_deref()
    }

    /// The name of the file that it shows.
    #[track_caller]
    pub fn file(&self) -> &str {
        self.file.as_deref().unwrap_or_else(|| panic!("{}: `file=…` is missing", self.place))
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
    let value = |key: &str| info.split(' ').find_map(|word| word.strip_prefix(key)).map(str::to_owned);
    let kind = info.split(' ').filter(|word| !word.contains('=')).collect::<Vec<_>>().join(" ");
    let text = body.iter().map(|line| format!("{line}\n")).collect();
    Block { place, kind, pack: value("pack="), file: value("file="), text }
}
