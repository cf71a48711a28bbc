//! Why a sandbox does not start. *Pure.*

use std::{io, net::SocketAddr, path::PathBuf};

/// Why a sandbox does not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The address is reachable from elsewhere.
    #[error("the sandbox listens on loopback only, not on {0}")]
    NotLoopback(SocketAddr),
    /// Nobody can listen there.
    #[error("cannot listen on {address}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The data file cannot be read.
    #[error("cannot read the sandbox's data from {}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The data file cannot be written.
    #[error("cannot write the sandbox's data to {}", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another sandbox runs on the same data.
    #[error("the sandbox's data in {} are in use", path.display())]
    InUse {
        /// Which file.
        path: PathBuf,
    },
    /// The data file is not what a sandbox wrote.
    #[error("the sandbox's data in {} are damaged", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
    },
    /// The data file was written by a newer program.
    #[error("the sandbox's data in {} have version {found}, expected at most {expected}", path.display())]
    Newer {
        /// Which file.
        path: PathBuf,
        /// Its version.
        found: u64,
        /// The newest version that is understood.
        expected: u64,
    },
}

impl SandboxError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotLoopback(_) => Some("use an address such as 127.0.0.1:8080".to_owned()),
            Self::Listen { .. } => Some("use another port; 0 takes a free one".to_owned()),
            Self::Read { .. } | Self::Write { .. } => None,
            Self::InUse { .. } => {
                Some("wait until the other omniform on these data has ended".to_owned())
            }
            Self::Damaged { path } => {
                Some(format!("delete {} to start with an empty sandbox", path.display()))
            }
            Self::Newer { path, .. } => Some(format!(
                "use the newer omniform, or delete {} to start with an empty sandbox",
                path.display()
            )),
        }
    }
}
