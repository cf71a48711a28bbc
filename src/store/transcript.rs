//! Reading a whole journal: every record in order, or a named damage. *Pure.*
//!
//! A last line without its line feed was never acknowledged as written and is dropped, which the
//! reader is told; anything else that is wrong stops, since a record that is skipped could be a
//! request that happened.

use super::form::{FirstForm, NumberedForm};
use super::record::{Envelope, FORMAT, Record, VERSION, sum};
use crate::state::{JournalMark, Version};

/// A record with its number and the run that wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbered {
    /// Its place in the journal, from 1.
    pub seq: u64,
    /// The run that wrote it.
    pub run: String,
    /// What it says.
    pub record: Record,
}

/// A journal as read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transcript {
    /// The records; the first one, if any, opens the journal.
    pub records: Vec<Numbered>,
    /// Whether the last line was cut off and dropped.
    pub tail: Tail,
}

/// How a journal ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tail {
    /// With a whole record.
    #[default]
    Whole,
    /// Within this line, which was dropped.
    Torn(u64),
}

/// What is wrong with a journal. Holds no customer's value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalDamage {
    /// A line that is no record.
    #[error("line {line}: expected a journal record, found something else")]
    NotARecord {
        /// The line, from 1.
        line: u64,
    },
    /// A record that is not what was written.
    #[error("line {line}: the checksum does not fit the record")]
    Sum {
        /// The line, from 1.
        line: u64,
    },
    /// A record that is whole, but of no known shape.
    #[error("line {line}: the record has no known shape")]
    Shape {
        /// The line, from 1.
        line: u64,
    },
    /// A record that is missing, doubled or out of order.
    #[error("line {line}: expected record {expected}, found record {found}")]
    Gap {
        /// The line, from 1.
        line: u64,
        /// The number that is next.
        expected: u64,
        /// The number found.
        found: u64,
    },
    /// A first record that opens nothing.
    #[error("line 1: expected the record that opens a journal")]
    NoOpening,
    /// A format of a later omniform.
    #[error("expected journal version {VERSION} or older, found version {found}")]
    NewerVersion {
        /// The version found.
        found: u32,
    },
}

impl JournalDamage {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NewerVersion { .. } => {
                "use the omniform that wrote it, or a later one".to_owned()
            }
            _ => "take journal and state back together from where they were saved (for a state \
                  branch: `git checkout`); removing the journal would forget requests whose answer \
                  is unknown"
                .to_owned(),
        })
    }
}

impl Transcript {
    /// Reads a journal.
    ///
    /// # Errors
    /// The first damage. Nothing is repaired and nothing is skipped.
    pub fn parse(bytes: &[u8]) -> Result<Self, JournalDamage> {
        let mut transcript = Self::default();
        let mut rest = bytes;
        let mut line = 0;
        while !rest.is_empty() {
            line += 1;
            let Some(end) = rest.iter().position(|&byte| byte == b'\n') else {
                transcript.tail = Tail::Torn(line);
                break;
            };
            transcript.records.push(parse_line(&rest[..end], line)?);
            rest = &rest[end + 1..];
        }
        Ok(transcript)
    }

    /// The state that the journal continues; none if not even its first record is whole.
    #[must_use]
    pub fn base(&self) -> Option<&Version> {
        match &self.records.first()?.record {
            Record::Opened { base, .. } => Some(base),
            _ => None,
        }
    }

    /// The journal up to its last whole record; none if there is none.
    #[must_use]
    pub fn mark(&self) -> Option<JournalMark> {
        let last = self.records.last()?;
        Some(JournalMark { run: last.run.clone(), records: last.seq })
    }
}

fn parse_line(bytes: &[u8], line: u64) -> Result<Numbered, JournalDamage> {
    let text = std::str::from_utf8(bytes).map_err(|_| JournalDamage::NotARecord { line })?;
    let envelope: Envelope<'_> =
        serde_json::from_str(text).map_err(|_| JournalDamage::NotARecord { line })?;
    let record = envelope.record.get();
    if envelope.sum != sum(record) {
        return Err(JournalDamage::Sum { line });
    }
    if line == 1 {
        check_format(record)?;
    }
    let form: NumberedForm =
        serde_json::from_str(record).map_err(|_| JournalDamage::Shape { line })?;
    if form.seq != line {
        return Err(JournalDamage::Gap { line, expected: line, found: form.seq });
    }
    Ok(Numbered { seq: form.seq, run: form.run, record: form.event.into_record(form.seq) })
}

fn check_format(record: &str) -> Result<(), JournalDamage> {
    let first: FirstForm = serde_json::from_str(record).map_err(|_| JournalDamage::NoOpening)?;
    let opened = first.event.opened;
    match opened.version {
        _ if opened.format != FORMAT => Err(JournalDamage::NoOpening),
        0 => Err(JournalDamage::NoOpening),
        1..=VERSION => Ok(()),
        found => Err(JournalDamage::NewerVersion { found }),
    }
}

#[cfg(test)]
mod tests {
    use super::{JournalDamage, Tail, Transcript};
    use crate::model::Timestamp;
    use crate::state::Version;
    use crate::store::record::{Line, Record, sum};

    fn opened() -> Record {
        let base = Version { lineage: "l".to_owned(), serial: 3 };
        Record::Opened {
            base,
            command: "apply".to_owned(),
            at: Timestamp::from_second(0),
            runs: vec![],
        }
    }

    fn line(seq: u64, record: &Record) -> String {
        Line::encode(seq, "r", record).as_str().to_owned()
    }

    fn forged(record: &str) -> String {
        format!("{{\"sum\":\"{}\",\"record\":{record}}}\n", sum(record))
    }

    fn parse(text: &str) -> Result<Transcript, JournalDamage> {
        Transcript::parse(text.as_bytes())
    }

    #[test]
    fn a_record_stands_in_its_line_as_documented() {
        let text = line(1, &opened());
        let record = r#"{"seq":1,"run":"r","event":{"opened":{"format":"omniform-journal","version":1,"base":{"lineage":"l","serial":3},"command":"apply","at":"1970-01-01T00:00:00Z"}}}"#;
        assert_eq!(text, forged(record));
        assert_eq!(parse(&text).unwrap().base().unwrap().serial, 3);
    }

    #[test]
    fn a_torn_last_line_is_dropped_and_said() {
        let text = line(1, &opened()) + &line(2, &Record::Done { intent: 9 });
        let first = line(1, &opened()).len();
        for cut in first + 1..text.len() {
            let transcript = parse(&text[..cut]).unwrap();
            assert_eq!((transcript.records.len(), transcript.tail), (1, Tail::Torn(2)));
        }
        for cut in 1..first {
            let transcript = parse(&text[..cut]).unwrap();
            assert!(transcript.base().is_none() && transcript.tail == Tail::Torn(1));
        }
        assert_eq!(parse(""), Ok(Transcript::default()));
    }

    #[test]
    fn anything_else_that_is_wrong_stops_with_its_name() {
        let first = line(1, &opened());
        let done = |seq| line(seq, &Record::Done { intent: 2 });
        let newer = r#"{"seq":1,"run":"r","event":{"opened":{"format":"omniform-journal","version":2,"new":[]}}}"#;
        let gap = |line, found| JournalDamage::Gap { line, expected: line, found };
        let cases = [
            (first.clone() + &done(3), gap(2, 3)),
            (first.clone() + &done(2) + &done(2), gap(3, 2)),
            (done(1), JournalDamage::NoOpening),
            (forged(newer), JournalDamage::NewerVersion { found: 2 }),
            (first.replacen("apply", "plan", 1), JournalDamage::Sum { line: 1 }),
            (first.clone() + "\n" + &done(2), JournalDamage::NotARecord { line: 2 }),
            (first.clone() + "\0\0\0\n", JournalDamage::NotARecord { line: 2 }),
            (
                first.clone() + &forged(r#"{"seq":2,"run":"r","event":{"else":{}}}"#),
                JournalDamage::Shape { line: 2 },
            ),
            (
                first + &forged(r#"{"seq":2,"run":"r","event":{"done":{"intent":2}},"x":1}"#),
                JournalDamage::Shape { line: 2 },
            ),
        ];
        for (text, damage) in cases {
            assert_eq!(parse(&text), Err(damage.clone()), "{text}");
            assert!(damage.hint().is_some());
        }
        let not_text = Transcript::parse(b"\xFF\n");
        assert_eq!(not_text, Err(JournalDamage::NotARecord { line: 1 }));
    }

    #[test]
    fn any_changed_byte_of_a_whole_line_is_noticed() {
        let text = line(1, &opened()) + &line(2, &Record::Done { intent: 9 });
        for at in 0..text.len() - 1 {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            assert_ne!(Transcript::parse(&bytes), parse(&text), "byte {at}");
            assert!(Transcript::parse(&bytes).is_err(), "byte {at}");
        }
    }
}
