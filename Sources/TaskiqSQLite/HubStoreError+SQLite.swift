// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import TaskiqHub

extension HubStoreError {
    /// Says what an error of SQLite means for the file and what to do about it.
    ///
    /// - Parameters:
    ///   - error: the error; one that is a `HubStoreError` already stays what it is.
    ///   - path: the file.
    ///   - action: what failed, as in "opening".
    init(_ error: any Error, path: String, action: String) {
        if let error = error as? HubStoreError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.failed, "\(action) \(path) failed: \(error); start the hub again")
            return
        }
        let (code, sentence) = Self.meaning(of: error.resultCode, path: path, action: action)
        let detail = error.message ?? "no message"
        self.init(code, "\(sentence) (SQLite error \(error.extendedResultCode.rawValue): \(detail))")
    }

    private static func meaning(of code: ResultCode, path: String, action: String) -> (Code, String) {
        switch code {
        case .SQLITE_NOTADB:
            (.damaged, "\(path) is not a SQLite database; move it away to begin with an empty store, or restore a copy")
        case .SQLITE_CORRUPT:
            (.damaged, "\(path) is damaged; keep it and its -wal file for inquiry, and restore a copy")
        case .SQLITE_ERROR, .SQLITE_SCHEMA, .SQLITE_MISMATCH:
            (
                .damaged,
                "\(path) does not have the tables of a hub's store; keep it for inquiry, and restore a copy or move it "
                    + "away to begin with an empty store"
            )
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            (
                .inUse,
                "\(path) is open in another process; end that one (a SQLite shell, a backup): only the hub may open it"
            )
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_READONLY:
            (.unusable, "\(path) cannot be opened for writing; give the hub's user the folder and the files in it")
        case .SQLITE_FULL:
            (.failed, "\(action) \(path) failed because the disk is full; free some space and start the hub again")
        case .SQLITE_IOERR:
            (.failed, "\(action) \(path) failed; check the disk, then start the hub again")
        default:
            (.failed, "\(action) \(path) failed; start the hub again")
        }
    }
}
