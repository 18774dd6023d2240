// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron

extension HubCore {
    /// Decides slots: each once, its row of the ledger and its message in one group.
    mutating func fire(_ request: FireRequest, call: UInt64) {
        // The slot stays due, and the scheduler asks again.
        if isDiskLow, request.decisions.contains(where: { if case .fired = $0.verdict { true } else { false } }) {
            let error = TaskiqError(
                .refused,
                "the hub's disk is nearly full, so no new messages are taken: free some space"
            )
            effects.append(.fired(call: call, error))
            return
        }
        var decided: Set<Slot> = []
        for decision in request.decisions where decided.insert(decision.slot).inserted {
            let slot = decision.slot
            if let state = scheduleStates[slot.scheduleID], slot.instant <= state.cursor { continue }
            switch decision.verdict {
            case .fired(let broker) where broker.message.count > configuration.maximumBody:
                let reason = "the message has \(broker.message.count) bytes, the hub takes \(configuration.maximumBody)"
                store(.slot(StoredSlot(slot: slot, decidedAt: now.wall, sequence: nil, reason: reason)))
                effects.append(.notice(.peerProblem("schedule \(slot.scheduleID): \(reason)")))
            case .fired(let broker) where broker.labels[.uniqueKey].map { uniqueKeys[$0] != nil } ?? false:
                let reason = "another task with its unique key waited or ran"
                store(.slot(StoredSlot(slot: slot, decidedAt: now.wall, sequence: nil, reason: reason)))
            case .fired(let broker):
                let sequence = takeSequence()
                var message = StoredMessage(
                    sequence: sequence,
                    queue: broker.queue,
                    taskName: broker.taskName.rawValue,
                    taskID: broker.taskID.rawValue,
                    priority: UInt8(broker.priority),
                    enqueuedAt: now.wall,
                    body: broker.message
                )
                message.scheduleID = slot.scheduleID.rawValue
                message.scheduledAt = slot.instant
                message.dueAt = broker.delay.map(now.wall.adding)
                message.expiresAt = broker.expires.map(now.wall.adding)
                message.uniqueKey = broker.labels[.uniqueKey]
                message.isFenced = broker.labels[.fence] ?? false
                store(.slot(StoredSlot(slot: slot, decidedAt: now.wall, sequence: sequence, reason: nil)))
                insert(message)
                noticeIfUnroutable(message)
            case .missed(let reason):
                store(.slot(StoredSlot(slot: slot, decidedAt: now.wall, sequence: nil, reason: reason)))
            }
        }
        for (id, state) in request.states.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            var state = state
            // A clock that was set back must not open slots that are decided.
            if let known = scheduleStates[id] { state.cursor = max(state.cursor, known.cursor) }
            if scheduleStates[id] == state { continue }
            scheduleStates[id] = state
            store(.scheduleState(id, state))
        }
        afterCommit(.fired(call: call, nil))
    }

    private mutating func noticeIfUnroutable(_ message: StoredMessage) {
        let route = Route(queue: message.queue, taskName: message.taskName)
        guard !workers.isEmpty, !workers.values.contains(where: { $0.serves(route) }) else { return }
        let notice = HubNotice.unroutable(taskID: message.taskID, taskName: message.taskName, queue: message.queue)
        effects.append(.notice(notice))
    }
}
