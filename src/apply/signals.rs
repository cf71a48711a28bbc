//! The signals that ask a run to stop. *Touches: the process.*

use std::io;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// The number of SIGXFSZ: a file would grow beyond the limit of the process (`ulimit -f`).
const XFSZ: i32 = 25;

/// Listens for INT, TERM and HUP from now on; gives the number of each as it comes. SIGXFSZ is taken
/// and dropped: the write that caused it fails and is told as any other that the disk refuses.
///
/// # Errors
/// If the system does not let the process listen.
///
/// # Panics
/// Outside a tokio runtime.
pub fn listen() -> io::Result<UnboundedReceiver<i32>> {
    let (sender, receiver) = unbounded_channel();
    // What tokio has taken once stays taken, also without anybody who listens.
    drop(signal(SignalKind::from_raw(XFSZ))?);
    for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()] {
        let (mut stream, sender) = (signal(kind)?, sender.clone());
        tokio::spawn(async move {
            while stream.recv().await.is_some() {
                if sender.send(kind.as_raw_value()).is_err() {
                    return;
                }
            }
        });
    }
    Ok(receiver)
}
