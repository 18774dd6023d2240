// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A moment in the life of a broker at which a program's own code may run.
///
/// Client events belong to processes that send, worker events to those that run tasks. Shutdown handlers run in
/// reverse order of registration (Python runs them in order).
public enum TaskiqEvent: Sendable, Hashable {
    /// A sender starts.
    case clientStartup
    /// A sender stops.
    case clientShutdown
    /// A worker process starts.
    case workerStartup
    /// A worker process stops.
    case workerShutdown
}
