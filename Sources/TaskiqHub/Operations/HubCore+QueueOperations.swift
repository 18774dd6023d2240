// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron
import TaskiqHubProtocol

// Queues: what is in them, and whether anything leaves them.
extension HubCore {
    /// How many messages one call ends at most, so that no group of changes takes long.
    private static let purgedAtOnce = 10_000

    func listQueues(_ request: OperationRequest) -> OperationAnswer {
        var reports: [String: QueueReport] = [:]
        let paused = operations.pausedQueues
        func empty(_ queue: String) -> QueueReport { QueueReport(queue: queue, isPaused: paused.contains(queue)) }
        for queue in paused { reports[queue] = empty(queue) }
        for worker in workers.values {
            for queue in worker.queues { reports[queue, default: empty(queue)].workers += 1 }
        }
        let unserved = unservedRoutes
        for (id, counts) in countsByRoute() {
            let queue = routes[id].queue
            var report = reports.removeValue(forKey: queue) ?? empty(queue)
            report.ready += counts.ready
            report.delayed += counts.delayed
            report.running += counts.running
            if unserved.contains(id) { report.unroutable += counts.ready + counts.delayed }
            report.bytes += counts.bytes
            if let oldest = counts.oldest { report.oldest = min(report.oldest ?? oldest, oldest) }
            reports[queue] = report
        }
        var page = page(request)
        var last: String?
        for (queue, report) in reports.sorted(by: { $0.key < $1.key }) {
            if let after = request.parameters.after, queue <= after { continue }
            guard page.add(report) else { return .now(page.finish(next: last)) }
            last = queue
        }
        return .now(page.finish(next: nil))
    }

    /// How many messages of a route there are.
    struct Counts {
        var ready = 0
        var delayed = 0
        var running = 0
        var bytes = 0
        /// When the one that waits for a worker longest was accepted.
        var oldest: Timestamp?
    }

    func countsByRoute() -> [RouteID: Counts] {
        var counts: [RouteID: Counts] = [:]
        for entry in messages.values {
            var count = counts.removeValue(forKey: entry.route) ?? Counts()
            switch entry.state {
            case .ready, .loading:
                count.ready += 1
                count.oldest = min(count.oldest ?? entry.enqueuedAt, entry.enqueuedAt)
            case .delayed: count.delayed += 1
            case .leased: count.running += 1
            }
            count.bytes += Int(entry.size)
            counts[entry.route] = count
        }
        return counts
    }

    /// Whether nothing of a route is delivered.
    func isPaused(_ route: RouteID) -> Bool {
        !operations.pausedQueues.isEmpty && operations.pausedQueues.contains(routes[route].queue)
    }

    mutating func pauseQueue(
        _ request: OperationRequest,
        isPaused: Bool
    ) throws(OperationProblem) -> OperationAnswer {
        let queue = try request.requiredName(\.queue, "queue")
        guard operations.pausedQueues.contains(queue) != isPaused else {
            // Said once more because the answer was lost, perhaps: it may not be on disk yet.
            return .stored(Self.json(OperationOutcome(.unchanged)))
        }
        if isPaused {
            guard operations.pausedQueues.count < OperationsState.maximumPausedQueues else {
                throw OperationProblem(.conflict, "\(operations.pausedQueues.count) queues are paused: resume some")
            }
            operations.pausedQueues.insert(queue)
        } else {
            operations.pausedQueues.remove(queue)
            routes.unpark()
        }
        mayDispatch = true
        store(.queue(name: queue, isPaused: isPaused))
        var event = EventReport(isPaused ? .queuePaused : .queueResumed, at: now.wall)
        event.queue = queue
        publish(event)
        return .stored(Self.json(OperationOutcome(.done)))
    }

    /// Ends what waits; several calls end what waited at the first.
    mutating func purgeQueue(_ request: OperationRequest) throws(OperationProblem) -> OperationAnswer {
        let queue = try request.requiredName(\.queue, "queue")
        let until = try request.position(request.parameters.until) ?? nextSequence
        let name = request.parameters.taskName
        let found = sequences(
            after: nil,
            limit: Self.purgedAtOnce + 1,
            queue: queue,
            taskName: name,
            where: { $0.sequence < until && $0.leaseHolder == nil }
        )
        let reason = request.reason("the queue \(queue) was purged")
        for sequence in found.prefix(Self.purgedAtOnce) { endCancelled(sequence, reason: reason) }
        let count = min(found.count, Self.purgedAtOnce)
        if count > 0 {
            var event = EventReport(.queuePurged, at: now.wall)
            event.queue = queue
            event.taskName = name
            event.count = count
            publish(event)
        }
        let isOver = found.count <= Self.purgedAtOnce
        return .stored(Self.json(OperationOutcome(.done, count: count, until: isOver ? nil : "\(until)")))
    }
}
