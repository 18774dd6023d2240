// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What became of a delivery.
public enum Settlement: Sendable {
    /// The task ran to its end, well or not; the result is stored together with the acknowledgement.
    ///
    /// Nil when there is nothing to store, or another result backend has stored it.
    case completed(StoredResult?)
    /// The task ran to its end without acknowledging, as it was left to do: the result is stored, the delivery stays
    /// held, and comes again unless it is acknowledged in time.
    case unacknowledged(StoredResult?)
    /// The task asked to be run again, with this message, not before the delay has passed.
    case requeued(BrokerMessage, after: Duration)
    /// The task, or the worker, refused the message for good: it goes to the dead letters.
    case rejected(reason: String, StoredResult?)
    /// The task was never started; somebody else may have it.
    case released
}
