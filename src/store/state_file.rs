//! The state file: read whole, replaced whole. *Touches: disk.*

use super::disk::{self, DiskError, Source};
use super::reserved::{Reserved, Rest};
use super::{Paths, StoreError, paths::next_to};
use crate::model::Endpoint;
use crate::state::State;
use crate::state::format::{self, Damage};

/// The state and the file that it was read from, still open; none if there is none.
pub(super) fn load(
    paths: &Paths,
    endpoint: &Endpoint,
) -> Result<Option<(State, Source)>, StoreError> {
    let path = paths.state();
    let Some(file) = disk::open(path)? else { return Ok(None) };
    let state = parse(&file.read(u64::MAX)?)
        .map_err(|source| StoreError::State { path: path.to_owned(), source })?;
    if state.endpoint() != endpoint {
        return Err(StoreError::OtherEndpoint {
            path: path.to_owned(),
            expected: endpoint.clone(),
            found: state.endpoint().clone(),
        });
    }
    Ok(Some((state, file)))
}

fn parse(bytes: &[u8]) -> Result<State, Damage> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        Damage::NotText { line: before.split(|&byte| byte == b'\n').count() as u64 }
    })?;
    format::parse(text)
}

/// Takes room for the next version of the state.
pub(super) fn reserve(paths: &Paths, bytes: u64) -> Result<Reserved, DiskError> {
    Reserved::new(&next_to(paths.state()), bytes)
}

/// Replaces the state file, in the room that was taken for it, if any was. Only the holder of the lock
/// calls it.
pub(super) fn save(paths: &Paths, state: &State, room: Option<Reserved>) -> Result<(), DiskError> {
    let text = format::print(state);
    let room = room.map_or_else(|| reserve(paths, 0), Ok)?;
    room.put(paths.state(), text.as_bytes(), Rest::Free).map(drop)
}
