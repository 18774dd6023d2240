// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import HeapModule
import Taskiq
import TaskiqCron
import TaskiqHubProtocol

// Tasks that acknowledge by themselves, and ended without having done so: their result counts at once, their message
// stays with the worker until it is acknowledged, the time for that is over, or the worker goes.
extension HubCore {
    /// Keeps the result of a task that did not acknowledge its message, and the message too.
    mutating func retain(_ completion: Completion, _ entry: MessageEntry) {
        // Said once more because the answer was lost: it is as it was.
        guard var lease = entry.lease, lease.acknowledgeBefore == nil else { return }
        let sequence = entry.sequence
        let isError = completion.outcome == .error
        let body = completion.outcome == .noResult ? [] : completion.body
        let outcome = outcome(of: entry, isError: isError, body: body)
        var entry = entry
        lease.acknowledgeBefore = acknowledgeDeadline(of: sequence)
        entry.state = .leased(lease)
        entry.details.unacknowledgedAttempt = entry.attempt
        if let outcome { entry.details.result = RetainedResult(isError: isError, expiresAt: outcome.expiresAt) }
        messages[sequence] = entry
        workers[lease.worker]?.held.remove(sequence)
        // Its run is over, so others need not keep away any more.
        if workers[lease.worker]?.suspect == sequence { workers[lease.worker]?.suspect = nil }
        workers[lease.worker]?.unacknowledged.insert(sequence)
        mayDispatch = true
        store(.retain(completion.lease, result: outcome))
        if let outcome { afterCommit(.result(taskID: outcome.taskID, body: outcome.body)) }
        let run = report(of: entry, executionTime: completion.executionTime, isError: isError, result: body)
        afterCommit(.effect(.notice(.runEnded(run))))
    }

    /// The acknowledgement of a task that has ended already: its message is over.
    mutating func endUnacknowledged(_ entry: MessageEntry) {
        let sequence = entry.sequence
        _ = remove(sequence)
        store(.complete(sequence: sequence, result: nil))
        if !hasResult(entry) { afterCommit(.ended(taskID: entry.taskID)) }
    }

    /// Gives messages to others that were not acknowledged in time, and tells those who had them.
    mutating func giveUpUnacknowledged() {
        while let first = unacknowledged.min, first.dueAt <= now.uptime {
            unacknowledged.removeMin()
            guard let entry = messages[first.sequence], let held = entry.lease, let deadline = held.acknowledgeBefore
            else { continue }
            guard deadline <= now.uptime else {
                unacknowledged.insert(DelayedKey(dueAt: deadline, sequence: first.sequence))
                continue
            }
            release(first.sequence, crashed: false)
            let lease = LeaseKey(sequence: first.sequence, attempt: entry.attempt)
            afterCommit(.judged(held.worker, LeaseVerdict(lease: lease, verdict: .stale)))
        }
    }

    /// From now on a message may be acknowledged for some time.
    mutating func acknowledgeDeadline(of sequence: Int64) -> Int64 {
        let deadline = now.uptime.adding(max(.zero, configuration.manualAcknowledgeTimeout))
        unacknowledged.insert(DelayedKey(dueAt: deadline, sequence: sequence))
        return deadline
    }

    /// Moves the deadlines of all such messages, after a pause of the hub's own.
    mutating func postponeUnacknowledged(by gap: Int64) {
        for worker in workers.values {
            for sequence in worker.unacknowledged {
                guard var lease = messages[sequence]?.lease, let deadline = lease.acknowledgeBefore else { continue }
                lease.acknowledgeBefore = deadline.addingReportingOverflow(gap).overflow ? .max : deadline + gap
                messages[sequence]?.state = .leased(lease)
            }
        }
    }

    // MARK: Results

    /// Whether a result of a message that is not over is stored.
    func hasResult(_ entry: MessageEntry) -> Bool {
        entry.hasDetails && entry.details.result.map { $0.expiresAt >= now.wall } ?? false
    }

    /// What is to be stored of a result: nil for nothing.
    ///
    /// A message that was not acknowledged has a result and runs again. Its first result stands, unless that was a
    /// failure and a success comes after it.
    func outcome(of entry: MessageEntry, isError: Bool, body: [UInt8]) -> StoredOutcome? {
        guard !body.isEmpty else { return nil }
        if hasResult(entry), isError || entry.details.result?.isError == false { return nil }
        return StoredOutcome(
            taskID: entry.taskID,
            isError: isError,
            expiresAt: resultExpiry,
            body: body,
            taskName: routes[entry.route].taskName,
            storedAt: now.wall
        )
    }
}
