// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import Synchronization
import TaskiqHub

/// Watches the room on a store's disk, and keeps its reserve.
final class DiskGuard: Sendable {
    private struct State {
        var last = DiskState.ok
        /// Whether the reserve was needed, and must be there again before new messages are taken.
        var isReserveGone = false
    }

    private let directory: DataDirectory
    private let policy: DiskPolicy
    private let reserve: DiskReserve
    private let logger: Logger
    private let state = Mutex(State())

    init(_ directory: DataDirectory, policy: DiskPolicy, logger: Logger) throws(HubStoreError) {
        self.directory = directory
        self.policy = policy
        self.logger = logger
        reserve = DiskReserve(path: directory.reservePath, size: policy.reserve)
        if try !reserve.make() {
            logger.warning(
                "there is no room for the reserve of the store's disk; free some space",
                metadata: ["path": "\(directory.reservePath)", "bytes": "\(policy.reserve)"]
            )
        }
    }

    /// Whether there is room for new messages.
    func look() -> DiskState {
        guard let space = directory.space else { return .ok }
        return state.withLock { state in
            var now = policy.state(free: space.free, total: space.total, last: state.last)
            if now == .ok, state.isReserveGone {
                state.isReserveGone = !((try? reserve.make()) ?? false)
                if state.isReserveGone { now = .low }
            }
            if now != state.last {
                let figures: Logger.Metadata = ["free": "\(space.free)", "mark": "\(policy.mark(total: space.total))"]
                switch now {
                case .low: logger.error("the store's disk is nearly full: no new messages are taken", metadata: figures)
                case .ok: logger.notice("the store's disk has room again", metadata: figures)
                }
            }
            state.last = now
            return now
        }
    }

    /// Gives the reserve's room to the store, as a group found the disk full.
    ///
    /// - Returns: whether there was a reserve.
    func release() -> Bool {
        guard reserve.size > 0, reserve.release() else { return false }
        state.withLock { state in
            state.isReserveGone = true
            state.last = .low
        }
        logger.critical("the store's disk is full: its reserve is used up now; free some space")
        return true
    }
}
