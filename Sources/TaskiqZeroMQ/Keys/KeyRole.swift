// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What a key admits its holder to.
package enum KeyRole: String, Sendable, Hashable, CaseIterable {
    /// Sends tasks and reads results.
    case client
    /// Takes tasks and reports their ends, and sends none.
    case worker
    /// Does both, as a worker must whose tasks send other tasks.
    case both

    /// Whether it may send tasks and read results.
    package var isClient: Bool { self != .worker }
    /// Whether it may take tasks.
    package var isWorker: Bool { self != .client }
}
