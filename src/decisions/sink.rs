//! Where lines are written: standard output, a file, or the files of a folder.
//!
//! What must stay true: a line stands in one file, whole, unless the server died while it wrote it; and what a dead server left of a line is ended before the next begins.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// What the names of the files in a folder begin and end with.
const BEGIN: &str = "decisions-";
const END: &str = ".jsonl";

/// Takes lines.
pub(crate) trait Sink: Send {
    /// Writes whole lines, from the byte `done` on, and moves `done` behind what is written, also where it fails.
    fn write(&mut self, lines: &[u8], done: &mut usize, now: Timestamp) -> io::Result<()>;

    /// Has what was written kept.
    fn sync(&mut self) -> io::Result<()>;
}

/// The place of a log.
#[derive(Debug)]
pub(crate) enum Place {
    /// Standard output.
    Stdout,
    /// One file that is never closed.
    File(PathBuf, Option<File>),
    /// A folder of files.
    Folder(Folder),
}

/// A folder of files that end with the day, or with the byte.
#[derive(Debug)]
pub(crate) struct Folder {
    pub path: PathBuf,
    pub rotate_bytes: u64,
    pub keep: Option<usize>,
    pub open: Option<Open>,
}

/// The file that is written.
#[derive(Debug)]
pub(crate) struct Open {
    file: File,
    day: Date,
    number: u32,
    bytes: u64,
}

impl Place {
    /// Opens it, so that a place where nothing can be written is told at once.
    pub fn open(&mut self, now: Timestamp) -> io::Result<()> {
        match self {
            Self::Stdout => Ok(()),
            Self::File(path, file) => {
                *file = Some(opened(path)?.0);
                Ok(())
            }
            Self::Folder(folder) => folder.open(day(now)),
        }
    }
}

impl Sink for Place {
    fn write(&mut self, lines: &[u8], done: &mut usize, now: Timestamp) -> io::Result<()> {
        match self {
            Self::Stdout => {
                let mut out = io::stdout().lock();
                all(&mut out, lines, done, lines.len())?;
                out.flush()
            }
            Self::File(path, file) => {
                let file = match file {
                    Some(file) if !is_removed(file) => file,
                    _ => file.insert(opened(path)?.0),
                };
                all(file, lines, done, lines.len())
            }
            Self::Folder(folder) => folder.write(lines, done, day(now)),
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        match self {
            Self::File(_, Some(file)) => file.sync_data(),
            Self::Folder(Folder { open: Some(open), .. }) => open.file.sync_data(),
            _ => Ok(()),
        }
    }
}

fn day(now: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(now).date()
}

/// Writes up to a byte, as far as it goes.
fn all(out: &mut impl Write, lines: &[u8], done: &mut usize, until: usize) -> io::Result<()> {
    while let Some(rest) = lines.get(*done..until).filter(|rest| !rest.is_empty()) {
        match out.write(rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => *done += written,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// For whoever writes it and their group.
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true).append(true).read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o640);
    options
}

/// Whether somebody has removed a file that is open: what is written to it is gone.
fn is_removed(file: &File) -> bool {
    #[cfg(unix)]
    return file.metadata().is_ok_and(|metadata| std::os::unix::fs::MetadataExt::nlink(&metadata) == 0);
    #[cfg(not(unix))]
    false
}

/// A file to write at its end, with how long it is. What was left of a line is ended.
fn opened(path: &Path) -> io::Result<(File, u64)> {
    let mut file = options().open(path)?;
    let metadata = file.metadata()?;
    let mut bytes = metadata.len();
    if metadata.is_file() && bytes > 0 {
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last != [b'\n'] {
            file.write_all(b"\n")?;
            bytes += 1;
        }
    }
    Ok((file, bytes))
}

impl Folder {
    fn write(&mut self, lines: &[u8], done: &mut usize, today: Date) -> io::Result<()> {
        if self.open.as_ref().is_some_and(|open| is_removed(&open.file)) {
            self.open = None;
        }
        while *done < lines.len() {
            let in_a_line = *done > 0 && lines.get(*done - 1) != Some(&b'\n');
            if !in_a_line && self.open.as_ref().is_none_or(|open| open.day != today) {
                self.open(today)?;
            }
            let Some(open) = &mut self.open else { return Err(io::ErrorKind::NotFound.into()) };
            let until = fitting(lines, *done, in_a_line, open.bytes, self.rotate_bytes);
            if until == *done {
                self.next(today, open_number(self.open.as_ref()) + 1)?;
                continue;
            }
            let begun = *done;
            let written = all(&mut open.file, lines, done, until);
            open.bytes += u64::try_from(*done - begun).unwrap_or(0);
            written?;
        }
        Ok(())
    }

    fn file(&self, day: Date, number: u32) -> PathBuf {
        self.path.join(format!("{BEGIN}{day}-{number:06}{END}"))
    }

    /// Opens the last file of a day, or the next where another server writes it.
    fn open(&mut self, day: Date) -> io::Result<()> {
        fs::create_dir_all(&self.path)?;
        let begin = format!("{BEGIN}{day}-");
        let last = self.files()?.iter().filter_map(|name| name.strip_prefix(&begin)?.strip_suffix(END)?.parse().ok()).max();
        self.next(day, last.unwrap_or(1))
    }

    /// Opens the first file from a number on that nobody else writes, and has those removed that are too many.
    fn next(&mut self, day: Date, from: u32) -> io::Result<()> {
        self.open = None;
        for number in from.. {
            let (file, bytes) = match lock(&self.file(day, number)) {
                Ok(file) => file,
                Err(TryLockError::WouldBlock) => continue,
                Err(TryLockError::Error(error)) => return Err(error),
            };
            self.open = Some(Open { file, day, number, bytes });
            break;
        }
        self.tidy();
        Ok(())
    }

    /// The names of the files, the oldest first.
    fn files(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let name = entry?.file_name();
            names.extend(name.to_str().filter(|name| name.starts_with(BEGIN) && name.ends_with(END)).map(str::to_owned));
        }
        names.sort();
        Ok(names)
    }

    /// Removes the oldest files, as long as they are too many; those that a server writes stay.
    fn tidy(&self) {
        let Some(keep) = self.keep else { return };
        let names = self.files().unwrap_or_default();
        for name in names.iter().take(names.len().saturating_sub(keep)) {
            let path = self.path.join(name);
            let is_free = File::open(&path).is_ok_and(|file| file.try_lock().is_ok());
            if is_free && let Err(error) = fs::remove_file(&path) {
                tracing::warn!(%error, file = name, "an old file of the decision log could not be removed");
            }
        }
    }
}

fn open_number(open: Option<&Open>) -> u32 {
    open.map_or(0, |open| open.number)
}

/// A file that nobody else writes.
fn lock(path: &Path) -> Result<(File, u64), TryLockError> {
    let free = options().open(path).map_err(TryLockError::Error)?;
    free.try_lock()?;
    // Its end is looked at only now that it is ours; the lock goes with the file that is kept.
    drop(free);
    let (file, bytes) = opened(path).map_err(TryLockError::Error)?;
    file.try_lock()?;
    Ok((file, bytes))
}

/// Up to which byte whole lines fit into what is left of a file; what has begun is ended, and a line that fits no file stands in one alone.
fn fitting(lines: &[u8], from: usize, in_a_line: bool, bytes: u64, most: u64) -> usize {
    let room = usize::try_from(most.saturating_sub(bytes)).unwrap_or(usize::MAX);
    let rest = lines.get(from..).unwrap_or_default();
    if rest.len() <= room {
        return lines.len();
    }
    let end_of_first = || rest.iter().position(|byte| *byte == b'\n').map_or(lines.len(), |end| from + end + 1);
    if in_a_line {
        return end_of_first();
    }
    let within = rest.get(..room).unwrap_or_default();
    match within.iter().rposition(|byte| *byte == b'\n') {
        Some(end) => from + end + 1,
        None if bytes == 0 => end_of_first(),
        None => from,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: &str = "2026-11-23T10:00:00Z";
    const NEXT: &str = "2026-11-24T00:00:00Z";

    fn folder(path: &Path, rotate_bytes: u64, keep: Option<usize>) -> Place {
        Place::Folder(Folder { path: path.to_owned(), rotate_bytes, keep, open: None })
    }

    fn write(place: &mut Place, lines: &str, now: &str) {
        let mut done = 0;
        place.write(lines.as_bytes(), &mut done, now.parse().unwrap()).unwrap();
        assert_eq!(done, lines.len());
    }

    /// Guard: files are for whoever writes them and their group.
    #[test]
    #[cfg(unix)]
    fn others_do_not_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::tempdir().unwrap();
        let mut place = folder(&home.path().join("log"), 1000, None);
        write(&mut place, "a\n", DAY);
        write(&mut Place::File(home.path().join("log/one.jsonl"), None), "a\n", DAY);
        for entry in fs::read_dir(home.path().join("log")).unwrap() {
            assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o007, 0);
        }
    }

    /// Guard: what somebody removes is made again.
    #[test]
    #[cfg(unix)]
    fn what_is_removed_is_made_again() {
        let home = tempfile::tempdir().unwrap();
        let (many, one) = (home.path().join("log"), home.path().join("one.jsonl"));
        let (mut many_place, mut one_place) = (folder(&many, 1000, None), Place::File(one.clone(), None));
        for line in ["a\n", "b\n"] {
            write(&mut many_place, line, DAY);
            write(&mut one_place, line, DAY);
            if line == "a\n" {
                fs::remove_dir_all(&many).unwrap();
                fs::remove_file(&one).unwrap();
            }
        }
        assert_eq!(fs::read_to_string(one).unwrap(), "b\n");
        let text: String = fs::read_dir(&many).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap()).collect();
        assert_eq!(text, "b\n");
    }

    /// Every file with what it holds, by name.
    fn all_of(path: &Path) -> Vec<(String, String)> {
        let mut files: Vec<_> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.iter().map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap())).collect()
    }

    fn texts(path: &Path) -> Vec<String> {
        all_of(path).into_iter().map(|(_, text)| text).collect()
    }

    /// Guard: a file ends at the byte, and never within a line.
    #[test]
    fn a_file_is_as_long_as_said_and_no_longer() {
        let home = tempfile::tempdir().unwrap();
        write(&mut folder(&home.path().join("exact"), 8, None), "aaa\nbbb\nccc\n", DAY);
        assert_eq!(texts(&home.path().join("exact")), ["aaa\nbbb\n", "ccc\n"]);
        write(&mut folder(&home.path().join("one-less"), 7, None), "aaa\nbbb\nccc\n", DAY);
        assert_eq!(texts(&home.path().join("one-less")), ["aaa\n", "bbb\n", "ccc\n"]);
        let mut place = folder(&home.path().join("bit-by-bit"), 8, None);
        for line in ["aaa\n", "bbb\n", "ccccccccccccc\n", "d\n"] {
            write(&mut place, line, DAY);
        }
        assert_eq!(texts(&home.path().join("bit-by-bit")), ["aaa\nbbb\n", "ccccccccccccc\n", "d\n"]);
    }

    #[test]
    fn each_day_has_files_of_its_own_whose_names_sort() {
        let home = tempfile::tempdir().unwrap();
        let mut place = folder(home.path(), 4, None);
        write(&mut place, "aaa\nbbb\n", DAY);
        write(&mut place, "ccc\n", "2026-11-23T23:59:59.999999Z");
        write(&mut place, "ddd\n", NEXT);
        let names: Vec<_> = all_of(home.path()).into_iter().map(|(name, text)| format!("{name} {}", text.trim())).collect();
        let expected = ["23-000001.jsonl aaa", "23-000002.jsonl bbb", "23-000003.jsonl ccc", "24-000001.jsonl ddd"];
        assert_eq!(names, expected.map(|end| format!("decisions-2026-11-{end}")));
    }

    /// Guard: what a dead server left of a line does not spoil the next.
    #[test]
    fn a_line_that_was_cut_off_is_ended() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("decisions-2026-11-23-000001.jsonl");
        fs::write(&file, "aaa\nbb").unwrap();
        write(&mut folder(home.path(), 100, None), "ccc\n", DAY);
        assert_eq!(fs::read_to_string(&file).unwrap(), "aaa\nbb\nccc\n");
        let single = home.path().join("single.jsonl");
        fs::write(&single, "x").unwrap();
        write(&mut Place::File(single.clone(), None), "yyy\n", DAY);
        assert_eq!(fs::read_to_string(&single).unwrap(), "x\nyyy\n");
    }

    #[test]
    fn two_servers_do_not_write_one_file() {
        let home = tempfile::tempdir().unwrap();
        let (mut one, mut other) = (folder(home.path(), 8, None), folder(home.path(), 8, None));
        for _ in 0..3 {
            write(&mut one, "one\n", DAY);
            write(&mut other, "two\n", DAY);
        }
        let texts = texts(home.path());
        assert!(texts.iter().all(|text| !(text.contains("one") && text.contains("two"))), "{texts:?}");
        assert_eq!(texts.concat().len(), 24);
        drop(one);
        write(&mut folder(home.path(), 100, None), "new\n", DAY);
    }

    #[test]
    fn only_so_many_files_stay_and_foreign_ones_do() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("notes.txt"), "mine").unwrap();
        let mut place = folder(home.path(), 4, Some(2));
        write(&mut place, "aaa\nbbb\nccc\nddd\n", DAY);
        assert_eq!(texts(home.path()), ["ccc\n", "ddd\n", "mine"]);
    }

    /// What is left of a line after a failure goes where it began.
    #[test]
    fn a_line_is_whole_after_a_failure_in_its_middle() {
        let home = tempfile::tempdir().unwrap();
        let mut place = folder(home.path(), 4, None);
        place.open(DAY.parse().unwrap()).unwrap();
        let Place::Folder(Folder { open: Some(open), .. }) = &mut place else { panic!() };
        // Two bytes were written when the disk was full.
        open.file.write_all(b"aa").unwrap();
        open.bytes += 2;
        let mut done = 2;
        place.write(b"aaaa\nb\n", &mut done, NEXT.parse().unwrap()).unwrap();
        assert_eq!(texts(home.path()), ["aaaa\n", "b\n"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error() {
        let home = tempfile::tempdir().unwrap();
        let full = home.path().join("full.jsonl");
        std::os::unix::fs::symlink("/dev/full", &full).unwrap();
        let mut done = 0;
        let error = Place::File(full, None).write(b"aaa\n", &mut done, DAY.parse().unwrap()).unwrap_err();
        assert_eq!((error.kind(), done), (io::ErrorKind::StorageFull, 0));
    }
}
