// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHub

/// Compares a store with the mark beside it.
struct RollbackCheck {
    /// What the file `hwm` says; nil when there is no such file, or it is damaged.
    let mark: HighWaterMark.Mark?
    /// Whether there is a file `hwm`.
    let isThere: Bool
    let path: String

    init(directory: DataDirectory) throws(HubStoreError) {
        let found = try HighWaterMark.read(directory.highWaterMarkPath)
        mark = found.mark
        isThere = found.mark != nil || found.isDamaged
        path = directory.databasePath
    }

    /// Whether the file is there and says nothing.
    var isDamaged: Bool { isThere && mark == nil }

    private static let remedy =
        "restore a newer copy if there is one, or start with --accept-rollback to go on with what is there"

    /// What is wrong with a file that is no store yet, or not any more.
    var emptyStore: HubStoreError? {
        guard let mark else { return nil }
        return HubStoreError(
            .wentBack,
            "\(path) is empty, and \(mark.group) groups were stored in it before; \(Self.remedy)"
        )
    }

    /// What is wrong with a store.
    ///
    /// - Parameters:
    ///   - storeID: which one it is.
    ///   - group: the number of its last group.
    ///   - needsMark: whether there must have been a mark since its first group; not of copies.
    /// - Returns: nil when it is at least as far as the mark.
    func problem(storeID: [UInt8], group: Int64, needsMark: Bool) -> HubStoreError? {
        guard let mark else {
            // The mark is on the disk before the first group is.
            guard !isThere, needsMark, group > 0 else { return nil }
            return HubStoreError(
                .wentBack,
                "\(path) is at group \(group), and the file hwm, which said how far it had come, is not beside it, so "
                    + "nobody can tell what is missing; put it back if it was moved; else " + Self.remedy
            )
        }
        guard mark.storeID == storeID else {
            return HubStoreError(
                .wentBack,
                "\(path) is another store than the one that was here before, which had come to group \(mark.group); "
                    + Self.remedy
            )
        }
        guard group < mark.group else { return nil }
        let missing = mark.group - group
        return HubStoreError(
            .wentBack,
            "\(path) went back by \(missing) \(missing == 1 ? "group" : "groups"): it is at \(group), and had come to "
                + "\(mark.group); what was stored since is missing; \(Self.remedy)"
        )
    }
}
