//! What a journal holds: one record a line, numbered and with a checksum. *Pure.*
//!
//! A line is `{"sum":"<16 hex>","record":{"seq":1,"run":"<id>","event":{…}}}`; the sum is the start of
//! BLAKE3 over the bytes of the record as they stand in the line, so that a reader checks exactly
//! what was written. Reading a whole journal is [`Transcript`](super::Transcript)'s job.

use super::written::{Event, NumberedRecord};
use crate::model::{Key, Timestamp, Verb};
use crate::state::{Doubt, Effect, Version};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::fmt;
use std::io::{self, Write};

/// The word in a journal's first record that says what the file is.
pub(super) const FORMAT: &str = "omniform-journal";

/// The version of the journal's format. 1: as in the first release.
pub(super) const VERSION: u32 = 1;

/// A request that is about to leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// The step of the plan.
    pub step: u32,
    /// Whose request it is.
    pub key: Key,
    /// Which request it is.
    pub verb: Verb,
    /// What is true if it happens.
    pub effect: Effect,
    /// The `noSync` of an add-channel request.
    pub no_sync: bool,
    /// When it is about to be sent.
    pub at: Timestamp,
}

/// One thing that a journal records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// The first record: what is continued, and by whom.
    Opened {
        /// The state that the journal continues.
        base: Version,
        /// The command that wrote it, such as `apply`.
        command: String,
        /// When it was opened.
        at: Timestamp,
        /// Earlier runs all of whose requests are settled; see [`Ledger::knows`](super::Ledger::knows).
        runs: Vec<String>,
    },
    /// A request is about to leave.
    Intent(Intent),
    /// The request happened; its effect is absorbed.
    Done {
        /// Sequence number of the intent.
        intent: u64,
    },
    /// The request did not happen.
    Failed {
        /// Sequence number of the intent.
        intent: u64,
        /// Why, without a customer's value.
        cause: String,
    },
    /// Nobody knows whether the request happened.
    Unclear {
        /// Sequence number of the intent.
        intent: u64,
        /// Why, without a customer's value.
        cause: String,
    },
    /// The state alone changed; nothing was sent.
    Noted {
        /// Whose record changed.
        key: Key,
        /// What is true now.
        effect: Effect,
    },
    /// A doubt was settled.
    Settled {
        /// Sequence number of the intent, or of the record that carried it over.
        intent: u64,
        /// Whether the request had happened.
        verdict: Verdict,
        /// How that is known.
        how: How,
        /// Who settled it.
        who: String,
        /// When.
        at: Timestamp,
    },
    /// A doubt of an earlier journal. Its own sequence number takes the place of the intent's.
    Carried {
        /// What is in doubt.
        doubt: Doubt,
        /// Where it was first written down, if that is known.
        origin: Option<Origin>,
    },
}

/// Where an intent was first written down: what its run has told of it names it so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The run that sent the request.
    pub run: String,
    /// The number of the intent in that run's journal.
    pub intent: u64,
}

/// Whether a request in doubt had happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It had; its effect is absorbed.
    Applied,
    /// It had not; nothing changes.
    NotApplied,
}

/// How a verdict is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// A read of the API proved it.
    Read,
    /// A person said so.
    Word,
    /// The request was sent again and answered.
    Resent,
    /// The run that sent it told its result, which its journal could not take.
    Told,
}

/// One record as it stands in a journal, its line feed included.
#[derive(Clone, PartialEq, Eq)]
pub struct Line {
    text: String,
    tells: Tells,
}

/// What is lost with a line that cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tells {
    /// What became of a request.
    Result,
    /// Nothing that has left this machine.
    Before,
}

impl Line {
    /// Writes a record down.
    #[must_use]
    pub(super) fn encode(seq: u64, run: &str, record: &Record) -> Self {
        let mut bytes = Vec::with_capacity(LINE_USUAL);
        bytes.extend_from_slice(BEFORE_RECORD.as_bytes());
        append_json(&mut bytes, &NumberedRecord { seq, run, event: Event(record) });
        bytes.extend_from_slice(b"}\n");
        let mut text = into_text(bytes);
        let sum = sum(&text[BEFORE_RECORD.len()..text.len() - "}\n".len()]);
        text.replace_range(BEFORE_SUM..BEFORE_SUM + SUM_LENGTH, &sum);
        let tells = match record {
            Record::Opened { .. }
            | Record::Intent(_)
            | Record::Noted { .. }
            | Record::Carried { .. } => Tells::Before,
            Record::Done { .. }
            | Record::Failed { .. }
            | Record::Unclear { .. }
            | Record::Settled { .. } => Tells::Result,
        };
        Self { text, tells }
    }

    /// How many bytes the line of a record takes.
    pub(super) fn length(seq: u64, run: &str, record: &Record) -> u64 {
        let mut text = Count(BEFORE_RECORD.len() as u64 + "}\n".len() as u64);
        append_json(&mut text, &NumberedRecord { seq, run, event: Event(record) });
        text.0
    }

    /// What is lost if the line cannot be written.
    pub(super) fn tells(&self) -> Tells {
        self.tells
    }

    /// The line, its line feed included. Holds a customer's values: for the journal, not for a log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Hides the text: it holds a customer's values.
impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line(•••)")
    }
}

/// A line taken apart; the record stays as text, since the sum is over its bytes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Envelope<'a> {
    pub(super) sum: &'a str,
    #[serde(borrow)]
    pub(super) record: &'a RawValue,
}

/// The first 16 hex digits of BLAKE3 over a text.
pub(super) fn sum(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..SUM_LENGTH].to_owned()
}

/// What stands before a record in its line, with a sum that is not yet known.
const BEFORE_RECORD: &str = r#"{"sum":"0000000000000000","record":"#;

/// Where the sum stands in it.
const BEFORE_SUM: usize = r#"{"sum":""#.len();

/// How long a sum is.
const SUM_LENGTH: usize = 16;

/// Room for most lines, in bytes.
const LINE_USUAL: usize = 512;

#[expect(clippy::expect_used, reason = "keys are texts and no shape here refuses to be written")]
fn append_json(to: impl Write, record: &NumberedRecord<'_>) {
    serde_json::to_writer(to, record).expect("a record is plain JSON");
}

#[expect(clippy::expect_used, reason = "JSON and what stands around it is text")]
fn into_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("JSON is text")
}

/// Counts bytes instead of keeping them.
struct Count(u64);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
