// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import GRDBSQLite
import TaskiqHub

/// A copy of a store in the making, some pages at a time.
///
/// SQLite keeps what is copied already up to date with what the same connection writes, so the store goes on between
/// the steps, and the copy is the store as it is when the last step ends. It has another name until it is whole, so that
/// a file with the name that was asked for is never a part of a copy.
final class StoreCopy {
    /// How many pages are copied in one step: about a millisecond's worth.
    static let pagesPerStep: CInt = 128

    private let path: String
    private let unfinished: UnfinishedCopy
    private var target: OpaquePointer?
    private var backup: OpaquePointer?

    /// Makes the file under another name, for its user alone.
    ///
    /// - Parameter path: the file, which must not be there yet.
    /// - Throws: `HubStoreError`.
    init(_ path: String) throws(HubStoreError) {
        self.path = path
        unfinished = try UnfinishedCopy(of: path)
        guard sqlite3_open_v2(unfinished.path, &target, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK else {
            throw failed(SQLITE_CANTOPEN)
        }
        // Without a journal: a copy that was not finished is removed.
        sqlite3_exec(target, "PRAGMA journal_mode = OFF; PRAGMA locking_mode = EXCLUSIVE", nil, nil, nil)
    }

    deinit {
        if backup != nil { sqlite3_backup_finish(backup) }
        sqlite3_close_v2(target)
    }

    /// Copies some pages.
    ///
    /// - Parameter source: the store's connection.
    /// - Returns: whether more are left.
    /// - Throws: `HubStoreError`.
    func step(_ source: Database) throws(HubStoreError) -> Bool {
        if backup == nil {
            backup = sqlite3_backup_init(target, "main", source.sqliteConnection, "main")
            guard backup != nil else { throw failed(sqlite3_errcode(target)) }
        }
        let code = sqlite3_backup_step(backup, Self.pagesPerStep)
        guard code == SQLITE_OK || code == SQLITE_DONE else { throw failed(code) }
        return code == SQLITE_OK
    }

    /// Brings the copy to the disk, and gives it its name.
    ///
    /// - Throws: `HubStoreError`.
    func finish() throws(HubStoreError) {
        let code = sqlite3_backup_finish(backup)
        backup = nil
        guard code == SQLITE_OK else { throw failed(code) }
        sqlite3_close_v2(target)
        target = nil
        try unfinished.finish()
    }

    /// Lets go of the store, and removes what there is of the copy.
    func discard() {
        if backup != nil { sqlite3_backup_finish(backup) }
        backup = nil
        unfinished.discard()
    }

    private func failed(_ code: CInt) -> HubStoreError {
        let text = sqlite3_errstr(code).map { String(cString: $0) } ?? "no message"
        return HubStoreError(
            .failed,
            "writing the copy \(path) failed (SQLite error \(code): \(text)); free some space or choose another folder"
        )
    }
}
