//! The API key, from the environment or a file that only its owner reads. *Touches: disk.*
#![expect(clippy::disallowed_methods, reason = "reads the key's file")]

use super::context::Context;
use super::exit::{Exit, Failure};
use crate::api::{ApiKey, KeyProblem};
use std::fs;

/// The key of the account.
pub(super) fn load(context: &Context) -> Result<ApiKey, Failure> {
    let environment = &context.environment;
    let (from, text) = match (&environment.key, &environment.key_file) {
        (Some(_), Some(_)) => {
            let error = "expected one of OMNIDESK_API_KEY and OMNIDESK_API_KEY_FILE, found both";
            return Err(Failure::new(Exit::Failed, error).hint("unset one of them"));
        }
        (Some(key), None) => ("OMNIDESK_API_KEY".to_owned(), key.to_string_lossy().into_owned()),
        (None, Some(file)) => {
            let path = context.path(file);
            warn_if_open(context, &path);
            let text = fs::read_to_string(&path).map_err(|source| {
                let error = Unread { path: path.display().to_string(), source };
                Failure::new(Exit::Failed, error)
            })?;
            (format!("{}, the file of OMNIDESK_API_KEY_FILE,", path.display()), text)
        }
        (None, None) => {
            let error =
                "expected an API key in OMNIDESK_API_KEY or OMNIDESK_API_KEY_FILE, found none";
            return Err(Failure::new(Exit::Failed, error).hint(
                "make a key in Omnidesk's settings and export it; `endpoint: sandbox` needs none",
            ));
        }
    };
    ApiKey::new(text.trim_end_matches(['\n', '\r'])).map_err(|source| {
        let hint = source.hint();
        Failure::new(Exit::Failed, Unusable { from, source }).hint_if(hint)
    })
}

/// A key file that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the file that OMNIDESK_API_KEY_FILE names could not be read: {path}")]
struct Unread {
    path: String,
    #[source]
    source: std::io::Error,
}

/// A text that is no key, and where it came from.
#[derive(Debug, thiserror::Error)]
#[error("{from} holds no API key")]
struct Unusable {
    from: String,
    #[source]
    source: KeyProblem,
}

/// Others who can read the file can use the key; mounted secrets often cannot help it, so only warn.
fn warn_if_open(context: &Context, path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    let open = fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0);
    if open {
        context.say("warning: the API key's file can be read by others; `chmod 600` it");
    }
}
