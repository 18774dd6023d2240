// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What a key admits its holder to.
package enum KeyRole: String, Sendable, Hashable, CaseIterable {
    /// Sends tasks, looks after them and reads results.
    case client
    /// Takes tasks and reports their ends, and sends none.
    case worker
    /// Does both, as a worker must whose tasks send other tasks.
    case both
    /// A client that may also do everything else that people ask of a hub.
    case admin

    /// Whether it may send tasks and read results.
    package var isClient: Bool { self != .worker }
    /// Whether it may take tasks.
    package var isWorker: Bool { self == .worker || self == .both }

    /// The roles, for people.
    package static let words = "client, worker, both or admin"
}
