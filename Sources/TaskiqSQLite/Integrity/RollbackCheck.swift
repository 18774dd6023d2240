// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHub

/// Compares a store with the mark beside it.
struct RollbackCheck {
    /// What the file `hwm` says; nil when there is no such file.
    let mark: HighWaterMark.Mark?
    let path: String

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
    /// - Returns: nil when it is at least as far as the mark.
    func problem(storeID: [UInt8], group: Int64) -> HubStoreError? {
        guard let mark else { return nil }
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
