//! An open store: the lock held, the state in memory, the journal ready. *Touches: disk*, through
//! the files of this room.
//!
//! Law: *Crash anywhere*. Every step of opening and closing leaves a pair of files that the next
//! opening understands: first the state gets everything that is known, then the journal is put away,
//! and a journal older than its state is one that was about to be. A session that is dropped unfinished
//! releases the lock; its journal tells the next run what it did.

use super::carry::carry_over;
use super::journal::{self, Journal};
use super::ledger::Ledger;
use super::paths::next_to;
use super::record::Line;
use super::reopen::{Due, Warning, reopen};
use super::reserved::Reserved;
use super::{Lock, Paths, StoreError, disk, state_file};
use crate::model::{Endpoint, Timestamp};
use crate::state::{Base, State};

/// What to do where there is no state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absent {
    /// Begin one with this lineage (a UUID); it is saved right before the journal's first record.
    Create {
        /// The lineage.
        lineage: String,
    },
    /// Give up: the command makes sense only with a state.
    Refuse,
}

/// An open store.
#[derive(Debug)]
pub struct Session {
    ledger: Ledger,
    journal: Journal,
    closer: Closer,
    base: Option<Base>,
    warnings: Vec<Warning>,
}

/// The half of an open store that closes it; holds the lock.
#[derive(Debug)]
pub struct Closer {
    paths: Paths,
    command: String,
    opened_at: Timestamp,
    lock: Lock,
}

impl Session {
    /// Opens the store under its lock. What an interrupted run left is absorbed into the state first,
    /// and its doubts are carried over.
    ///
    /// # Errors
    /// If state or journal are damaged or do not belong together, the state is about another account,
    /// or there is none and `absent` refuses. Damaged files are not touched.
    pub fn open(
        lock: Lock,
        paths: &Paths,
        endpoint: &Endpoint,
        absent: Absent,
        run: &str,
        command: &str,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let journal = journal::load(paths)?;
        let (state, place) = match (state_file::load(paths, endpoint)?, absent) {
            (Some((state, _)), _) => (state, Place::Found),
            (None, _) if journal.is_some() => {
                return Err(StoreError::JournalWithoutState { path: paths.journal().to_owned() });
            }
            (None, Absent::Refuse) => {
                return Err(StoreError::NoState { path: paths.state().to_owned() });
            }
            (None, Absent::Create { lineage }) => {
                (State::new(lineage, endpoint.clone()), Place::New)
            }
        };
        let reopened =
            reopen(state, journal.as_ref(), run).map_err(|misfit| misfit.at(paths.journal()))?;
        for left_behind in [next_to(paths.state()), next_to(paths.journal())] {
            disk::remove(&left_behind)?;
        }
        let closer =
            Closer { paths: paths.clone(), command: command.to_owned(), opened_at: now, lock };
        let ledger = closer.settle(reopened.ledger, reopened.due, None)?;
        let journal = if ledger.doubts().is_empty() {
            let first_state = (place == Place::New).then(|| ledger.state().clone());
            Journal::fresh(paths.clone(), first_state, ledger.opening(command, now))
        } else {
            Journal::continued(paths.clone())
        };
        let base = (place == Place::Found)
            .then(|| Base { version: ledger.state().version().clone(), journal: reopened.mark });
        Ok(Self { ledger, journal, closer, base, warnings: reopened.warnings })
    }

    /// What is recorded, and the doubts.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// What is recorded, to record more. Every line that it gives has to be appended.
    pub fn ledger_mut(&mut self) -> &mut Ledger {
        &mut self.ledger
    }

    /// What a plan must have been made from; none where there was no state. If an interrupted run left
    /// a journal, that is the journal exactly as this session found and absorbed it.
    #[must_use]
    pub fn base(&self) -> Option<&Base> {
        self.base.as_ref()
    }

    /// What a person should know about the record as it was found.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Makes lines durable; see [`Journal::append`].
    ///
    /// # Errors
    /// As [`Journal::append`].
    pub fn append(&mut self, lines: &[Line]) -> Result<(), StoreError> {
        self.journal.append(lines)
    }

    /// Takes the store apart, so that one task may keep the ledger while another one writes.
    #[must_use]
    pub fn split(self) -> (Ledger, Journal, Closer) {
        (self.ledger, self.journal, self.closer)
    }

    /// Saves the state if anything was recorded, puts the journal away and releases the lock.
    ///
    /// # Errors
    /// As [`Closer::finish`].
    pub fn finish(self) -> Result<State, StoreError> {
        self.closer.finish(self.ledger, self.journal)
    }
}

/// Where a state comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Found,
    New,
}

impl Closer {
    /// Saves the next version of the state if anything was recorded, puts the journal away (doubts
    /// are carried over) and releases the lock. Nothing recorded, nothing touched. Blocks.
    ///
    /// # Errors
    /// [`StoreError::Broken`] if the journal could not be written before: then nothing is saved, and
    /// the next run finds the journal as far as it is durable. [`StoreError::NotDurable`] if the disk
    /// refuses now. The lock is released in any case.
    pub fn finish(self, ledger: Ledger, journal: Journal) -> Result<State, StoreError> {
        let room = journal.close()?;
        if !ledger.is_touched() {
            return Ok(ledger.into_state());
        }
        let settled = self.settle(ledger.next_version(), Due::State, room);
        let ledger = settled.map_err(|source| StoreError::NotDurable { source })?;
        drop(self.lock);
        Ok(ledger.into_state())
    }

    /// Leaves everything as it is, the lock held until the process ends: something may still be under
    /// way to the disk, and nobody else is to read or write before it has ended.
    pub fn abandon(self) {
        // Not dropped, so not released; the operating system does that.
        std::mem::forget(self.lock);
    }

    /// Saves the state and puts the journal away, as far as either is due; gives the ledger from
    /// which the next journal, or the one that carries the doubts, is written.
    fn settle(
        &self,
        ledger: Ledger,
        due: Due,
        room: Option<Reserved>,
    ) -> Result<Ledger, disk::DiskError> {
        match due {
            Due::Nothing | Due::Continue => return Ok(ledger),
            Due::Journal => {}
            Due::State => state_file::save(&self.paths, ledger.state(), room)?,
        }
        let (ledger, carried) = carry_over(ledger, &self.command, self.opened_at);
        journal::put_away(&self.paths, &carried)?;
        Ok(ledger)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "a crash is simulated by making its files")]

    use super::{Absent, Session, StoreError};
    use crate::model::{BrandId, Endpoint, Key, PrimaryId, Timestamp, Verb};
    use crate::state::{Base, Doubt, Effect, Live, State, Version, format};
    use crate::store::paths::next_to;
    use crate::store::{
        Consequence, Ending, How, Intent, Line, Lock, Opened, Owner, Paths, Room, Verdict, Warning,
        snapshot, state_file,
    };
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::time::Duration;

    const AT: fn() -> Timestamp = || Timestamp::from_second(1_800_000_000);

    /// A folder with one store in it.
    struct Store {
        folder: tempfile::TempDir,
        paths: Paths,
    }

    /// Every file of a store as it is at one moment.
    type Image = Vec<(String, Vec<u8>)>;

    type Expected = fn(&StoreError) -> bool;

    impl Store {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let paths = Paths::resolve(&folder.path().join("s.jsonl")).unwrap();
            Self { folder, paths }
        }

        fn of(image: &Image) -> Self {
            let store = Self::new();
            for (name, bytes) in image {
                fs::write(store.folder.path().join(name), bytes).unwrap();
            }
            store
        }

        fn image(&self) -> Image {
            let read = |entry: std::io::Result<fs::DirEntry>| {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                (name, fs::read(path).unwrap())
            };
            let mut image: Image = fs::read_dir(self.folder.path()).unwrap().map(read).collect();
            image.retain(|(name, _)| name != "s.lock");
            image.sort();
            image
        }

        fn lock(&self) -> Lock {
            let (run, command) = ("r".to_owned(), "apply".to_owned());
            let owner = Owner { run, command, host: "h".to_owned(), job: None, since: AT() };
            Lock::acquire(&self.paths, &owner, Duration::ZERO).unwrap()
        }

        fn try_open(&self, absent: Absent) -> Result<Session, StoreError> {
            let endpoint = Endpoint::Sandbox;
            Session::open(self.lock(), &self.paths, &endpoint, absent, "r", "apply", AT())
        }

        fn open(&self) -> Session {
            self.try_open(Absent::Create { lineage: "l".to_owned() }).unwrap()
        }

        fn look(&self) -> Opened {
            snapshot(&self.paths, &Endpoint::Sandbox).unwrap().unwrap()
        }

        fn names(&self) -> Vec<String> {
            self.image().into_iter().map(|(name, _)| name).collect()
        }
    }

    fn key(id: &str) -> Key {
        Key { brand: BrandId::new(1).unwrap(), primary: PrimaryId::new(id).unwrap() }
    }

    fn create(id: &str) -> Intent {
        let effect = Effect::Created(Live::default());
        Intent { step: 1, key: key(id), verb: Verb::Create, effect, no_sync: false, at: AT() }
    }

    /// Records a request and its end, as an apply does: the intent first, alone.
    fn send(session: &mut Session, id: &str, ending: Option<Ending>) {
        let (pending, line) = session.ledger_mut().intend(create(id)).unwrap();
        session.append(&[line]).unwrap();
        if let Some(ending) = ending {
            let line = session.ledger_mut().end(pending, ending).unwrap();
            session.append(&[line]).unwrap();
        }
    }

    fn unclear() -> Ending {
        Ending::Unclear("timed out".to_owned())
    }

    fn note(session: &mut Session, id: &str) -> Line {
        session.ledger_mut().note(key(id), Effect::Adopted(Live::default())).unwrap()
    }

    fn ids(state: &State) -> Vec<&str> {
        state.entries().keys().map(|key| key.primary.as_str()).collect()
    }

    fn doubted(doubts: &[Doubt]) -> Vec<&str> {
        doubts.iter().map(|doubt| doubt.key.primary.as_str()).collect()
    }

    /// What a run that opens the store finds: serial, who is recorded, who is in doubt. That a
    /// reader without a lock finds the same, and a second run too, is checked on the way.
    fn reopened(image: &Image) -> (u64, Vec<String>, Vec<String>) {
        let store = Store::of(image);
        let (seen, seen_doubts) = match snapshot(&store.paths, &Endpoint::Sandbox).unwrap() {
            Some(opened) => opened.set_aside(),
            None => (State::new("l".to_owned(), Endpoint::Sandbox), Vec::new()),
        };
        for _ in 0..2 {
            let session = store.open();
            assert_eq!(session.ledger().state(), &seen);
            assert_eq!(doubted(&session.ledger().doubts()), doubted(&seen_doubts));
            session.finish().unwrap();
            assert!(!store.names().iter().any(|name| name.contains(".new")));
        }
        let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
        (seen.version().serial, owned(ids(&seen)), owned(doubted(&seen_doubts)))
    }

    #[test]
    fn a_run_that_records_nothing_touches_nothing() {
        let store = Store::new();
        let session = store.open();
        assert_eq!(session.base(), None);
        assert_eq!(session.finish().unwrap().version().serial, 0);
        assert!(store.image().is_empty());
        assert!(snapshot(&store.paths, &Endpoint::Sandbox).unwrap().is_none());

        let mut session = store.open();
        send(&mut session, "a", Some(Ending::Done));
        session.finish().unwrap();
        let before = store.image();
        let session = store.open();
        assert_eq!(session.base(), Some(&Version { lineage: "l".to_owned(), serial: 1 }.into()));
        session.finish().unwrap();
        assert_eq!(store.image(), before);
    }

    #[test]
    fn a_finished_run_leaves_the_next_version_and_no_journal() {
        let store = Store::new();
        let mut session = store.open();
        send(&mut session, "a", Some(Ending::Done));
        send(&mut session, "b", Some(Ending::Failed("HTTP 422".to_owned())));
        assert_eq!(store.names(), ["s.journal", "s.jsonl"]);
        for path in [store.paths.journal(), store.paths.state()] {
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let state = session.finish().unwrap();
        assert_eq!((state.version().serial, ids(&state)), (1, vec!["a"]));
        assert_eq!(store.names(), ["s.jsonl"]);
        assert!(matches!(store.look(), Opened::Clean(seen) if seen == state));
    }

    #[test]
    fn doubts_outlive_any_number_of_runs_until_they_are_settled() {
        let store = Store::new();
        let mut session = store.open();
        send(&mut session, "a", Some(Ending::Done));
        send(&mut session, "b", Some(unclear()));
        send(&mut session, "c", None);
        session.finish().unwrap();
        for serial in 1..4 {
            assert_eq!(store.names(), ["s.journal", "s.jsonl"]);
            let (state, doubts) = store.look().set_aside();
            assert_eq!((state.version().serial, doubted(&doubts)), (serial, vec!["b", "c"]));
            assert_eq!(doubts[0].cause, "timed out");
            let mut session = store.open();
            assert!(session.warnings().is_empty());
            send(&mut session, &format!("d{serial}"), Some(Ending::Done));
            session.finish().unwrap();
        }
        let mut session = store.open();
        for (doubt, verdict) in
            session.ledger().doubts().iter().zip([Verdict::Applied, Verdict::NotApplied])
        {
            let ledger = session.ledger_mut();
            let line = ledger.settle(doubt.intent, verdict, How::Word, "ada", AT()).unwrap();
            session.append(&[line]).unwrap();
        }
        let state = session.finish().unwrap();
        assert_eq!(ids(&state), ["a", "b", "d1", "d2", "d3"]);
        assert_eq!(store.names(), ["s.jsonl"]);
    }

    #[test]
    fn a_torn_record_after_carried_doubts_is_put_away_before_more_is_written() {
        let store = Store::new();
        let mut session = store.open();
        send(&mut session, "a", None);
        session.finish().unwrap();
        let mut torn = fs::read(store.paths.journal()).unwrap();
        torn.extend(b"{\"sum\":\"0");
        fs::write(store.paths.journal(), torn).unwrap();
        assert_eq!(store.look().warnings(), [Warning::TornRecord { line: 3 }]);
        let mut session = store.open();
        assert_eq!(session.warnings(), [Warning::TornRecord { line: 3 }]);
        send(&mut session, "b", Some(Ending::Done));
        drop(session);
        let (serial, recorded, doubts) = reopened(&store.image());
        assert_eq!((serial, recorded, doubts), (2, vec!["b".into()], vec!["a".into()]));
    }

    #[test]
    fn a_run_killed_between_any_two_bytes_of_its_journal_loses_nothing() {
        let store = Store::new();
        let mut session = store.open();
        send(&mut session, "a", Some(Ending::Done));
        session.finish().unwrap();
        let mut session = store.open();
        send(&mut session, "b", Some(Ending::Done));
        send(&mut session, "c", Some(unclear()));
        send(&mut session, "d", None);
        drop(session);
        let image = store.image();
        assert_eq!(image[0].0, "s.journal");
        let whole = &image[0].1;
        let ends: Vec<usize> =
            (0..whole.len()).filter(|&at| whole[at] == b'\n').map(|at| at + 1).collect();
        // Every sync costs: all cuts around a line's end, and some within.
        let near =
            |cut: &usize| cut.is_multiple_of(23) || ends.iter().any(|end| end.abs_diff(*cut) <= 1);
        for cut in (0..=whole.len()).filter(near) {
            let mut killed = image.clone();
            killed[0].1.truncate(cut);
            let (serial, recorded, doubts) = reopened(&killed);
            let (recorded_then, doubts_then): (&[&str], &[&str]) =
                match ends.iter().filter(|&&end| end <= cut).count() {
                    0 | 1 => (&["a"], &[]),
                    2 => (&["a"], &["b"]),
                    3 => (&["a", "b"], &[]),
                    4 | 5 => (&["a", "b"], &["c"]),
                    _ => (&["a", "b"], &["c", "d"]),
                };
            assert_eq!(recorded, recorded_then, "cut at {cut}");
            assert_eq!(doubts, doubts_then, "cut at {cut}");
            assert_eq!(serial, if cut < ends[1] { 1 } else { 2 }, "cut at {cut}");
        }
    }

    #[test]
    fn a_run_killed_between_any_two_steps_of_its_end_loses_nothing() {
        let store = Store::new();
        let mut session = store.open();
        send(&mut session, "a", Some(Ending::Done));
        send(&mut session, "b", Some(unclear()));
        let unfinished = store.image();
        let journal = unfinished[0].clone();
        let old = unfinished[1].clone();
        session.finish().unwrap();
        let finished = store.image();
        let (carried, new) = (finished[0].clone(), finished[1].clone());
        let temporary = |of: &str, bytes: &[u8]| (format!("{of}.new"), bytes.to_owned());
        let half = |bytes: &[u8]| bytes[..bytes.len() / 2].to_owned();
        let images: [(&str, Image); 7] = [
            ("nothing saved", vec![journal.clone(), old.clone()]),
            ("empty file", vec![journal.clone(), old.clone(), temporary("s.jsonl", b"")]),
            ("half", vec![journal.clone(), old.clone(), temporary("s.jsonl", &half(&new.1))]),
            ("written", vec![journal.clone(), old, temporary("s.jsonl", &new.1)]),
            ("renamed", vec![journal.clone(), new.clone()]),
            (
                "half a journal",
                vec![journal, new.clone(), temporary("s.journal", &half(&carried.1))],
            ),
            ("put away", vec![carried, new]),
        ];
        for (step, image) in images {
            let (serial, recorded, doubts) = reopened(&image);
            assert_eq!(serial, 1, "{step}");
            assert_eq!((recorded, doubts), (vec!["a".into()], vec!["b".into()]), "{step}");
        }
    }

    #[test]
    fn a_first_run_killed_at_its_start_leaves_an_empty_state() {
        let store = Store::new();
        let state = State::new("l".to_owned(), Endpoint::Sandbox);
        state_file::save(&store.paths, &state, None).unwrap();
        assert_eq!(reopened(&store.image()), (0, vec![], vec![]));
        fs::write(store.paths.journal(), "").unwrap();
        assert_eq!(reopened(&store.image()), (0, vec![], vec![]));
        assert!(matches!(store.look(), Opened::Clean(_)));
        fs::remove_file(store.paths.state()).unwrap();
        let error = store.try_open(Absent::Create { lineage: "l".to_owned() }).unwrap_err();
        assert!(matches!(error, StoreError::JournalWithoutState { .. }));
    }

    #[test]
    fn a_plan_made_before_an_interrupted_run_is_stale_and_one_made_after_is_not() {
        let store = Store::new();
        let mut session = store.open();
        send(&mut session, "a", Some(Ending::Done));
        session.finish().unwrap();
        let before = store.look().base();
        let mut session = store.open();
        send(&mut session, "b", Some(Ending::Failed("HTTP 422".to_owned())));
        drop(session);
        let opened = store.look();
        let command = "apply".to_owned();
        assert_eq!(opened.warnings(), [Warning::Unfinished { command }]);
        let after = opened.base();
        let session = store.open();
        assert_ne!(session.base(), Some(&before));
        assert_eq!(session.base(), Some(&after));
    }

    #[test]
    fn a_plan_made_while_a_run_writes_is_stale_after_every_record_of_it() {
        for carried in [false, true] {
            let store = Store::new();
            let mut session = store.open();
            let ending = if carried { unclear() } else { Ending::Done };
            send(&mut session, "a", Some(ending));
            session.finish().unwrap();
            let mut session = store.open();
            let mut seen: Vec<Base> = Vec::new();
            for (id, ending) in [("b", Ending::Done), ("c", unclear()), ("d", Ending::Done)] {
                let (pending, line) = session.ledger_mut().intend(create(id)).unwrap();
                session.append(&[line]).unwrap();
                seen.push(store.look().base());
                let line = session.ledger_mut().end(pending, ending).unwrap();
                session.append(&[line]).unwrap();
                seen.push(store.look().base());
            }
            let image = store.image();
            session.finish().unwrap();
            let session = store.open();
            assert_eq!(session.base().unwrap().version, seen[5].version, "the number is the same");
            assert!(seen.iter().all(|base| session.base() != Some(base)), "{seen:?}");
            drop(session);
            // Had the run died there, only what was seen last would be all that it did; and only the
            // first to open the record may rely on it.
            let store = Store::of(&image);
            assert_eq!(store.open().base(), Some(&seen[5]));
            assert!(!seen[..5].contains(&seen[5]));
            assert_ne!(store.open().base(), Some(&seen[5]));
        }
    }

    #[test]
    fn what_does_not_belong_together_is_named_and_not_touched() {
        let store = Store::new();
        let mut session = store.open();
        send(&mut session, "a", None);
        drop(session);
        let image = store.image();
        let (journal, state) = (image[0].clone(), image[1].clone());
        let with_state = |text: String| vec![journal.clone(), (state.0.clone(), text.into_bytes())];
        let lineage = State::new("other".to_owned(), Endpoint::Sandbox);
        let endpoint = Endpoint::parse("https://acme.omnidesk.com").unwrap();
        let account = State::new("l".to_owned(), endpoint);
        store.open().finish().unwrap();
        let mut later = store.open();
        send(&mut later, "b", None);
        drop(later);
        let ahead = store.image()[0].clone();
        // A journal with results, and a state that became one and two versions older without them.
        let killed = Store::of(&vec![state.clone()]);
        let mut session = killed.open();
        send(&mut session, "d", Some(Ending::Done));
        drop(session);
        let results = killed.image()[0].1.clone();
        let merged = Store::of(&vec![state.clone()]);
        let grown = || {
            let mut session = merged.open();
            let id = session.ledger().state().version().serial.to_string();
            send(&mut session, &id, Some(Ending::Done));
            session.finish().unwrap();
            merged.image()[0].1.clone()
        };
        let (other_line, far) = (grown(), grown());
        let torn_middle = [&journal.1[..9], &journal.1[10..]].concat();
        let cases: Vec<(Image, Expected)> = vec![
            (vec![journal.clone()], |e| matches!(e, StoreError::JournalWithoutState { .. })),
            (with_state(format::print(&lineage)), |e| matches!(e, StoreError::OtherLineage { .. })),
            (with_state(format::print(&account)), |e| {
                matches!(e, StoreError::OtherEndpoint { .. })
                    && e.to_string().contains("sandbox")
                    && e.to_string().contains("https://acme.omnidesk.com")
            }),
            (with_state(String::new()), |e| matches!(e, StoreError::State { .. })),
            (vec![(journal.0.clone(), torn_middle), state.clone()], |e| {
                matches!(e, StoreError::Journal { .. })
            }),
            (vec![ahead, state.clone()], |e| {
                matches!(e, StoreError::JournalAhead { base: 1, found: 0, .. })
            }),
            (
                vec![(journal.0.clone(), results), (state.0.clone(), other_line.clone())],
                |e| matches!(e, StoreError::OtherLine { key, .. } if key.primary.as_str() == "d"),
            ),
            (vec![journal.clone(), (state.0.clone(), far)], |e| {
                matches!(e, StoreError::JournalBehind { base: 0, found: 2, .. })
            }),
        ];
        for (image, expected) in cases {
            let store = Store::of(&image);
            let create = Absent::Create { lineage: "l".to_owned() };
            for error in [
                store.try_open(create).unwrap_err(),
                snapshot(&store.paths, &Endpoint::Sandbox).unwrap_err(),
            ] {
                assert!(expected(&error), "{error:?}");
                assert!(error.hint().is_some());
                assert_eq!(error.consequence(), Consequence::NothingSent);
            }
            assert_eq!(store.image(), image);
        }
    }

    #[test]
    fn a_command_that_needs_a_state_does_not_begin_one() {
        let store = Store::new();
        let error = store.try_open(Absent::Refuse).unwrap_err();
        assert!(matches!(error, StoreError::NoState { .. }));
        assert!(store.image().is_empty());
    }

    #[test]
    fn a_journal_that_could_not_be_written_is_not_written_again() {
        let store = Store::new();
        let mut session = store.open();
        let line = note(&mut session, "a");
        fs::create_dir(store.paths.journal()).unwrap();
        let first = session.append(std::slice::from_ref(&line)).unwrap_err();
        assert_eq!(first.consequence(), Consequence::NothingSent);
        fs::remove_dir(store.paths.journal()).unwrap();
        let second = session.append(&[line]).unwrap_err();
        assert_eq!(second.consequence(), Consequence::NotDurable);
        let third = session.finish().unwrap_err();
        assert!(matches!(third, StoreError::Broken { .. }));
        assert_eq!(reopened(&store.image()), (0, vec![], vec![]));
    }

    /// Room for more than the disk of these tests can hold.
    const TOO_MUCH: u64 = 1 << 55;

    #[test]
    fn room_that_is_not_there_is_found_out_before_anything_is_written() {
        for carried in [false, true] {
            let store = Store::new();
            if carried {
                let mut session = store.open();
                send(&mut session, "a", Some(unclear()));
                session.finish().unwrap();
            }
            let before = store.image();
            for room in [
                Room { journal_bytes: TOO_MUCH, state_bytes: 1 },
                Room { journal_bytes: 1, state_bytes: TOO_MUCH },
            ] {
                let (_, mut journal, closer) = store.open().split();
                let error = journal.reserve(room).unwrap_err();
                assert_eq!(error.consequence(), Consequence::NothingSent);
                drop((journal, closer));
                assert_eq!(store.image(), before);
            }
        }
    }

    #[test]
    fn room_that_was_taken_shows_in_no_file_and_is_given_back() {
        let store = Store::new();
        let room = Room { journal_bytes: 1 << 20, state_bytes: 1 << 20 };
        for id in ["a", "b", "c"] {
            let (mut ledger, mut journal, closer) = store.open().split();
            journal.reserve(room).unwrap();
            let carried = store.names().contains(&"s.journal".to_owned());
            let before = carried.then(|| store.look().set_aside());
            let (pending, line) = ledger.intend(create(id)).unwrap();
            journal.append(&[line]).unwrap();
            // A run killed here leaves a journal that everybody reads to its end.
            assert_eq!(store.look().set_aside().1.len(), before.map_or(1, |(_, d)| d.len() + 1));
            let line = ledger.end(pending, unclear()).unwrap();
            journal.append(&[line]).unwrap();
            assert!(fs::metadata(store.paths.journal()).unwrap().len() < 4096);
            closer.finish(ledger, journal).unwrap();
            assert_eq!(store.names(), ["s.journal", "s.jsonl"]);
            for path in [store.paths.journal(), store.paths.state()] {
                assert!(fs::metadata(path).unwrap().blocks() * 512 < 1 << 20);
            }
        }
        assert_eq!(doubted(&store.look().set_aside().1), ["a", "b", "c"]);
        let image = store.image();
        let (_, mut journal, closer) = store.open().split();
        journal.reserve(room).unwrap();
        drop((journal, closer));
        store.open().finish().unwrap();
        assert_eq!(store.image(), image, "room that nobody used");
    }

    #[test]
    fn a_doubt_is_found_by_the_run_that_first_wrote_it_down_however_often_it_was_carried() {
        let store = Store::new();
        let mut session = store.open();
        send(&mut session, "a", Some(Ending::Done));
        send(&mut session, "b", None);
        let origin = session.ledger().origin(4).unwrap().clone();
        session.finish().unwrap();
        for id in ["c", "d"] {
            let mut session = store.open();
            let doubt = session.ledger().find(&origin).unwrap();
            assert_eq!((doubt.key.primary.as_str(), doubt.intent), ("b", 2));
            send(&mut session, id, Some(Ending::Done));
            session.finish().unwrap();
        }
    }

    #[test]
    fn a_state_that_cannot_be_saved_is_said_and_the_journal_stays() {
        let store = Store::new();
        let mut session = store.open();
        send(&mut session, "a", Some(Ending::Done));
        let image = store.image();
        fs::create_dir(next_to(store.paths.state())).unwrap();
        let error = session.finish().unwrap_err();
        assert_eq!(error.consequence(), Consequence::NotDurable);
        fs::remove_dir(next_to(store.paths.state())).unwrap();
        assert_eq!(store.image(), image);
        assert_eq!(reopened(&image).1, ["a"]);
    }

    #[test]
    fn a_reader_without_a_lock_always_sees_one_version_whole() {
        const RUNS: u64 = 40;
        let store = Store::new();
        let mut session = store.open();
        let line = note(&mut session, "C-0");
        session.append(&[line]).unwrap();
        session.finish().unwrap();
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                for run in 1..RUNS {
                    let mut session = store.open();
                    let line = note(&mut session, &format!("C-{run}"));
                    session.append(&[line]).unwrap();
                    session.finish().unwrap();
                }
            });
            let mut last = 0;
            while !writer.is_finished() {
                let (state, doubts) = store.look().set_aside();
                let serial = state.version().serial;
                assert_eq!(state.entries().len() as u64, serial);
                assert!(doubts.is_empty() && serial >= last);
                last = serial;
            }
        });
        assert_eq!(store.look().set_aside().0.version().serial, RUNS);
    }
}
