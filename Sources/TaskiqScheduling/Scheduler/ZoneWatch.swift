// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron

/// Notices that the system's time zones were updated while the scheduler runs: governments give short notice.
struct ZoneWatch: Sendable {
    let interval: Duration
    let inbox: SourceInbox

    /// Looks again and again until the task is cancelled.
    func run() async throws {
        // What changed before concerns schedules that were made before.
        var known = 0
        while true {
            // By elapsed time: the wall clock that is waited for otherwise may be set, and files do not mind.
            try await Task.sleep(for: interval)
            Zone.reloadChanged()
            let changes = Zone.changes(since: known)
            known = changes.count
            if !changes.zones.isEmpty { inbox.put(changes.zones) }
        }
    }
}
