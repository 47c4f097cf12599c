//! A PostgreSQL of the tests' own: made in a temporary folder, reached through a socket there and nowhere else.
//!
//! All test processes of a target folder share one cluster, and each test has a database of its own. The first who needs the cluster makes it; everybody holds a shared lock while using it; a small script that runs beside
//! the tests stops the cluster and removes its folder a few seconds after the last lock is gone.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Where the locks are. They stay there, empty.
const LOCKS: &str = env!("CARGO_TARGET_TMPDIR");

/// Waits until nobody has used the cluster for a while, and clears it away.
const CARETAKER: &str = r#"
locks=$1 folder=$2
exec 9>"$locks/postgres-caretaker.lock"
flock -n 9 || exit 0
while :; do
  flock "$locks/postgres-used.lock" true
  sleep 5
  (
    flock 8
    flock -n 7 || exit 1
    pid=$(head -n 1 "$folder/data/postmaster.pid") && kill -QUIT "$pid"
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    rm -rf "$folder"
  ) 8>"$locks/postgres-start.lock" 7>"$locks/postgres-used.lock" 9>&- && exit 0
done
"#;

/// A cluster, started or not.
pub struct Cluster {
    folder: PathBuf,
    bin: PathBuf,
}

/// A database in the shared cluster, which is dropped with this value.
pub struct Database {
    name: String,
    pub address: String,
}

/// Where PostgreSQL's programs are: the newest that is installed.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let in_path = std::env::split_paths(&path).filter_map(|folder| fs::canonicalize(folder.join("initdb")).ok()?.parent().map(Path::to_owned));
    let number = |bin: &PathBuf| bin.parent().and_then(Path::file_name).and_then(|name| name.to_str()?.parse::<u32>().ok());
    let mut all: Vec<_> =
        versions.chain(in_path).filter(|bin| ["initdb", "postgres", "pg_ctl", "psql"].iter().all(|name| bin.join(name).is_file())).collect();
    all.sort_by_key(number);
    let none = "PostgreSQL is not installed, and the tests of the ledger need one of their own (initdb, postgres, pg_ctl, psql); on Debian or Ubuntu: apt-get install postgresql";
    all.pop().unwrap_or_else(|| panic!("{none}"))
}

/// As whom PostgreSQL runs: it refuses to be root.
fn user() -> Option<(u32, u32)> {
    let id = |flag: &str| {
        let out = Command::new("id").args([flag, "postgres"]).output().unwrap();
        String::from_utf8(out.stdout).unwrap().trim().parse().expect("there is a user `postgres`, as whom root runs PostgreSQL")
    };
    let is_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    is_root.then(|| (id("-u"), id("-g")))
}

fn run(command: &mut Command) -> String {
    let out = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(out.status.success(), "{command:?}: {}{}", text(&out.stdout), text(&out.stderr));
    text(&out.stdout)
}

fn locked(name: &str) -> File {
    fs::create_dir_all(LOCKS).unwrap();
    File::options().create(true).append(true).open(Path::new(LOCKS).join(name)).unwrap()
}

impl Cluster {
    /// Makes a cluster in a folder, which must be there, empty, and reachable by everybody.
    pub fn make(folder: &Path) -> Self {
        let cluster = Self { folder: folder.to_owned(), bin: programs() };
        if let Some((user, group)) = user() {
            chown(folder, Some(user), Some(group)).unwrap();
        }
        run(cluster
            .program("initdb")
            .args(["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C"])
            .arg(cluster.data()));
        cluster
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.bin.join(name));
        command.current_dir(&self.folder).env_clear().env("LC_ALL", "C");
        if let Some((user, group)) = user() {
            command.gid(group).uid(user);
        }
        command
    }

    /// Starts it and waits until it answers. Its processes outlive whoever started them.
    pub fn start(&self) {
        self.start_with("-c shared_buffers=32MB -c fsync=off");
    }

    /// The same with settings of one's own.
    pub fn start_with(&self, settings: &str) {
        let folder = self.folder.display();
        let options = format!("-k {folder} -c listen_addresses= -c max_connections=200 {settings}");
        let mut command = self.program("pg_ctl");
        command.args(["-w", "-s", "-t", "60", "-o", &options, "-l"]).arg(self.folder.join("log")).arg("-D").arg(self.data()).arg("start");
        // What it starts keeps its outputs open.
        let done = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0).status().unwrap();
        assert!(done.success(), "PostgreSQL did not start: {}", fs::read_to_string(self.folder.join("log")).unwrap_or_default());
    }

    /// Stops it, whoever is connected.
    pub fn stop(&self) {
        self.end("fast");
    }

    /// Stops it as a crash would.
    pub fn crash(&self) {
        self.end("immediate");
    }

    /// Has all of its processes stand still (`STOP`), or go on (`CONT`).
    pub fn signal(&self, name: &str) {
        let first = fs::read_to_string(self.data().join("postmaster.pid")).unwrap().lines().next().unwrap().to_owned();
        let others = fs::read_to_string(format!("/proc/{first}/task/{first}/children")).unwrap();
        let mut all: Vec<_> = others.split_whitespace().collect();
        // Whoever looks after the others stands still first and goes on last.
        all.insert(if name == "STOP" { 0 } else { all.len() }, &first);
        // One may have ended meanwhile.
        Command::new("kill").args(["-s", name]).args(all).stderr(Stdio::null()).status().unwrap();
    }

    fn end(&self, mode: &str) {
        run(self.program("pg_ctl").args(["-w", "-s", "-m", mode, "-D"]).arg(self.data()).arg("stop"));
    }

    fn is_running(&self) -> bool {
        let mut command = self.program("pg_ctl");
        command.arg("-D").arg(self.data()).arg("status").stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
    }

    /// The address of a database.
    pub fn address(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.folder.display())
    }

    /// Runs SQL, and returns what comes of it, without headings.
    pub fn sql(&self, database: &str, sql: &str) -> String {
        let mut command = self.program("psql");
        run(command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database, "-c", sql, "-h"]).arg(&self.folder))
    }

    /// The one that all tests share.
    pub fn shared() -> &'static Self {
        /// With the lock that is held as long as this process uses it.
        static SHARED: OnceLock<(Cluster, File)> = OnceLock::new();
        let (cluster, _) = SHARED.get_or_init(|| {
            let start = locked("postgres-start.lock");
            start.lock().unwrap();
            let used = locked("postgres-used.lock");
            used.lock_shared().unwrap();
            (Self::start_shared(), used)
        });
        cluster
    }

    fn start_shared() -> Self {
        let mut hasher = DefaultHasher::new();
        LOCKS.hash(&mut hasher);
        // The path of a socket is short.
        let folder = std::env::temp_dir().join(format!("kulanz-postgres-{:016x}", hasher.finish()));
        let mut cluster = Self { folder: folder.clone(), bin: programs() };
        if !(folder.is_dir() && cluster.is_running()) {
            if folder.is_dir() {
                fs::remove_dir_all(&folder).unwrap();
            }
            fs::create_dir(&folder).unwrap();
            cluster = Self::make(&folder);
            cluster.start();
        }
        // One that finds another at work leaves; none leaves before the last user.
        let mut caretaker = Command::new("sh");
        caretaker.args(["-c", "sh -c \"$@\" &", "sh", CARETAKER, "caretaker", LOCKS]).arg(&folder).current_dir("/").process_group(0);
        assert!(caretaker.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success());
        cluster
    }
}

impl Database {
    /// A new, empty one.
    pub fn new() -> Self {
        let cluster = Cluster::shared();
        let name = format!("test_{}", uuid::Uuid::new_v4().simple());
        cluster.sql("postgres", &format!("CREATE DATABASE {name} TEMPLATE template0"));
        Self { address: cluster.address(&name), name }
    }

    /// Runs SQL in it.
    pub fn sql(&self, sql: &str) -> String {
        Cluster::shared().sql(&self.name, sql)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        Cluster::shared().sql("postgres", &format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}
