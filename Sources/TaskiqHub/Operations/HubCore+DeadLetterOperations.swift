// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqHubProtocol

// Dead letters, which only the store knows: what is asked of it comes back as a finding.
extension HubCore {
    /// How many ids one call may name.
    private static let maximumIDs = 1000

    mutating func listDeadLetters(_ request: OperationRequest) throws(OperationProblem) -> OperationAnswer {
        inquire(
            .deadLetters(
                try storePage(request),
                taskName: request.parameters.taskName,
                queue: request.parameters.queue
            ),
            for: request
        )
    }

    /// The part of a list that the store is asked for.
    func storePage(_ request: OperationRequest) throws(OperationProblem) -> StorePage {
        guard let position = try request.position(request.parameters.after) else {
            return StorePage(limit: request.limit)
        }
        return .before(position, limit: request.limit)
    }

    /// Dead letters are put back or dropped by their ids, or all that fit.
    mutating func changeDeadLetters(_ request: OperationRequest) throws(OperationProblem) -> OperationAnswer {
        let wanted = request.parameters
        if let ids = wanted.taskIDs {
            guard ids.count <= Self.maximumIDs else {
                throw OperationProblem(.invalid, "one call takes \(Self.maximumIDs) ids at most")
            }
            return inquire(.lettersOfTasks(ids), for: request)
        }
        guard wanted.all == true || wanted.taskName != nil || wanted.queue != nil else {
            throw OperationProblem(
                .invalid,
                "\(request.operation.rawValue) needs \"task_ids\", or \"task_name\", \"queue\" or \"all\""
            )
        }
        let page = try storePage(request)
        if request.operation == .dropDeadLetters {
            return inquire(.deadLetters(page, taskName: wanted.taskName, queue: wanted.queue), for: request)
        }
        return inquire(.letters(page, taskName: wanted.taskName, queue: wanted.queue), for: request)
    }

    // MARK: What the store said

    func list(_ letters: [StoredDeadLetter], _ request: OperationRequest, next: Int64?) -> OperationAnswer {
        var page = page(request)
        var last: Int64?
        for letter in letters {
            guard page.add(Self.report(of: letter)) else { return .now(page.finish(next: last.map { "\($0)" })) }
            last = letter.message.sequence
        }
        return .now(page.finish(next: next.map { "\($0)" }))
    }

    private static func report(of letter: StoredDeadLetter) -> DeadLetterReport {
        var report = DeadLetterReport(
            taskID: letter.message.taskID,
            taskName: letter.message.taskName,
            queue: letter.message.queue,
            reason: letter.reason,
            deadAt: letter.deadAt,
            enqueuedAt: letter.message.enqueuedAt,
            attempts: Int(letter.attempts),
            crashes: Int(letter.crashes)
        )
        report.scheduleID = letter.message.scheduleID
        report.scheduledAt = letter.message.scheduledAt
        report.bytes = letter.bodySize
        return report
    }

    func show(
        _ letter: StoredDeadLetter?,
        _ request: OperationRequest
    ) throws(OperationProblem) -> OperationAnswer {
        guard let letter else { throw noLetter(try request.taskID) }
        if let damage = letter.damage {
            throw OperationProblem(.failed, "the dead letter \(letter.message.taskID) cannot be read: \(damage)")
        }
        var report = Self.report(of: letter)
        // With its message, if both fit into an answer.
        if letter.bodySize < configuration.maximumBody - 16 * 1024 {
            report.message = try? JSONFragment(parsing: letter.message.body)
        }
        return .now(Self.json(report))
    }

    private func noLetter(_ taskID: String) -> OperationProblem {
        OperationProblem(.notFound, "there is no dead letter of the id \(taskID)")
    }

    /// Puts dead letters back to their queues, as new messages of the same tasks.
    mutating func revive(
        _ letters: [StoredDeadLetter],
        for request: OperationRequest,
        next: Int64?
    ) throws(OperationProblem) -> OperationAnswer {
        guard !isDraining else { throw OperationProblem(.conflict, "the hub is stopping: try again when it is back") }
        let named = request.parameters.taskIDs ?? []
        if named.count == 1, letters.isEmpty {
            // Put back by a call whose answer was lost, perhaps.
            guard liveSequence(of: named[0]) != nil else { throw noLetter(named[0]) }
            return .stored(Self.json(OperationOutcome(.unchanged, count: 0)))
        }
        var count = 0
        for letter in letters {
            guard messages.count < configuration.maximumMessages else {
                throw OperationProblem(
                    .conflict,
                    "the hub holds \(messages.count) messages, its limit: \(count) dead letters were put back"
                )
            }
            // The same task waits or runs: it was put back already, or sent anew.
            guard liveSequence(of: letter.message.taskID) == nil else { continue }
            if let damage = letter.damage {
                guard letters.count > 1 else { throw OperationProblem(.failed, "it cannot be put back: \(damage)") }
                continue
            }
            if let key = letter.message.uniqueKey, let holder = uniqueKeys[key], let taskID = messages[holder]?.taskID {
                guard named.count != 1 else {
                    throw OperationProblem(
                        .conflict,
                        "task \(taskID) with the same unique key \"\(key)\" waits or runs: try again when it is over"
                    )
                }
                continue
            }
            var message = letter.message
            let dead = message.sequence
            message.sequence = takeSequence()
            message.enqueuedAt = now.wall
            message.dueAt = nil
            // Whoever puts it back wants it to run, however late that is.
            message.expiresAt = nil
            message.key = nil
            // What is kept of the task says that it is dead; one group makes all of it so, or nothing.
            store(.dropDeadLetters([dead]))
            store(.dropResults(taskID: message.taskID))
            insert(message)
            count += 1
            var event = EventReport(.taskRevived, at: now.wall)
            event.taskID = message.taskID
            event.taskName = message.taskName
            event.queue = message.queue
            publish(event)
        }
        let until = next.map { "\($0)" }
        return .stored(Self.json(OperationOutcome(count > 0 ? .done : .unchanged, count: count, until: until)))
    }

    /// Forgets dead letters; their results stay as long as others.
    mutating func drop(
        _ letters: [StoredDeadLetter],
        for request: OperationRequest,
        next: Int64?
    ) throws(OperationProblem) -> OperationAnswer {
        if !letters.isEmpty {
            store(.dropDeadLetters(letters.map(\.message.sequence)))
            var event = EventReport(.deadDropped, at: now.wall)
            event.count = letters.count
            event.taskID = letters.count == 1 ? letters[0].message.taskID : nil
            publish(event)
        } else if let ids = request.parameters.taskIDs, ids.count == 1 {
            throw noLetter(ids[0])
        }
        let word: OperationOutcome.Word = letters.isEmpty ? .unchanged : .done
        return .stored(Self.json(OperationOutcome(word, count: letters.count, until: next.map { "\($0)" })))
    }

    // MARK: Results

    mutating func listResults(_ request: OperationRequest) throws(OperationProblem) -> OperationAnswer {
        inquire(.results(try storePage(request)), for: request)
    }

    func list(_ results: [StoredResultEntry], _ request: OperationRequest) -> OperationAnswer {
        var page = page(request)
        var last: Int64?
        for entry in results {
            guard page.add(ResultReport(entry)) else { return .now(page.finish(next: last.map { "\($0)" })) }
            last = entry.position
        }
        let isFull = results.count == request.limit
        return .now(page.finish(next: isFull ? last.map { "\($0)" } : nil))
    }
}

extension ResultReport {
    /// The results of small ones are said, the others can be fetched.
    fileprivate init(_ entry: StoredResultEntry) {
        self.init(taskID: entry.taskID, isError: entry.isError, bytes: entry.bodySize)
        taskName = entry.taskName.isEmpty ? nil : entry.taskName
        storedAt = entry.storedAt
        guard let body = entry.body?.bytes, let result = try? StoredResult(json: body) else {
            return
        }
        if let error = result.error { self.error = error.description } else { value = result.returnValue }
    }
}
