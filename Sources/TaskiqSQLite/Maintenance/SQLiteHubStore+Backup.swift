// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import TaskiqHub

extension SQLiteHubStore {
    /// Writes a copy of the store as it is now into a file that is not there yet.
    ///
    /// - Parameter path: the file.
    /// - Throws: `HubStoreError`.
    public func backup(to path: String) throws {
        try checkIsOpen()
        do {
            try database.writeWithoutTransaction { database in
                try database.execute(sql: "VACUUM INTO ?", arguments: [path])
            }
        } catch {
            throw HubStoreError(error, path: path, action: "writing the copy")
        }
    }
}
