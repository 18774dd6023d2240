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
        // What does not fit is read back when its turn comes.
        let fits = cachedBodyBytes + message.body.count <= configuration.maximumCachedBodies
        var entry = newEntry(message, hasBody: fits, size: message.body.count)
        if crashes > 0 {
            entry.crashes = crashes
            // Those deliveries count as its own, as there are never more crashes than deliveries.
            entry.attempt = crashes
            store(.release(sequence: message.sequence, crashes: crashes, dueAt: message.dueAt))
        }
        messages[message.sequence] = entry
        sequenceOfTask[entry.key] = message.sequence
        publish(.taskAccepted, of: entry)
        queue(message.sequence)
    }

    /// Makes what is known of a message, and counts it in.
    mutating func newEntry(_ message: StoredMessage, hasBody: Bool, size: Int) -> MessageEntry {
        let route = routes.enter(Route(queue: message.queue, taskName: message.taskName))
        bodyBytes += size
        if hasBody { cachedBodyBytes += size }
        if let key = message.uniqueKey { uniqueKeys[key] = message.sequence }
        if let expiry = message.expiresAt {
            expiring.insert(DelayedKey(dueAt: expiry.millisecondsSinceEpoch, sequence: message.sequence))
        }
        return MessageEntry(message, route: route, hasBody: hasBody, size: size)
    }

    /// The message as the store knows it, without its key.
    func storedMessage(_ entry: MessageEntry) -> StoredMessage {
        let route = routes[entry.route]
        var message = StoredMessage(
            sequence: entry.sequence,
            queue: route.queue,
            taskName: route.taskName,
            taskID: entry.taskID,
            priority: entry.priority,
            enqueuedAt: entry.enqueuedAt,
            body: entry.body
        )
        message.dueAt = entry.dueAt
        guard entry.hasDetails else { return message }
        message.scheduleID = entry.details.scheduleID
        message.scheduledAt = entry.details.scheduledAt
        message.expiresAt = entry.details.expiresAt
        message.uniqueKey = entry.details.uniqueKey
        message.isFenced = entry.details.isFenced
        return message
    }

    /// Puts a message that nobody holds where it waits.
    mutating func queue(_ sequence: Int64) {
        let instant = now.wall
        switch messages.update(sequence, { $0.wait(at: instant) }) {
        case .expired: bury(sequence, reason: Self.expired)
        case .delayed(let dueAt):
            delayed.insert(DelayedKey(dueAt: dueAt.millisecondsSinceEpoch, sequence: sequence))
        case .pausing(let uptime): pausing.insert(DelayedKey(dueAt: uptime, sequence: sequence))
        case .ready(let priority, let route, let crashes):
            if isSuspect(crashes: crashes) {
                suspects.insert(sequence)
            } else {
                routes.insert(ReadyQueue.Key(priority: priority, sequence: sequence), in: route)
            }
            mayDispatch = true
        case nil: break
        }
    }

    static let expired = "expired: it was not started before its time was over"

    /// Takes a message out of memory; the caller stores why.
    mutating func remove(_ sequence: Int64) -> MessageEntry? {
        guard let entry = messages.removeValue(forKey: sequence) else { return nil }
        if let worker = entry.leaseHolder { workers[worker]?.forget(sequence) }
        if !operations.cancelling.isEmpty, operations.cancelling.removeValue(forKey: sequence) != nil {
            store(.cancel(sequence: sequence, reason: nil))
        }
        formerHolders[sequence] = nil
        stopLoading(entry)
        endReading(entry)
        routes.leave(entry.route)
        if entry.crashes > 0 { forgetSuspect(sequence) }
        if entry.hasDetails, let key = entry.details.uniqueKey, uniqueKeys[key] == sequence { uniqueKeys[key] = nil }
        bodyBytes -= Int(entry.size)
        if entry.hasBody { cachedBodyBytes -= entry.body.count }
        if sequenceOfTask[entry.key] == sequence { sequenceOfTask[entry.key] = nil }
        if progress.count > 0 {
            let until = entry.hasDetails ? entry.details.result?.expiresAt : nil
            progress.keep(entry.taskID, until: until ?? resultExpiry)
        }
        mayDispatch = true
        return entry
    }

    /// Gives a leased message back to the queue.
    ///
    /// - Parameters:
    ///   - sequence: the message.
    ///   - crashed: whether its delivery must be assumed to have ended in a crash.
    ///   - fence: how many milliseconds its worker may go on with it, if it is fenced.
    mutating func release(_ sequence: Int64, crashed: Bool, fence: Int64 = 0) {
        guard var entry = messages[sequence], let lease = entry.lease else { return }
        if let reason = operations.cancelling[sequence] { return endCancelled(sequence, reason: reason) }
        workers[lease.worker]?.forget(sequence)
        mayDispatch = true
        rememberHolder(of: LeaseKey(sequence: sequence, attempt: entry.attempt), lease.worker)
        if crashed {
            // One delivery is one crash at most, however often its worker was given up and came back.
            entry.crashes = min(entry.crashes + 1, entry.attempt)
            entry.details.crashedAttempt = entry.attempt
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
        var pause: Int64 = !crashed || entry.crashes <= 1 ? 0 : entry.crashes == 2 ? 5000 : 30_000
        if entry.hasDetails, entry.details.isFenced { pause = max(pause, fence) }
        entry.dueAt = pause > 0 ? now.wall.adding(.milliseconds(pause)) : nil
        if pause > 0 || entry.hasDetails { entry.details.pausedUntil = pause > 0 ? now.uptime + pause : nil }
        entry.state = .ready
        messages[sequence] = entry
        store(.release(sequence: sequence, crashes: entry.crashes, dueAt: entry.dueAt))
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
        let taskID = entry.taskID
        let failure = TaskFailure(type: "DeadLetterError", module: "Taskiq", message: reason)
        let body = result ?? StoredResult(error: failure, executionTime: .zero).json()
        let outcome = outcome(of: entry, isError: true, body: body)
        store(.bury(sequence: sequence, reason: reason, at: now.wall, result: outcome))
        if let outcome { afterCommit(.result(taskID: taskID, body: outcome.body)) }
        let taskName = routes[entry.route].taskName
        effects.append(.notice(.deadLetter(taskID: taskID, taskName: taskName, reason: notice ?? reason)))
        afterCommit(.effect(.notice(.runEnded(report(of: entry, executionTime: 0, isError: true, result: body)))))
    }

    /// Tells whoever wants to know that a task ended; for most of them that is nobody.
    mutating func reportRun(of entry: MessageEntry, executionTime: Int64, isError: Bool, result: [UInt8]) {
        let isScheduled = entry.hasDetails && entry.details.scheduleID != nil
        guard isScheduled || configuration.reportsEveryRun || !operations.subscriptions.isEmpty else { return }
        let run = report(of: entry, executionTime: executionTime, isError: isError, result: result)
        afterCommit(.effect(.notice(.runEnded(run))))
    }

    func report(of entry: MessageEntry, executionTime: Int64, isError: Bool, result: [UInt8]) -> RunReport {
        RunReport(
            taskID: entry.taskID,
            taskName: routes[entry.route].taskName,
            scheduleID: entry.hasDetails ? entry.details.scheduleID : nil,
            scheduledAt: entry.hasDetails ? entry.details.scheduledAt : nil,
            startedAt: entry.lease?.startedAt ?? now.wall,
            executionTime: executionTime,
            attempt: entry.attempt,
            isError: isError,
            result: result
        )
    }
}
