//! Reading state and journal together without a lock, while a run may be replacing them. *Touches: disk.*
//!
//! A run replaces the state by renaming and puts its journal away afterwards. So the state is held
//! open while the journal is read: if its name still means the same file then, the two belong
//! together (invariant I4). A file that is held open cannot give its identity to another one.

use super::disk::{self, Found};
use super::reopen::{Opened, reopen};
use super::{Paths, StoreError, journal, state_file};
use crate::model::Endpoint;

/// How often a changing record is read before giving up; a run replaces it once or twice.
const TRIES: u32 = 100;

/// Reads the record as it is now; none if there is no state yet. Takes no lock and writes nothing.
///
/// # Errors
/// If state or journal are damaged, do not belong together, or are about another account.
pub fn snapshot(paths: &Paths, endpoint: &Endpoint) -> Result<Option<Opened>, StoreError> {
    for _ in 0..TRIES {
        let loaded = state_file::load(paths, endpoint)?;
        let journal = journal::load(paths);
        let now = disk::look(paths.state())?;
        match loaded {
            Some((state, file)) if now == Found::File(file.identity()?) => {
                let reopened = reopen(state, journal?.as_ref(), "");
                let reopened = reopened.map_err(|misfit| misfit.at(paths.journal()))?;
                return Ok(Some(reopened.into_opened()));
            }
            None if now == Found::Nothing => {
                return match journal? {
                    None => Ok(None),
                    Some(_) => {
                        Err(StoreError::JournalWithoutState { path: paths.journal().to_owned() })
                    }
                };
            }
            _ => {}
        }
    }
    Err(StoreError::Unsteady { path: paths.state().to_owned() })
}
