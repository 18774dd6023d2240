// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHubProtocol

// Tasks: which there are, how one stands, and how it is stopped.
extension HubCore {
    mutating func listTasks(_ request: OperationRequest) throws(OperationProblem) -> OperationAnswer {
        let wanted = request.parameters
        if let state = wanted.state, !TaskReport.State.live.contains(state) {
            let known = TaskReport.State.live.map(\.rawValue).joined(separator: ", ")
            throw OperationProblem(
                .invalid,
                "\"\(state.rawValue)\" is no state of a task that is not over; these are \(known)"
            )
        }
        let after = try request.position(wanted.after)
        var page = page(request)
        // One more than wanted, to know whether there are more.
        let found = sequences(
            after: after,
            limit: request.limit + 1,
            queue: wanted.queue,
            taskName: wanted.taskName,
            where: { wanted.state == nil || Self.state(of: $0) == wanted.state }
        )
        var last = after
        for sequence in found {
            guard let entry = messages[sequence] else { continue }
            guard page.add(report(of: entry)) else { return .now(page.finish(next: last.map { "\($0)" })) }
            last = sequence
        }
        return .now(page.finish(next: nil))
    }

    private static func state(of entry: MessageEntry) -> TaskReport.State {
        switch entry.state {
        case .ready, .loading: .waiting
        case .delayed: .delayed
        case .leased(let lease): lease.acknowledgeBefore == nil ? .running : .unacknowledged
        }
    }

    private func report(of entry: MessageEntry) -> TaskReport {
        let message = storedMessage(entry)
        var report = TaskReport(taskID: message.taskID, state: Self.state(of: entry))
        report.taskName = message.taskName
        report.queue = message.queue
        if operations.pausedQueues.contains(message.queue) { report.isPaused = true }
        if isUnroutable(entry) { report.isUnroutable = true }
        report.cancelling = operations.cancelling[message.sequence]
        report.priority = Int(message.priority)
        report.attempts = Int(entry.attempt)
        report.crashes = Int(entry.crashes)
        report.enqueuedAt = message.enqueuedAt
        report.dueAt = message.dueAt
        if let lease = entry.lease {
            report.worker = workers[lease.worker]?.name ?? "\(lease.worker)"
            report.startedAt = lease.startedAt
        }
        report.scheduleID = message.scheduleID
        report.scheduledAt = message.scheduledAt
        report.progress = progress(of: message.taskID)
        return report
    }

    private func progress(of taskID: String) -> TaskReport.Progress? {
        progress[taskID].map { report in
            TaskReport.Progress(
                state: report.state,
                meta: report.meta.isEmpty ? nil : try? JSONFragment(parsing: report.meta)
            )
        }
    }

    // MARK: One task

    mutating func showTask(_ request: OperationRequest) throws(OperationProblem) -> OperationAnswer {
        let taskID = try request.taskID
        if let sequence = liveSequence(of: taskID), let entry = messages[sequence] {
            return .now(Self.json(report(of: entry)))
        }
        return inquire(.task(taskID), for: request)
    }

    func show(
        _ request: OperationRequest,
        _ result: StoredBody?,
        _ letter: StoredDeadLetter?
    ) throws(OperationProblem) -> OperationAnswer {
        let taskID = try request.taskID
        if let sequence = liveSequence(of: taskID), let entry = messages[sequence] {
            return .now(Self.json(report(of: entry)))
        }
        guard result != nil || letter != nil else { throw unknown(taskID) }
        let stored = result?.bytes.flatMap { try? StoredResult(json: $0) }
        var report = TaskReport(taskID: taskID, state: stored?.isError == false ? .succeeded : .failed)
        report.reason = stored?.error?.message
        if let letter {
            report.state = .dead
            report.taskName = letter.message.taskName
            report.queue = letter.message.queue
            report.priority = Int(letter.message.priority)
            report.attempts = Int(letter.attempts)
            report.crashes = Int(letter.crashes)
            report.enqueuedAt = letter.message.enqueuedAt
            report.scheduleID = letter.message.scheduleID
            report.scheduledAt = letter.message.scheduledAt
            report.reason = letter.reason
            report.endedAt = letter.deadAt
        }
        report.progress = progress(of: taskID)
        return .now(Self.json(report))
    }

    private func unknown(_ taskID: String) -> OperationProblem {
        OperationProblem(.notFound, "neither a task nor a result of the id \(taskID) is known to this hub")
    }

    // MARK: Cancelling

    mutating func cancelTask(_ request: OperationRequest) throws(OperationProblem) -> OperationAnswer {
        let taskID = try request.taskID
        guard let sequence = liveSequence(of: taskID), let entry = messages[sequence] else {
            return inquire(.task(taskID), for: request)
        }
        let reason = request.reason("")
        guard let lease = entry.lease, lease.acknowledgeBefore == nil else {
            // One that has ended, and might be acknowledged, has its result already.
            endCancelled(sequence, reason: reason)
            publish(.taskCancelled, of: entry, reason: reason)
            return .stored(Self.json(OperationOutcome(.cancelled)))
        }
        operations.cancelling[sequence] = reason
        store(.cancel(sequence: sequence, reason: reason))
        if !entry.isAcknowledged {
            // It does not come back, whatever becomes of its worker, and of this life of the hub.
            messages[sequence]?.isAcknowledged = true
            store(.acknowledge(sequence: sequence))
        }
        askToCancel(sequence)
        publish(.taskCancelled, of: entry, reason: reason)
        let worker = workers[lease.worker]?.name
        return .stored(Self.json(OperationOutcome(.requested, workers: worker.map { [$0] })))
    }

    func cancelEnded(
        _ request: OperationRequest,
        _ result: StoredBody?,
        _ letter: StoredDeadLetter?
    ) throws(OperationProblem) -> OperationAnswer {
        guard result != nil || letter != nil else { throw unknown(try request.taskID) }
        return .now(Self.json(OperationOutcome(.ended)))
    }

    private mutating func askToCancel(_ sequence: Int64) {
        guard let reason = operations.cancelling[sequence], let entry = messages[sequence], let lease = entry.lease
        else { return }
        reply(.cancel(LeaseKey(sequence: sequence, attempt: entry.attempt), reason: reason), to: lease.worker)
    }

    /// Says once more what a worker that has come back may not have heard.
    mutating func repeatOrders(to identity: PeerIdentity) {
        for sequence in operations.cancelling.keys.sorted() where messages[sequence]?.lease?.worker == identity {
            askToCancel(sequence)
        }
        if workers[identity]?.about.isDraining == true { reply(.drain, to: identity) }
    }

    /// Ends a message whose task will not run, or will not run again: whoever waits gets an error result.
    mutating func endCancelled(_ sequence: Int64, reason: String) {
        guard let entry = remove(sequence) else { return }
        let failure = TaskFailure.cancelled(reason)
        let body = StoredResult(error: failure, executionTime: .zero).json()
        let outcome = outcome(of: entry, isError: true, body: body)
        store(.complete(sequence: sequence, result: outcome))
        if let outcome { afterCommit(.result(taskID: outcome.taskID, body: outcome.body)) }
        afterCommit(.effect(.notice(.runEnded(report(of: entry, executionTime: 0, isError: true, result: body)))))
    }
}
