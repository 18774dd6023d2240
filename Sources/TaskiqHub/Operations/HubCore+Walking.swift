// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHubProtocol

// Walks over all messages: for operations alone, as each takes some tenths of a microsecond for every message.
extension HubCore {
    /// The numbers of the first messages that fit, in order.
    ///
    /// - Parameters:
    ///   - start: the number after which to begin; nil for the first.
    ///   - limit: how many are wanted.
    ///   - queue: the queue; nil for all.
    ///   - taskName: the task's name; nil for all.
    ///   - fits: whether a message is wanted.
    /// - Returns: the numbers.
    func sequences(
        after start: Int64?,
        limit: Int,
        queue: String?,
        taskName: String?,
        where fits: (MessageEntry) -> Bool
    ) -> [Int64] {
        let wanted = routes.live.filter { id in
            let route = routes[id]
            return (queue == nil || route.queue == queue) && (taskName == nil || route.taskName == taskName)
        }
        guard !wanted.isEmpty else { return [] }
        let known = queue == nil && taskName == nil ? nil : Set(wanted)
        var found: [Int64] = []
        // Sorted and cut whenever it is twice as long as it needs to be: a little over one comparison a message.
        var bound = Int64.max
        for entry in messages.values {
            if let start, entry.sequence <= start { continue }
            guard entry.sequence < bound, known?.contains(entry.route) ?? true, fits(entry) else { continue }
            found.append(entry.sequence)
            guard found.count >= 2 * limit + 64 else { continue }
            found.sort()
            found.removeLast(found.count - limit)
            bound = found.last ?? .max
        }
        found.sort()
        return Array(found.prefix(limit))
    }

    /// The routes of which messages wait in vain, as no worker that is connected serves them.
    var unservedRoutes: Set<RouteID> {
        Set(
            routes.live.filter { id in
                let route = routes[id]
                return !workers.values.contains { $0.serves(route) }
            }
        )
    }

    /// The number of the message of a task that waits or runs.
    func liveSequence(of taskID: String) -> Int64? { sequenceOfTask[TaskKey(taskID)] }
}
