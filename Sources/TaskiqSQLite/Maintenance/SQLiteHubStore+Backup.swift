// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import Synchronization
import TaskiqHub

extension SQLiteHubStore {
    /// Writes a copy of the store into a file that is not there yet, while the hub goes on.
    ///
    /// The copy has everything that was committed before the call; it is whole when the call returns, and removed when
    /// it throws. To go on from a copy, put it into an empty data directory as `hub.sqlite`.
    ///
    /// - Parameter path: the file.
    /// - Throws: `HubStoreError`.
    public func backup(to path: String) throws {
        // Whoever closes the store waits until the copy has let go of the connection.
        try copying.withLock { _ in
            try checkIsOpen()
            let copy = try StoreCopy(path)
            do {
                // One step at a time has the connection, and groups are committed between them.
                repeat { try checkIsOpen() } while try database.writeWithoutTransaction { try copy.step($0) }
                try database.writeWithoutTransaction { _ in try copy.finish() }
            } catch {
                database.writeWithoutTransaction { _ in copy.discard() }
                throw HubStoreError(error, path: path, action: "writing the copy")
            }
        }
    }
}
