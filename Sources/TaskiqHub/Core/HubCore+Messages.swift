// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import HeapModule
import Taskiq
import TaskiqCron
import TaskiqHubProtocol

extension HubCore {
    /// The next number; a block of them is reserved on disk before the first is used.
    mutating func takeSequence() -> Int64 {
        defer { nextSequence += 1 }
        if nextSequence >= reservedBelow {
            reservedBelow = nextSequence + 10_000
            store(.reserveSequences(below: reservedBelow))
        }
        return nextSequence
    }

    /// Accepts a message: it is stored and waits for a worker, or for its time.
    ///
    /// - Parameters:
    ///   - message: the message.
    ///   - crashes: how many deliveries of the message that it takes the place of ended in a crash.
    mutating func insert(_ message: StoredMessage, crashes: Int32 = 0) {
        store(.insert(message))
        var entry = MessageEntry(message: message, hasBody: true, state: .ready)
        if crashes > 0 {
            entry.crashes = crashes
            // Those deliveries count as its own, as there are never more crashes than deliveries.
            entry.attempt = crashes
            store(.release(sequence: message.sequence, crashes: crashes, dueAt: message.dueAt))
        }
        messages[message.sequence] = entry
        sequenceOfTask[message.taskID] = message.sequence
        queue(message.sequence)
    }

    /// Puts a message that nobody holds where it waits.
    mutating func queue(_ sequence: Int64) {
        guard var entry = messages[sequence] else { return }
        if let dueAt = entry.message.dueAt, dueAt > now.wall {
            entry.state = .delayed
            delayed.insert(DelayedKey(dueAt: dueAt.millisecondsSinceEpoch, sequence: sequence))
        } else {
            entry.state = .ready
            let key = ReadyQueue.Key(priority: entry.message.priority, sequence: sequence)
            ready[entry.route, default: ReadyQueue()].insert(key)
            mayDispatch = true
        }
        messages[sequence] = entry
    }

    /// Takes a message out of memory; the caller stores why.
    mutating func remove(_ sequence: Int64) -> MessageEntry? {
        guard let entry = messages.removeValue(forKey: sequence) else { return nil }
        formerHolders[sequence] = nil
        if let lease = entry.lease { workers[lease.worker]?.forget(sequence) }
        stopLoading(entry)
        if sequenceOfTask[entry.message.taskID] == sequence { sequenceOfTask[entry.message.taskID] = nil }
        progress.keep(entry.message.taskID, until: entry.result?.expiresAt ?? resultExpiry)
        mayDispatch = true
        return entry
    }

    /// Gives a leased message back to the queue.
    ///
    /// - Parameters:
    ///   - sequence: the message.
    ///   - crashed: whether its delivery must be assumed to have ended in a crash.
    mutating func release(_ sequence: Int64, crashed: Bool) {
        guard var entry = messages[sequence], let lease = entry.lease else { return }
        workers[lease.worker]?.forget(sequence)
        rememberHolder(of: LeaseKey(sequence: sequence, attempt: entry.attempt), lease.worker)
        if crashed {
            // One delivery is one crash at most, however often its worker was given up and came back.
            entry.crashes = min(entry.crashes + 1, entry.attempt)
            entry.crashedAttempt = entry.attempt
        }
        if entry.isAcknowledged {
            // Whoever acknowledges before the end has chosen to run it at most once.
            messages[sequence] = entry
            bury(sequence, reason: "its worker went away after the message was acknowledged")
            return
        }
        if entry.crashes >= configuration.crashLimit {
            messages[sequence] = entry
            bury(sequence, reason: "poison: \(entry.crashes) workers died while they ran it")
            return
        }
        // At once the first time, then after a while: a task that kills its workers must not kill them all in a row.
        let pause: Int64 = !crashed || entry.crashes <= 1 ? 0 : entry.crashes == 2 ? 5000 : 30_000
        entry.message.dueAt = pause > 0 ? now.wall.adding(.milliseconds(pause)) : nil
        entry.state = .ready
        messages[sequence] = entry
        store(.release(sequence: sequence, crashes: entry.crashes, dueAt: entry.message.dueAt))
        queue(sequence)
    }

    /// Sends a message to the dead letters; whoever waits for its result gets an error.
    ///
    /// - Parameters:
    ///   - sequence: the message's number.
    ///   - reason: what is stored with it, and told to who waits.
    ///   - notice: what logs say of it, where the reason came from outside and may have in it what logs must not.
    ///   - result: the result that is stored, if not one made of the reason.
    mutating func bury(_ sequence: Int64, reason: String, notice: String? = nil, result: [UInt8]? = nil) {
        guard let entry = remove(sequence) else { return }
        let message = entry.message
        let failure = TaskFailure(type: "DeadLetterError", module: "Taskiq", message: reason)
        let body = result ?? StoredResult(error: failure, executionTime: .zero).json()
        let outcome = outcome(of: entry, isError: true, body: body)
        store(.bury(sequence: sequence, reason: reason, at: now.wall, result: outcome))
        if let outcome { afterCommit(.result(taskID: message.taskID, body: outcome.body)) }
        let told = notice ?? reason
        effects.append(.notice(.deadLetter(taskID: message.taskID, taskName: message.taskName, reason: told)))
        afterCommit(.effect(.notice(.runEnded(report(of: entry, executionTime: 0, isError: true, result: body)))))
    }

    func report(of entry: MessageEntry, executionTime: Int64, isError: Bool, result: [UInt8]) -> RunReport {
        RunReport(
            taskID: entry.message.taskID,
            taskName: entry.message.taskName,
            scheduleID: entry.message.scheduleID,
            scheduledAt: entry.message.scheduledAt,
            startedAt: entry.lease?.startedAt ?? now.wall,
            executionTime: executionTime,
            attempt: entry.attempt,
            isError: isError,
            result: result
        )
    }
}
