//! What a code means, with an example that yields it and one that does not.

use super::{Code, pages};

/// What there is to say of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The code.
    pub code: Code,
    /// The page, as Markdown.
    pub page: &'static str,
}

impl Code {
    /// What there is to say of this code.
    ///
    /// ```
    /// use kulanz::diagnostic::Code;
    /// let explained = Code::UnknownName.explain();
    /// assert!(explained.wrong().unwrap().contains("agnet"));
    /// assert!(explained.right().unwrap().contains("agent may refund"));
    /// assert!(explained.said().unwrap().starts_with("error[K0202]"));
    /// ```
    #[must_use]
    pub fn explain(self) -> Explanation {
        Explanation { code: self, page: pages::page(self.text()).unwrap_or_default() }
    }

    /// The code with this text, also in small letters.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        // `202` and `0202` are as clear.
        let digits = text.trim_start_matches('0');
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.text().eq_ignore_ascii_case(text) || code.text().trim_start_matches('K').trim_start_matches('0') == digits)
    }
}

impl Explanation {
    /// An example that yields the code. Where it is several files, each stands behind its name.
    #[must_use]
    pub fn wrong(&self) -> Option<String> {
        self.example("## Wrong")
    }

    /// What is said of it.
    #[must_use]
    pub fn said(&self) -> Option<String> {
        let (_, text) = self.blocks("## Wrong")?.into_iter().find(|(info, _)| *info == "text")?;
        Some(text)
    }

    /// The same without the mistake.
    #[must_use]
    pub fn right(&self) -> Option<String> {
        self.example("## Right")
    }

    fn example(&self, heading: &str) -> Option<String> {
        let files: Vec<String> = self
            .blocks(heading)?
            .into_iter()
            .filter(|(info, _)| *info != "text")
            .map(|(info, text)| match info.split(' ').find_map(|word| word.strip_prefix("file=")) {
                Some(name) => format!("{name}:\n{text}"),
                None => text,
            })
            .collect();
        Some(files.join("\n"))
    }

    /// The fenced blocks below a heading, each with what stands behind its fence.
    fn blocks(&self, heading: &str) -> Option<Vec<(&'static str, String)>> {
        let (_, below) = self.page.split_once(heading)?;
        let mut lines = below.lines();
        let mut blocks = Vec::new();
        while let Some(line) = lines.next().filter(|line| !line.starts_with("## ")) {
            if let Some(info) = line.strip_prefix("```") {
                let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
                blocks.push((info, text.join("\n") + "\n"));
            }
        }
        Some(blocks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_however_it_is_written() {
        assert_eq!(Code::find("k0202"), Some(Code::UnknownName));
        assert_eq!(Code::find("K9999"), None);
    }

    #[test]
    fn every_code_has_a_page() {
        assert!(Code::ALL.iter().all(|code| code.explain().page.starts_with(&format!("# {} (", code.text()))));
    }

    #[test]
    fn several_files_are_told_apart() {
        let right = Code::Unreadable.explain().right().unwrap_or_default();
        assert!(right.contains("may refund") && right.contains("vouchers.csv:\nrole,up to\n"), "{right}");
    }
}
