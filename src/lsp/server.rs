//! The state of a language server, and the loop that keeps it.
//!
//! A change marks the packs that it may concern; a moment later, when nothing more is typed, they are looked at. Requests that need to know what the pack says
//! now wait for that look.

mod handshake;
mod notifications;
mod publish;
mod requests;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, select};
use gen_lsp_types::Uri;
use serde_json::{Value, json};

use super::End;
use super::analysis::Analysis;
use super::client::Client;
use super::places::{Places, Root, is_policy, path_of};
use super::text::Document;
use super::wire::{self, ErrorCode, Incoming, Refusal};
use super::worker::{Found, Job, Workers};
use crate::diagnostic::Diagnostic;
use crate::pack::canonical;

/// How long nothing must be typed before packs are looked at.
const PAUSE: Duration = Duration::from_millis(60);
/// How long they are not looked at while somebody types without a pause.
const LONGEST_PAUSE: Duration = Duration::from_millis(400);
/// How long the errors of a pack wait for its lints, so that both are shown at once.
const LINTS_MAY_TAKE: Duration = Duration::from_millis(300);

/// A pack that is looked at.
#[derive(Debug, Default)]
struct Watched {
    /// The state of the editor that it should be looked at in.
    dirty: u64,
    /// The state in which it was last handed over to be looked at.
    asked: u64,
    /// The state of what is known of it.
    done: u64,
    /// What is known of it.
    analysis: Option<Arc<Analysis>>,
    /// What its lints say, and of what.
    lints: Option<(Arc<Analysis>, Vec<Diagnostic>)>,
    /// When its errors are shown even without its lints.
    shown_by: Option<Instant>,
}

/// A request that waits for packs to be looked at.
#[derive(Debug)]
struct Waiting {
    id: Value,
    method: String,
    params: Value,
}

/// The state of a language server.
pub struct Server {
    out: Sender<Value>,
    client: Client,
    workers: Workers,
    documents: HashMap<Uri, Document>,
    /// Canonical, and as the editor calls them.
    folders: Vec<(PathBuf, PathBuf)>,
    folder_packs: Vec<PathBuf>,
    packs: BTreeMap<Root, Watched>,
    /// Counts the states of the editor.
    tick: u64,
    /// When packs are looked at, and since when they should be.
    due: Option<(Instant, Instant)>,
    waiting: VecDeque<Waiting>,
    published: HashMap<Uri, Vec<gen_lsp_types::Diagnostic>>,
    requests: u32,
}

/// Whether the loop goes on.
enum Next {
    Message,
    End(End),
}

impl Server {
    /// Serves one editor to the end.
    ///
    /// # Errors
    /// Where there is no thread to be had.
    pub fn run(incoming: &Receiver<Incoming>, out: Sender<Value>) -> io::Result<End> {
        let Some(client) = handshake::greet(incoming, &out) else { return Ok(End::Sudden) };
        let workers = Workers::start(client.encoding)?;
        let folders = client.folders.iter().filter_map(path_of).map(|path| (canonical(&path), path)).collect();
        let mut server = Self {
            out,
            client,
            workers,
            documents: HashMap::new(),
            folders,
            folder_packs: Vec::new(),
            packs: BTreeMap::new(),
            tick: 1,
            due: None,
            waiting: VecDeque::new(),
            published: HashMap::new(),
            requests: 0,
        };
        server.find_packs();
        Ok(server.listen(incoming))
    }

    fn listen(&mut self, incoming: &Receiver<Incoming>) -> End {
        loop {
            let found = self.workers.found.clone();
            let next = select! {
                recv(incoming) -> message => match message {
                    Ok(message) => self.message(message, incoming),
                    Err(_) => Next::End(End::Sudden),
                },
                recv(found) -> found => {
                    if let Ok(found) = found {
                        self.found(found);
                    }
                    Next::Message
                }
                default(self.patience()) => Next::Message,
            };
            self.on_time();
            if let Next::End(end) = next {
                return end;
            }
        }
    }

    /// How long nothing is to be done unless somebody says something.
    fn patience(&self) -> Duration {
        let shown_by = self.packs.values().filter_map(|pack| pack.shown_by);
        let next = shown_by.chain(self.due.map(|(at, _)| at)).min();
        next.map_or(Duration::from_hours(1), |at| at.saturating_duration_since(Instant::now()))
    }

    /// Does what is due.
    fn on_time(&mut self) {
        let now = Instant::now();
        if self.due.is_some_and(|(at, _)| at <= now) {
            self.look();
        }
        let late = |pack: &&mut Watched| pack.shown_by.is_some_and(|at| at <= now);
        if self.packs.values_mut().filter(late).map(|pack| pack.shown_by = None).count() > 0 {
            self.publish();
        }
    }

    fn message(&mut self, message: Incoming, incoming: &Receiver<Incoming>) -> Next {
        match message {
            Incoming::Request { id, method, params: _ } if method == "shutdown" => {
                self.respond(&id, Ok(Value::Null));
                return Next::End(handshake::part(incoming, &self.out));
            }
            Incoming::Notification { method, .. } if method == "exit" => return Next::End(End::Sudden),
            Incoming::Request { id, method, params } => self.request(Waiting { id, method, params }),
            Incoming::Notification { method, params } => self.notification(&method, params),
            Incoming::Malformed(id, refusal) => self.respond(&id, Err(refusal)),
            Incoming::Response => {}
        }
        Next::Message
    }

    fn say(&self, message: Value) {
        // Where nobody listens any more, the end of the input is near.
        let _ = self.out.send(message);
    }

    fn respond(&self, id: &Value, answer: Result<Value, Refusal>) {
        self.say(wire::response(id, answer));
    }

    fn notify(&self, method: &str, params: &Value) {
        self.say(wire::notification(method, params));
    }

    /// Asks the client for something; what it answers does not matter.
    fn ask(&mut self, method: &str, params: &Value) {
        self.requests += 1;
        self.say(wire::request(&format!("kulanz-{}", self.requests), method, params));
    }

    fn request(&mut self, request: Waiting) {
        if requests::needs_packs(&request.method) && !self.is_fresh() {
            self.waiting.push_back(request);
            self.look();
        } else {
            self.answer(&request);
        }
    }

    /// A request that waits is no longer wanted.
    fn cancel(&mut self, id: &Value) {
        let Some(at) = self.waiting.iter().position(|request| request.id == *id) else { return };
        self.waiting.remove(at);
        self.respond(id, Err(Refusal::new(ErrorCode::RequestCancelled, "cancelled")));
    }

    fn is_fresh(&self) -> bool {
        self.packs.values().all(|pack| pack.done >= pack.dirty)
    }

    /// What the editor has open, at this moment.
    fn places(&self) -> Places {
        let mut places = Places { folders: self.folders.clone(), ..Places::default() };
        for document in self.documents.values() {
            match path_of(&document.uri) {
                Some(path) => {
                    places.overlay.insert(&path, document.text.clone());
                    places.open.insert(canonical(&path), (document.uri.clone(), document.version));
                }
                None => drop(places.untitled.insert(document.uri.clone(), (document.version, document.text.clone()))),
            }
        }
        for root in self.packs.keys() {
            if let Root::Alone(uri) = root
                && let Some(document) = self.documents.get(uri)
            {
                places.untitled.insert(uri.clone(), (document.version, document.text.clone()));
            }
        }
        places
    }

    /// Finds the packs of the folders anew.
    fn find_packs(&mut self) {
        self.folder_packs = self.folders.iter().flat_map(|(folder, _)| Places::packs_in(folder)).collect();
        self.folder_packs.sort();
        self.folder_packs.dedup();
        self.settle_roots();
    }

    /// Which packs are looked at: those of the folders, and those of what is open.
    fn settle_roots(&mut self) {
        let places = self.places();
        let mut roots: Vec<Root> = self.folder_packs.iter().cloned().map(Root::Pack).collect();
        roots.extend(self.documents.keys().filter(|uri| is_policy(uri)).map(|uri| self.root_in(uri, &places)));
        self.packs.retain(|root, _| roots.contains(root));
        for root in roots {
            if !self.packs.contains_key(&root) {
                self.packs.insert(root, Watched { dirty: self.tick, ..Watched::default() });
                self.hurry();
            }
        }
    }

    fn root_in(&self, uri: &Uri, places: &Places) -> Root {
        let pack = path_of(uri).and_then(|path| places.pack_of(&canonical(&path), &self.folder_packs));
        pack.map_or_else(|| Root::Alone(uri.clone()), Root::Pack)
    }

    /// The pack that a document belongs to.
    fn root_of(&self, uri: &Uri) -> Root {
        self.root_in(uri, &self.places())
    }

    /// Something changed: the packs that it may concern are looked at soon.
    fn touch(&mut self, concerns: impl Fn(&Root) -> bool) {
        self.tick += 1;
        for (_, pack) in self.packs.iter_mut().filter(|(root, _)| concerns(root)) {
            pack.dirty = self.tick;
        }
        let now = Instant::now();
        let since = self.due.map_or(now, |(_, since)| since);
        self.due = Some(((now + PAUSE).min(since + LONGEST_PAUSE), since));
    }

    /// A document changed. A pack reads nothing outside the folder that holds it.
    fn touch_document(&mut self, uri: &Uri) {
        let path = path_of(uri).map(|path| canonical(&path));
        self.touch(|root| match (root, &path) {
            (Root::Alone(alone), _) => alone == uri,
            (Root::Pack(pack), Some(path)) => path.starts_with(if pack.is_dir() { pack.parent().unwrap_or(pack) } else { pack }),
            (Root::Pack(_), None) => false,
        });
    }

    fn hurry(&mut self) {
        let now = Instant::now();
        self.due = Some((now, now));
    }

    /// Hands over every pack that must be looked at, unless it is being looked at already.
    fn look(&mut self) {
        self.due = None;
        self.settle_roots();
        self.due = None;
        let places = Arc::new(self.places());
        for (root, pack) in &mut self.packs {
            if pack.dirty > pack.asked && pack.asked == pack.done {
                pack.asked = self.tick;
                self.workers.look(Job { root: root.clone(), places: places.clone(), tick: self.tick });
            }
        }
        // What no pack wants any more is forgotten.
        self.publish();
    }

    fn found(&mut self, found: Found) {
        match found {
            Found::Checked(root, tick, analysis) => self.checked(&root, tick, analysis),
            Found::Linted(analysis, tick, lints) => {
                let Some(pack) = self.packs.get_mut(&analysis.root).filter(|pack| pack.done == tick) else { return };
                pack.lints = Some((analysis, lints));
                pack.shown_by = None;
                self.publish();
            }
        }
    }

    fn checked(&mut self, root: &Root, tick: u64, analysis: Option<Arc<Analysis>>) {
        let Some(pack) = self.packs.get_mut(root) else { return self.answer_waiting() };
        pack.done = tick;
        let waits_for_lints = analysis.as_ref().is_some_and(|analysis| analysis.engine.is_some());
        if analysis.is_some() {
            pack.analysis = analysis;
        }
        pack.shown_by = waits_for_lints.then(|| Instant::now() + LINTS_MAY_TAKE);
        if pack.dirty > pack.asked && self.due.is_none() {
            self.hurry();
        }
        if !waits_for_lints {
            self.publish();
        }
        self.answer_waiting();
        if self.is_fresh() {
            self.renew();
        }
    }

    /// Answers what waited for packs, once all are looked at.
    fn answer_waiting(&mut self) {
        if !self.is_fresh() {
            return;
        }
        for request in std::mem::take(&mut self.waiting) {
            self.answer(&request);
        }
    }

    /// Has the editor ask again for what may have changed.
    fn renew(&mut self) {
        if self.client.renews_lenses {
            self.ask("workspace/codeLens/refresh", &Value::Null);
        }
        if self.client.renews_tokens {
            self.ask("workspace/semanticTokens/refresh", &Value::Null);
        }
    }

    fn watch_files(&mut self) {
        if !self.client.watches {
            return;
        }
        let options = json!({ "watchers": [{ "globPattern": "**/*.kulanz" }, { "globPattern": "**/*.csv" }] });
        let registration = json!({ "id": "files", "method": "workspace/didChangeWatchedFiles", "registerOptions": options });
        self.ask("client/registerCapability", &json!({ "registrations": [registration] }));
    }
}
