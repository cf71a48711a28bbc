//! The results of a run as lines for a log, where its journal could not take them. *Pure.*
//!
//! A line is `omniform-result {"sum":"<16 hex>","result":{…}}`; the sum is the start of BLAKE3 over
//! the bytes of the result as they stand in the line. It names the request by its run and the number of
//! its intent, which was durable before the request left, so no customer's value has to be in it.
//!
//! Reading is for the log of a CI job: before and after a result there may be anything (time stamps,
//! names of jobs, colours), and so there may between results. What calls itself a result and is not
//! exactly what was written stops the reading: nothing is guessed.

use super::record::{Origin, sum};
use crate::model::{BrandId, Key, PrimaryId, Verb};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The word before each result.
const MARK: &str = "omniform-result ";

/// What a result begins with; the word alone may stand in any log.
const BEGINNING: &str = "omniform-result {";

/// The version of the lines. 1: as in the first release.
const VERSION: u32 = 1;

/// The result of one request, as its run told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The run, and the number of the intent in its journal.
    pub origin: Origin,
    /// Whose request it is.
    pub key: Key,
    /// Which request it is.
    pub verb: Verb,
    /// How it ended.
    pub end: End,
    /// Why, where it is not done; without a customer's value.
    pub cause: Option<String>,
}

/// How a request ended, as its run knew it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// It happened.
    Done,
    /// It did not happen.
    Failed,
    /// Nobody knows.
    InDoubt,
    /// It never left.
    NotSent,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ToldForm {
    version: u32,
    run: String,
    /// The run that tells it, where that is not the one that sent the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    teller: Option<String>,
    line: u64,
    of: u64,
    intent: u64,
    outcome: End,
    verb: Verb,
    brand: BrandId,
    id: PrimaryId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
}

/// As much of a result as every version has.
#[derive(Deserialize)]
struct AnyForm {
    version: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    sum: &'a str,
    #[serde(borrow)]
    result: &'a RawValue,
}

/// What is wrong with results in a log. Nothing of them is used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ToldDamage {
    /// No line is a result.
    #[error("expected lines with `{}`, found none", MARK.trim_end())]
    None,
    /// A result that was cut off or changed.
    #[error("line {line}: expected a whole result, found a part of one or something else")]
    Shape {
        /// The line of the file, from 1.
        line: usize,
    },
    /// A result that is not what was written.
    #[error("line {line}: the checksum does not fit the result")]
    Sum {
        /// The line of the file, from 1.
        line: usize,
    },
    /// A result of a later omniform.
    #[error("line {line}: expected version {VERSION} of a result, found version {found}")]
    NewerVersion {
        /// The line of the file, from 1.
        line: usize,
        /// The version found.
        found: u32,
    },
    /// A result out of its order, or one number with two results.
    #[error("line {line}: result {found} of run {run} does not follow result {last}")]
    Order {
        /// The line of the file, from 1.
        line: usize,
        /// The run.
        run: String,
        /// Its number among the results of its run.
        found: u64,
        /// The last one before.
        last: u64,
    },
}

impl ToldDamage {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::None => {
                "give the log of the run that ended with exit code 8: it told one line for each \
                 request"
                    .to_owned()
            }
            Self::NewerVersion { .. } => {
                "use the omniform that wrote them, or a later one".to_owned()
            }
            _ => {
                "nothing was settled; take the lines from the log again, whole and in their order. \
                  A line that cannot be had whole may be left out: its request then stays in doubt"
                    .to_owned()
            }
        })
    }
}

/// The results found in a log, and how many of those that were told are not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// The results, in their order.
    pub results: Vec<Told>,
    /// How many results of the same runs are missing.
    pub missing: u64,
}

/// The lines of the results that the run `teller` tells, each with its line feed.
pub fn told_lines(teller: &str, results: &[Told]) -> impl Iterator<Item = String> {
    let of = results.len() as u64;
    (1..).zip(results).map(move |(line, told)| {
        let form = ToldForm {
            version: VERSION,
            run: told.origin.run.clone(),
            teller: (teller != told.origin.run).then(|| teller.to_owned()),
            line,
            of,
            intent: told.origin.intent,
            outcome: told.end,
            verb: told.verb,
            brand: told.key.brand,
            id: told.key.primary.clone(),
            cause: told.cause.clone(),
        };
        let text = quiet(&to_json(&form));
        format!("{MARK}{{\"sum\":\"{}\",\"result\":{text}}}\n", sum(&text))
    })
}

/// The same JSON without signs that a CI job obeys wherever they stand, and in ASCII.
fn quiet(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() && c != '#' && c != '<' {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
    }
    text
}

#[expect(clippy::expect_used, reason = "no shape here refuses to be written")]
fn to_json(form: &ToldForm) -> String {
    serde_json::to_string(form).expect("a result is plain JSON")
}

/// Reads the results out of a log.
///
/// # Errors
/// The first thing that is wrong with a result, or that there is none.
pub fn read_told(log: &[u8]) -> Result<Log, ToldDamage> {
    let mut found = Log::default();
    let mut runs: BTreeMap<String, BTreeMap<u64, Told>> = BTreeMap::new();
    let mut told: BTreeMap<String, u64> = BTreeMap::new();
    let lines = (1..).zip(log.split(|&byte| byte == b'\n'));
    for (line, bytes) in lines {
        let text = String::from_utf8_lossy(bytes);
        let begin = text.match_indices(BEGINNING).map(|(at, _)| at + MARK.len());
        for part in begin.filter_map(|at| text.get(at..)) {
            let Parsed { run, number, of, result } = parse(part, line)?;
            let known = runs.entry(run.clone()).or_default();
            let last = known.keys().next_back().copied().unwrap_or(0);
            let agrees = told.insert(run.clone(), of).is_none_or(|before| before == of);
            let twice = known.get(&number) == Some(&result);
            if !agrees || number == 0 || number > of || (number <= last && !twice) {
                return Err(ToldDamage::Order { line, run, found: number, last });
            }
            if !twice {
                known.insert(number, result.clone());
                found.results.push(result);
            }
        }
    }
    if found.results.is_empty() {
        return Err(ToldDamage::None);
    }
    found.missing = told.values().sum::<u64>() - found.results.len() as u64;
    Ok(found)
}

/// One result, with the run that tells it, its number among that run's and how many those are.
struct Parsed {
    run: String,
    number: u64,
    of: u64,
    result: Told,
}

/// One result; anything may follow it.
fn parse(text: &str, line: usize) -> Result<Parsed, ToldDamage> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Envelope<'_>>();
    let Some(Ok(envelope)) = values.next() else { return Err(ToldDamage::Shape { line }) };
    let result = envelope.result.get();
    if envelope.sum != sum(result) {
        return Err(ToldDamage::Sum { line });
    }
    let AnyForm { version } =
        serde_json::from_str(result).map_err(|_| ToldDamage::Shape { line })?;
    if version > VERSION {
        return Err(ToldDamage::NewerVersion { line, found: version });
    }
    let form: ToldForm = serde_json::from_str(result).map_err(|_| ToldDamage::Shape { line })?;
    let run = form.teller.unwrap_or_else(|| form.run.clone());
    let result = Told {
        origin: Origin { run: form.run, intent: form.intent },
        key: Key { brand: form.brand, primary: form.id },
        verb: form.verb,
        end: form.outcome,
        cause: form.cause,
    };
    Ok(Parsed { run, number: form.line, of: form.of, result })
}

#[cfg(test)]
mod tests {
    use super::{End, Log, Told, ToldDamage, read_told, told_lines};
    use crate::model::{BrandId, Key, PrimaryId, Verb};
    use crate::store::record::{Origin, sum};
    use proptest::prelude::{prop_assert, proptest};
    use std::fmt::Write;

    fn told(run: &str, intent: u64, id: &str, end: End) -> Told {
        let key = Key { brand: BrandId::new(1).unwrap(), primary: PrimaryId::new(id).unwrap() };
        let cause = (end != End::Done).then(|| "the answer is unknown: é ##[error] <b>".to_owned());
        let origin = Origin { run: run.to_owned(), intent };
        Told { origin, key, verb: Verb::Create, end, cause }
    }

    fn all() -> Vec<Told> {
        let ends = [End::Done, End::Failed, End::InDoubt, End::NotSent];
        (2..).zip(ends).map(|(n, end)| told("5f1c", n, &format!("C-{n} ##[x"), end)).collect()
    }

    fn read(text: &str) -> Result<Log, ToldDamage> {
        read_told(text.as_bytes())
    }

    #[test]
    fn a_result_stands_in_its_line_as_documented() {
        let lines: Vec<String> = told_lines("5f1c", &[told("5f1c", 2, "C-1", End::Done)]).collect();
        let result = r#"{"version":1,"run":"5f1c","line":1,"of":1,"intent":2,"outcome":"done","verb":"create","brand":1,"id":"C-1"}"#;
        let sum = sum(result);
        assert_eq!(lines, [format!("omniform-result {{\"sum\":\"{sum}\",\"result\":{result}}}\n")]);
    }

    #[test]
    fn what_a_run_told_is_read_back_out_of_the_log_of_a_job() {
        let lines: String = told_lines("5f1c", &all()).collect();
        assert!(lines.is_ascii() && !lines.contains("##") && !lines.contains('<'));
        let expected = Log { results: all(), missing: 0 };
        assert_eq!(read(&lines).unwrap(), expected);
        let mut log =
            String::from("2026-11-24T10:00:00.1Z ##[group]apply\r\n\u{1b}[0Kerror: full\n");
        for (n, line) in lines.lines().enumerate() {
            write!(log, "2026-11-24T10:00:0{n}Z apply | \u{1b}[31m{line}\u{1b}[0m\r\n").unwrap();
            log.push_str("100 %: 4 of 4 requests ended\n");
        }
        assert_eq!(read(&log).unwrap(), expected);
        assert_eq!(read(&(log.clone() + &log)).unwrap(), expected, "a log pasted twice");
        let glued = lines.replace('\n', " ");
        assert_eq!(read(&glued).unwrap(), expected, "line feeds lost");
    }

    #[test]
    fn what_two_tell_of_one_run_is_read_out_of_one_log() {
        let again = [told("5f1c", 4, "C-4", End::Done)];
        let both: String = told_lines("5f1c", &all()).chain(told_lines("77aa", &again)).collect();
        let results = all().into_iter().chain(again).collect();
        assert_eq!(read(&both).unwrap(), Log { results, missing: 0 });
    }

    #[test]
    fn a_line_that_is_not_there_is_counted() {
        let lines: Vec<String> = told_lines("5f1c", &all()).collect();
        let log = read(&(lines[0].clone() + &lines[3])).unwrap();
        assert_eq!((log.results.len(), log.missing), (2, 2));
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_line() {
        let lines: Vec<String> = told_lines("5f1c", &all()).collect();
        let other: Vec<String> = told_lines("5f1c", &all()[..2]).collect();
        let forged = |text: &str| {
            format!("omniform-result {{\"sum\":\"{}\",\"result\":{text}}}\n", sum(text))
        };
        let order = |line, found, last| ToldDamage::Order { line, run: "5f1c".into(), found, last };
        let cases = [
            (String::new(), ToldDamage::None),
            ("$ grep omniform-result apply.log\n".to_owned(), ToldDamage::None),
            ("done: create shop/C-1\n".to_owned(), ToldDamage::None),
            ("\n".to_owned() + &lines[0].replace("done", "failed"), ToldDamage::Sum { line: 2 }),
            (lines[0][..40].to_owned(), ToldDamage::Shape { line: 1 }),
            (lines[1].clone() + &lines[0], order(2, 1, 2)),
            (lines[0].clone() + &other[1], order(2, 2, 1)),
            (forged(r#"{"version":2,"new":[]}"#), ToldDamage::NewerVersion { line: 1, found: 2 }),
            (forged(r#"{"version":1}"#), ToldDamage::Shape { line: 1 }),
        ];
        for (text, damage) in cases {
            assert_eq!(read(&text), Err(damage.clone()), "{text}");
            assert!(damage.hint().is_some());
        }
    }

    proptest! {
        #[test]
        fn any_changed_byte_of_a_result_is_noticed(at: usize, with: u8) {
            let text: String = told_lines("5f1c", &all()).collect();
            let mut bytes = text.clone().into_bytes();
            let at = at % bytes.len();
            bytes[at] = with;
            // A mark that is spoilt makes its line somebody else's: then it is missing, and said so.
            let log = read_told(&bytes);
            prop_assert!(log.is_err() || log.as_ref() == read(&text).as_ref() || log.unwrap().missing == 1);
        }

        #[test]
        fn no_log_makes_the_reader_panic(log: Vec<u8>) {
            let _ = read_told(&log);
        }
    }
}
