//! The signals that ask a run to stop. *Touches: the process.*

use std::io;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Listens for INT, TERM and HUP from now on; gives the number of each as it comes.
///
/// # Errors
/// If the system does not let the process listen.
///
/// # Panics
/// Outside a tokio runtime.
pub fn listen() -> io::Result<UnboundedReceiver<i32>> {
    let (sender, receiver) = unbounded_channel();
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
