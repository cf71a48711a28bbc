//! Group commit: what became ready while one batch is being synced goes into the next. *Pure.*

use crate::store::Line;

/// Lines on their way to the journal, and the steps whose results they hold.
#[derive(Debug, Default)]
pub(super) struct Batches {
    queue: Vec<Line>,
    queued_ends: Vec<usize>,
    syncing: Option<Vec<usize>>,
    /// The number of the batch that is being collected.
    number: u64,
    broken: bool,
}

impl Batches {
    /// Adds a line that opens something; gives the number of its batch.
    pub(super) fn add(&mut self, line: Line) -> u64 {
        if !self.broken {
            self.queue.push(line);
        }
        self.number
    }

    /// The lines of the batch that is being collected.
    pub(super) fn queued(&self) -> &[Line] {
        &self.queue
    }

    /// Adds the line that ends a step.
    pub(super) fn add_end(&mut self, line: Line, step: usize) {
        self.add(line);
        self.queued_ends.push(step);
    }

    /// Takes the next batch to write, unless one is being synced.
    pub(super) fn take(&mut self) -> Option<Vec<Line>> {
        if self.syncing.is_some() || self.queue.is_empty() || self.broken {
            return None;
        }
        self.syncing = Some(std::mem::take(&mut self.queued_ends));
        self.number += 1;
        Some(std::mem::take(&mut self.queue))
    }

    /// Takes note that the batch being synced is durable; gives its number.
    pub(super) fn durable(&mut self) -> Option<u64> {
        self.syncing.take().map(|_| self.number - 1)
    }

    /// Takes note that nothing more can be made durable.
    pub(super) fn fail(&mut self) {
        self.broken = true;
        self.queue.clear();
    }

    /// Whether nothing waits to be written or synced, or nothing can be.
    pub(super) fn settled(&self) -> bool {
        self.broken || (self.syncing.is_none() && self.queue.is_empty())
    }

    /// The steps whose results are not known to be durable.
    pub(super) fn unrecorded(&self) -> Vec<usize> {
        self.syncing.iter().flatten().chain(&self.queued_ends).copied().collect()
    }
}
