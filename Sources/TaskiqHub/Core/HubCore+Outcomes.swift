// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHubProtocol

extension HubCore {
    mutating func started(_ lease: LeaseKey, by identity: PeerIdentity) {
        let isCurrent =
            messages.look(at: lease.sequence) { entry in
                entry.attempt == lease.attempt && entry.leaseHolder == identity
            } ?? false
        guard isCurrent else { return }
        messages[lease.sequence]?.start(at: now.wall)
        if !operations.subscriptions.isEmpty, let entry = messages[lease.sequence] { publish(.taskStarted, of: entry) }
    }

    mutating func acknowledge(_ lease: LeaseKey, by identity: PeerIdentity, correlation: UInt64) {
        guard let worker = workers[identity] else { return }
        var verdict = LeaseVerdict.Verdict.stale
        if let entry = messages[lease.sequence], entry.attempt == lease.attempt, entry.lease?.worker == identity {
            verdict = .recorded
            if entry.lease?.acknowledgeBefore != nil {
                endUnacknowledged(entry)
            } else if !entry.isAcknowledged {
                messages[lease.sequence]?.isAcknowledged = true
                store(.acknowledge(sequence: lease.sequence))
            }
        } else if messages[lease.sequence] == nil {
            verdict = .already
        }
        let reply = WorkerReply.acknowledged(LeaseVerdict(lease: lease, verdict: verdict))
        let packet = Packet(reply, correlation: correlation, session: worker.session, epoch: epoch)
        afterCommit(.effect(.sendToWorker(worker.peer, packet)))
    }

    /// Judges the end of a delivery, and makes it so.
    ///
    /// The first success wins: a result that comes late, from a delivery that was given up, still counts while nobody
    /// else has ended the message. Everything else from an earlier delivery is refused.
    mutating func complete(_ completion: Completion, by identity: PeerIdentity) {
        let lease = completion.lease
        var verdict = LeaseVerdict.Verdict.stale
        if let entry = messages[lease.sequence] {
            let isCurrent = entry.attempt == lease.attempt && entry.leaseHolder == identity
            let isFenced = entry.hasDetails && entry.details.isFenced
            let isLateSuccess =
                completion.outcome == .ok && !isFenced && mayHaveHeld(lease, identity, entry)
            // One that was not acknowledged ends nothing, so it counts only for who holds the message.
            if isCurrent, completion.isUnacknowledged, !entry.isAcknowledged {
                verdict = .recorded
                retain(completion, entry)
            } else if isCurrent || isLateSuccess && !completion.isUnacknowledged {
                verdict = .recorded
                end(completion, entry)
            }
        } else {
            verdict = .already
        }
        afterCommit(.judged(identity, LeaseVerdict(lease: lease, verdict: verdict)))
    }

    private mutating func end(_ completion: Completion, _ entry: MessageEntry) {
        let sequence = completion.lease.sequence
        switch completion.outcome {
        case .release:
            release(sequence, crashed: false)
        case .reject:
            let result = completion.body.isEmpty ? nil : completion.body
            let reason = completion.reason.isEmpty ? "rejected" : completion.reason
            bury(sequence, reason: reason, notice: "its worker rejected it; the dead letter says why", result: result)
        case .requeue:
            // Unless somebody does not want it to run again.
            if let reason = operations.cancelling[sequence] { return endCancelled(sequence, reason: reason) }
            _ = remove(sequence)
            store(.complete(sequence: sequence, result: nil))
            var successor = storedMessage(entry)
            successor.sequence = takeSequence()
            successor.body = completion.body
            successor.enqueuedAt = now.wall
            successor.dueAt = completion.delay > 0 ? now.wall.adding(.milliseconds(completion.delay)) : nil
            // It is the same task: one that ends its workers does not begin anew by being put back in between.
            insert(successor, crashes: entry.crashes)
        case .noResult:
            _ = remove(sequence)
            store(.complete(sequence: sequence, result: nil))
            if !hasResult(entry) { afterCommit(.ended(taskID: entry.taskID)) }
            reportRun(of: entry, executionTime: completion.executionTime, isError: false, result: [])
        case .ok, .error:
            _ = remove(sequence)
            let isError = completion.outcome == .error
            // Stored by another result backend, there is nothing to keep here.
            let outcome = outcome(of: entry, isError: isError, body: completion.body)
            store(.complete(sequence: sequence, result: outcome))
            if let outcome {
                afterCommit(.result(taskID: outcome.taskID, body: outcome.body))
            } else if !hasResult(entry) {
                afterCommit(.ended(taskID: entry.taskID))
            }
            reportRun(
                of: entry,
                executionTime: completion.executionTime,
                isError: isError,
                result: completion.body
            )
        }
    }
}
