//! Running the real binary.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The pack that most tests ask.
pub const COUNTER: &str = "tests/fixtures/counter";

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit status.
    pub status: i32,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
}

impl Ended {
    /// Standard output as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// Asserts the exit status.
    #[track_caller]
    pub fn exits(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{self:#?}");
        self
    }

    /// Asserts a part of standard error.
    #[track_caller]
    pub fn says(self, part: &str) -> Self {
        assert!(self.err.contains(part), "`{part}` is not in {self:#?}");
        self
    }

    /// Asserts a part of standard output.
    #[track_caller]
    pub fn prints(self, part: &str) -> Self {
        assert!(self.out.contains(part), "`{part}` is not in {self:#?}");
        self
    }
}

/// `kulanz`, in the root of the repository, with none of its environment variables set.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kulanz"));
    command.current_dir(root());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("KULANZ_") {
            command.env_remove(name);
        }
    }
    command
}

/// The same, ended after 20 seconds: for what would serve for ever if it were not refused.
pub fn command_that_ends() -> Command {
    let mut bounded = Command::new("timeout");
    bounded.args(["20", env!("CARGO_BIN_EXE_kulanz")]).current_dir(root());
    for (name, _) in command().get_envs() {
        bounded.env_remove(name);
    }
    bounded
}

/// The root of the repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Runs `kulanz` with these arguments.
pub fn kulanz(arguments: &[&str]) -> Ended {
    end(command().args(arguments))
}

/// Runs `kulanz` in another folder.
pub fn kulanz_in(folder: &Path, arguments: &[&str]) -> Ended {
    end(command().current_dir(folder).args(arguments))
}

/// Runs a command to its end.
pub fn end(command: &mut Command) -> Ended {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { status: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

/// Runs `kulanz` with this on its standard input.
pub fn kulanz_reading(input: &[u8], arguments: &[&str]) -> Ended {
    let mut child = command().args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || {
        // A command that ended early closed its end.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { status: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

/// A folder with these files.
pub fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// A copy of the pack that most tests ask, to be changed.
pub fn own_counter() -> tempfile::TempDir {
    let read = |name: &str| std::fs::read_to_string(root().join(COUNTER).join(name)).unwrap();
    folder(&[("counter.kulanz", &read("counter.kulanz")), ("tests.kulanz", &read("tests.kulanz")), ("kulanz.toml", &read("kulanz.toml"))])
}
