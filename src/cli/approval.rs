//! Asking a person before anything is sent. *Touches: streams.*
//!
//! A plan without purges wants a `yes`; one with purges wants their number, which nobody types without
//! having read it.

use super::context::Context;
use super::exit::{Exit, Failure};
use super::output;
use std::io::{self, BufRead, Write};

/// Why a run may send without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Approval {
    /// `--auto-approve`, or a saved plan that was reviewed.
    Given,
    /// A person at a terminal will be asked.
    Ask,
}

/// Finds out before anything is read or locked whether a run can be approved at all.
pub(super) fn expect(context: &Context, given: bool) -> Result<Approval, Failure> {
    if given {
        Ok(Approval::Given)
    } else if context.can_ask() {
        Ok(Approval::Ask)
    } else {
        let error = "expected an approval: there is no terminal to ask on";
        Err(Failure::new(Exit::Failed, error).hint(
            "nothing was sent; apply a saved plan (`omniform plan --out FILE`, \
             `omniform apply FILE`) or add --auto-approve",
        ))
    }
}

/// Asks where somebody is there to answer; without a terminal, what was typed in the command stands.
pub(super) fn if_possible(context: &Context) -> Approval {
    if context.can_ask() { Approval::Ask } else { Approval::Given }
}

/// Asks about a plan that erases so many customers; anything but the word asked for is a no.
pub(super) fn ask(purges: usize) -> Result<(), Failure> {
    if is_approved(purges, &mut io::stdin().lock(), &mut io::stderr().lock()) {
        return Ok(());
    }
    output::tell("Not approved: nothing was sent.");
    Err(Failure::told(Exit::Failed))
}

/// Puts the question and reads the answer. Nothing that cannot be read is a yes.
fn is_approved(purges: usize, from: &mut impl BufRead, to: &mut impl Write) -> bool {
    let (question, expected) = match purges {
        0 => ("\nCarry this plan out? Only `yes` is accepted: ".to_owned(), "yes".to_owned()),
        count => {
            let customers = if count == 1 { "1 customer" } else { &format!("{count} customers") };
            let question = format!(
                "\nThis plan erases {customers} for good. To carry it out, type how many \
                 customers it purges: "
            );
            (question, count.to_string())
        }
    };
    if to.write_all(question.as_bytes()).and_then(|()| to.flush()).is_err() {
        return false;
    }
    let mut answer = String::new();
    from.read_line(&mut answer).is_ok() && answer.trim() == expected
}

#[cfg(test)]
mod tests {
    use super::is_approved;

    fn asked(purges: usize, answer: &str) -> (bool, String) {
        let mut question = Vec::new();
        let approved = is_approved(purges, &mut answer.as_bytes(), &mut question);
        (approved, String::from_utf8(question).unwrap())
    }

    #[test]
    fn a_plan_without_purges_wants_a_yes() {
        assert!(asked(0, "yes\n").0);
        for answer in ["y\n", "YES\n", "0\n", "\n", "", "yes please\n"] {
            assert!(!asked(0, answer).0, "{answer:?}");
        }
        assert!(!asked(0, "yes").1.contains("purge"));
    }

    #[test]
    fn a_plan_with_purges_wants_their_number() {
        let (approved, question) = asked(3, "3\n");
        assert!(approved && question.contains("erases 3 customers for good"), "{question}");
        for answer in ["yes\n", "2\n", "30\n", "\n", "", "three\n", "+3\n", "03\n"] {
            assert!(!asked(3, answer).0, "{answer:?}");
        }
        assert!(asked(1, "1").1.contains("erases 1 customer for good"));
    }
}
