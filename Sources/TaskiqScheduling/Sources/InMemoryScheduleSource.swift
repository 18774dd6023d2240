// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
public import Taskiq

/// Schedules in the memory of this process, which the program itself adds and deletes.
public final class InMemoryScheduleSource: EditableScheduleSource {
    /// The source's name, for people.
    public let name: String
    private let tasks: Mutex<[ScheduledTask]>
    private let broadcast = ChangeBroadcast()

    /// Makes a source.
    ///
    /// - Parameters:
    ///   - name: its name, for people.
    ///   - tasks: the schedules that it has at first.
    public init(name: String = "memory", _ tasks: [ScheduledTask] = []) {
        self.name = name
        self.tasks = Mutex(tasks)
    }

    /// Adds a schedule, or replaces the one of the same id.
    ///
    /// - Parameter task: the schedule.
    public func add(_ task: ScheduledTask) {
        tasks.withLock { tasks in
            if let index = tasks.firstIndex(where: { $0.id == task.id }) {
                tasks[index] = task
            } else {
                tasks.append(task)
            }
        }
        broadcast.send()
    }

    /// Deletes a schedule.
    ///
    /// - Parameter id: which one.
    /// - Returns: whether there was one.
    @discardableResult
    public func delete(_ id: ScheduleID) -> Bool {
        let wasThere = tasks.withLock { tasks in
            let count = tasks.count
            tasks.removeAll { $0.id == id }
            return tasks.count < count
        }
        if wasThere { broadcast.send() }
        return wasThere
    }

    /// The schedules as they are now.
    public func schedules() async throws -> [ScheduledTask] {
        tasks.withLock { $0 }
    }

    /// Signals each addition and deletion.
    public func changes() -> AsyncStream<Void> {
        broadcast.listen()
    }
}
