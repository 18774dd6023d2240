// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqHubProtocol

// Telling clients what happens, as far as they keep up: who does not read costs the hub a bounded number of frames.
extension HubCore {
    mutating func subscribe(_ request: OperationRequest) throws(OperationProblem) -> OperationAnswer {
        guard
            operations.subscriptions[request.peer] != nil
                || operations.subscriptions.count < OperationsState.maximumSubscriptions
        else {
            throw OperationProblem(.conflict, "\(operations.subscriptions.count) clients are told of events, the most")
        }
        let wanted = request.parameters
        if let kinds = wanted.kinds {
            for kind in kinds where !EventReport.Kind.allCases.contains(where: { $0.fits(kind) }) {
                let known = EventReport.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw OperationProblem(.invalid, "\"\(kind.prefix(60))\" is no kind of event; these are \(known)")
            }
        }
        operations.subscriptions[request.peer] = OperationsState.Subscription(
            kinds: wanted.kinds.map { kinds in
                Set(EventReport.Kind.allCases.filter { kind in kinds.contains(where: kind.fits) }.map(\.rawValue))
            },
            queue: wanted.queue,
            taskName: wanted.taskName
        )
        return .now(Self.json(OperationOutcome(.done)))
    }

    mutating func unsubscribe(_ request: OperationRequest) -> OperationAnswer {
        let wasThere = operations.subscriptions.removeValue(forKey: request.peer) != nil
        return .now(Self.json(OperationOutcome(wasThere ? .done : .unchanged)))
    }

    /// A client is there and reads.
    mutating func heard(_ peer: PeerID) {
        if operations.subscriptions.isEmpty { return }
        operations.subscriptions[peer]?.unheard = 0
    }

    // MARK: Publishing

    mutating func publish(_ event: EventReport) {
        if operations.subscriptions.isEmpty { return }
        let fitting = operations.subscriptions.filter { _, subscription in
            (subscription.kinds?.contains(event.kind.rawValue) ?? true)
                && (subscription.queue == nil || event.queue == nil || subscription.queue == event.queue)
                && (subscription.taskName == nil || event.taskName == nil || subscription.taskName == event.taskName)
        }
        guard !fitting.isEmpty else { return }
        let body = Self.json(event)
        for peer in fitting.keys.sorted(by: { clients[$0]?.session ?? 0 < clients[$1]?.session ?? 0 }) {
            guard var subscription = operations.subscriptions[peer] else { continue }
            if subscription.unheard >= OperationsState.window {
                subscription.dropped += 1
                operations.droppedEvents += 1
            } else {
                reply(.event(body, dropped: subscription.dropped), to: peer)
                subscription.unheard += 1
                subscription.dropped = 0
            }
            operations.subscriptions[peer] = subscription
        }
    }

    mutating func publish(_ kind: EventReport.Kind, of entry: MessageEntry, reason: String? = nil) {
        if operations.subscriptions.isEmpty { return }
        var event = EventReport(kind, at: now.wall)
        let message = storedMessage(entry)
        event.taskID = message.taskID
        event.taskName = message.taskName
        event.queue = message.queue
        event.scheduleID = message.scheduleID
        if entry.attempt > 0 { event.attempt = Int(entry.attempt) }
        if let lease = entry.lease { event.worker = workers[lease.worker]?.name }
        event.reason = reason.flatMap { $0.isEmpty ? nil : $0 }
        publish(event)
    }

    /// Tells of what people are told, too.
    mutating func publishNotices() {
        for effect in effects {
            guard case .notice(let notice) = effect else { continue }
            publish(event(of: notice))
        }
    }

    private func event(of notice: HubNotice) -> EventReport {
        var event = EventReport(.peerProblem, at: now.wall)
        switch notice {
        case .workerJoined(let name, let tasks):
            event.kind = .workerJoined
            event.worker = name
            event.count = tasks
        case .workerLeft(let name):
            event.kind = .workerLeft
            event.worker = name
        case .workerLost(let name, let redelivered, let reason):
            event.kind = .workerLost
            event.worker = name
            event.count = redelivered
            event.reason = reason
        case .deadLetter(let taskID, let taskName, let reason):
            event.kind = .taskDead
            event.taskID = taskID
            event.taskName = taskName
            event.reason = reason
        case .quarantined(let taskID, let taskName, let reason):
            event.kind = .taskQuarantined
            event.taskID = taskID
            event.taskName = taskName
            event.reason = reason
        case .damagedResult(let taskID, let reason):
            event.kind = .resultDamaged
            event.taskID = taskID
            event.reason = reason
        case .unroutable(let taskID, let taskName, let queue):
            event.kind = .taskUnroutable
            event.taskID = taskID
            event.taskName = taskName
            event.queue = queue
        case .peerProblem(let reason): event.reason = reason
        case .runEnded(let run):
            event.kind = run.isError ? .taskFailed : .taskSucceeded
            event.taskID = run.taskID
            event.taskName = run.taskName
            if run.attempt > 0 {
                event.attempt = Int(run.attempt)
                event.executionTime = run.executionTime
            }
            event.scheduleID = run.scheduleID
            if run.isError, run.result.count <= 64 * 1024 {
                let error = (try? StoredResult(json: run.result))?.error
                event.reason = error.map { String("\($0)".prefix(500)) }
            }
        }
        return event
    }
}

extension EventReport.Kind {
    /// Whether a word means this kind: its name, or what comes before the dot in it.
    fileprivate func fits(_ word: String) -> Bool {
        rawValue == word || rawValue.hasPrefix(word + ".")
    }
}
