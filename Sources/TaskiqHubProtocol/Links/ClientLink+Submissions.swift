// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import DequeModule
import Taskiq

// What is to be enqueued: said until it is answered, no more at a time than the window.
extension ClientLink {
    mutating func submit(_ id: UInt64, _ submission: Submission, _ deadline: Int64, at now: Int64) {
        var submission = submission
        if case .rejected(let message) = state {
            effects.append(.submitted(id: id, .failure(refusal(message))))
            return
        }
        if let field = submission.invalidField {
            // The hub would not understand the frame, and could not tell which submission it was.
            let message = "the \(field) must have 1 to 255 bytes and no control characters"
            effects.append(.submitted(id: id, .failure(TaskiqError(.sendTask, message))))
            return
        }
        submission.wantsResult = expected.wantsResult(of: submission.taskID)
        var entry = Pending(submission: submission, deadline: deadline)
        order.append(id)
        lastID = max(lastID, id)
        earliestDeadline = min(earliestDeadline, deadline)
        // Mostly nothing is before it.
        if isOpen, unsent.isEmpty, sentCount < LinkTiming.window, submission.body.count <= maximumBody {
            entry.isSent = true
            sentCount += 1
            send(.submit(submission), correlation: id)
            pending[id] = entry
            return
        }
        pending[id] = entry
        unsent.append(id)
        if isOpen { sendPending(at: now) }
    }

    /// A session that was told nothing yet.
    mutating func beginAnew() {
        sentCount = 0
        receivedBytes = 0
        saidReceived = 0
        refused = []
        // A session knows nothing of what was answered before it.
        confirmedBelow = firstUnanswered()
        for id in pending.keys {
            pending[id]?.isSent = false
            pending[id]?.notBefore = 0
        }
        expected.beginSession(
            promised: Set(pending.values.lazy.filter(\.submission.wantsResult).map(\.submission.taskID))
        )
        unsent = Deque(pending.keys.sorted())
    }

    /// Sends what this session has not been told yet, oldest first, as far as the window allows.
    mutating func sendPending(at now: Int64) {
        guard isOpen else { return }
        while sentCount < LinkTiming.window, let id = unsent.popFirst() {
            guard let submission = pending[id]?.submission else { continue }
            if submission.body.count > maximumBody {
                let message = """
                    the message has \(submission.body.count) bytes, the hub at \(address) takes \(maximumBody): \
                    send a reference to the data in its place
                    """
                fail(id, TaskiqError(.sendTask, message))
                continue
            }
            pending[id]?.isSent = true
            sentCount += 1
            send(.submit(submission), correlation: id)
        }
    }

    /// Those that were refused do not hold up others while they wait.
    mutating func retryRefused(at now: Int64) {
        guard !refused.isEmpty else { return }
        for id in refused.sorted() {
            guard let notBefore = pending[id]?.notBefore, now < notBefore else {
                refused.remove(id)
                if pending[id] != nil { unsent.append(id) }
                continue
            }
        }
    }

    /// Tells the hub which answers have come, so that it need not remember them.
    mutating func confirm(after count: Int) {
        let limit = firstUnanswered()
        guard isOpen, limit >= confirmedBelow + UInt64(count) else { return }
        confirmedBelow = limit
        send(.answered(below: limit))
    }

    mutating func firstUnanswered() -> UInt64 {
        while let first = order.first, pending[first] == nil { order.removeFirst() }
        return order.first ?? lastID + 1
    }

    /// Nobody wants it any more; it may be enqueued all the same.
    mutating func cancel(_ id: UInt64) {
        if let submission = pending[id]?.submission, submission.wantsResult { expected.end(submission.taskID) }
        drop(id)
    }

    mutating func fail(_ id: UInt64, _ error: TaskiqError) {
        cancel(id)
        effects.append(.submitted(id: id, .failure(error)))
    }

    @discardableResult
    mutating func drop(_ id: UInt64) -> Bool {
        guard let entry = pending.removeValue(forKey: id) else { return false }
        if entry.isSent { sentCount -= 1 }
        return true
    }

    func late(_ pending: Pending) -> TaskiqError {
        if wasOpen {
            return TaskiqError(
                .sendTimeout,
                "the hub at \(address) did not answer in time; whether the message is enqueued is unknown"
            )
        }
        return unreachable
    }

    mutating func handle(_ refusal: SubmitRefusal, of id: UInt64, at now: Int64) {
        guard let submission = pending[id] else { return }
        if refusal.retryAfter > 0, now + refusal.retryAfter < submission.deadline {
            if submission.isSent { sentCount -= 1 }
            pending[id]?.isSent = false
            pending[id]?.notBefore = now + refusal.retryAfter
            refused.insert(id)
        } else {
            let code: TaskiqError.Code = refusal.code == .notUnique ? .conflict : .sendTask
            fail(id, TaskiqError(code, "the hub at \(address) did not take the message: \(refusal.message)"))
        }
    }

    /// Gives up the submissions whose time is over, in their order.
    mutating func failLate(at now: Int64) {
        guard now >= earliestDeadline else { return }
        let late = pending.filter { now >= $0.value.deadline }.keys.sorted()
        for id in late { if let submission = pending[id] { fail(id, self.late(submission)) } }
        earliestDeadline = pending.values.reduce(.max) { min($0, $1.deadline) }
    }
}

extension Submission {
    /// The name, if any, that may not travel.
    fileprivate var invalidField: String? {
        if !ProtocolLimits.isValidName(queue) { return "queue" }
        if !ProtocolLimits.isValidName(taskName) { return "task name" }
        if !ProtocolLimits.isValidName(taskID) { return "task id" }
        if let scheduleID, !ProtocolLimits.isValidName(scheduleID) { return "schedule id" }
        if let uniqueKey, !ProtocolLimits.isValidName(uniqueKey) { return "unique key" }
        return nil
    }
}
