//! The report as `JUnit` XML, for build servers.

use std::fmt::Write as _;

use super::{Report, TestReport};
use crate::markup::escaped;

impl Report {
    /// One test suite with the given name; where coverage is told, its numbers are properties of the suite.
    #[must_use]
    pub fn junit(&self, name: &str) -> String {
        let (tests, failed) = (self.tests.len(), self.failed);
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let _ = writeln!(xml, "<testsuites tests=\"{tests}\" failures=\"{failed}\">");
        let _ = writeln!(xml, "  <testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failed}\" errors=\"0\" skipped=\"0\">", escaped(name));
        if let Some(coverage) = &self.coverage {
            let numbers = [("percent", coverage.percent), ("rules.covered", coverage.covered), ("rules.of", coverage.of)];
            xml.push_str("    <properties>\n");
            for (name, number) in numbers {
                let _ = writeln!(xml, "      <property name=\"coverage.{name}\" value=\"{number}\"/>");
            }
            xml.push_str("    </properties>\n");
        }
        for test in &self.tests {
            write_case(&mut xml, test);
        }
        xml.push_str("  </testsuite>\n</testsuites>\n");
        xml
    }
}

fn write_case(xml: &mut String, test: &TestReport) {
    // `file:line:column`
    let mut place = test.source.rsplitn(3, ':').skip(1);
    let (line, file) = (place.next().unwrap_or("1"), place.next().unwrap_or_default());
    let (title, file) = (escaped(&test.title), escaped(file));
    let _ = write!(xml, "    <testcase name=\"{title}\" classname=\"{file}\" file=\"{file}\" line=\"{line}\"");
    if test.passed {
        xml.push_str("/>\n");
        return;
    }
    xml.push_str(">\n");
    let lines: Vec<String> =
        test.failures.iter().map(|failure| format!("{}: expected {}, got {}", failure.source, failure.expected, failure.got)).collect();
    let message = test.failures.first().map_or_else(String::new, |failure| format!("expected {}, got {}", failure.expected, failure.got));
    let body = format!("{}\n{}", lines.join("\n"), test.explanation);
    let _ = writeln!(xml, "      <failure message=\"{}\" type=\"expectation\">{}</failure>", escaped(&message), escaped(&body));
    xml.push_str("    </testcase>\n");
}
