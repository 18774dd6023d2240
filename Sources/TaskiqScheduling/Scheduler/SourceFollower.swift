// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron

/// Reads one source: at the start, whenever it says that it changed, and again after a failure.
struct SourceFollower: Sendable {
    let source: any ScheduleSource
    let number: Int
    let inbox: SourceInbox
    let clock: any SchedulerClock

    /// Follows the source until the task is cancelled.
    func run() async throws {
        let changed = Signal()
        // Before the first reading, so that no change goes unnoticed between the two.
        let changes = source.changes()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in changes { changed.raise() }
            }
            defer { group.cancelAll() }
            var backoff = Backoff(.seconds(1), upTo: .seconds(60))
            while !Task.isCancelled {
                let instant = clock.now
                do {
                    let tasks = try await source.schedules()
                    backoff.succeed()
                    inbox.put(.init(source: number, result: .success(tasks), instant: instant))
                    await changed.wait()
                } catch {
                    guard !Task.isCancelled else { return }
                    inbox.put(.init(source: number, result: .failure(error), instant: instant))
                    _ = try await clock.wait(until: instant + backoff.fail(), or: changed)
                }
            }
        }
    }
}
