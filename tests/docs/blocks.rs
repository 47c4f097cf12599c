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
    /// The line of its fence, counted from 0.
    begins: usize,
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
            blocks.push(block(name, at, info, &body));
        }
    }
    blocks
}

/// Puts new texts into blocks of `docs/NAME`.
pub fn rewrite(name: &str, changed: &[(&Block, String)]) {
    let path = root().join("docs").join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for (block, text) in changed.iter().rev() {
        let body = block.begins + 1..block.begins + 1 + block.text.lines().count();
        lines.splice(body, text.lines().map(str::to_owned));
    }
    std::fs::write(path, lines.join("\n") + "\n").unwrap();
}

fn block(name: &str, begins: usize, info: &str, body: &[&str]) -> Block {
    let place = format!("{name}:{}", begins + 1);
    let values = info.split(' ').filter_map(|word| word.split_once('=')).map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let kind = info.split(' ').filter(|word| !word.contains('=')).collect::<Vec<_>>().join(" ");
    let text = body.join("\n") + "\n";
    Block { place, kind, values, text, begins }
}
