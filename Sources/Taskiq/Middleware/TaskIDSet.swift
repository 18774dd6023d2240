// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

/// Task ids that several tasks look at.
final class TaskIDSet: Sendable {
    private let ids = Mutex<Set<TaskID>>([])

    func insert(_ id: TaskID) { ids.withLock { _ = $0.insert(id) } }

    func remove(_ id: TaskID) { ids.withLock { _ = $0.remove(id) } }

    func contains(_ id: TaskID) -> Bool { ids.withLock { $0.contains(id) } }
}
