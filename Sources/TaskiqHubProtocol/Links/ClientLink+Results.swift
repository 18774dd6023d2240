// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

// Results: who waits for them, and how much of them was read.
extension ClientLink {
    /// Somebody waits for a result.
    ///
    /// - Parameters:
    ///   - taskID: whose.
    ///   - now: the uptime in milliseconds.
    ///   - mustAsk: whether the hub is asked even if it is to send the result by itself, as it may say that there is none.
    mutating func wait(for taskID: String, at now: Int64, mustAsk: Bool) {
        guard ProtocolLimits.isValidName(taskID) else {
            // No message has such an id; a frame with it would be refused as a whole.
            effects.append(.result(taskID: taskID, .unknown, body: []))
            return
        }
        let needsQuestion = mustAsk || !expected.trusts(taskID)
        if let body = expected.takeEarly(taskID, at: now) {
            effects.append(.result(taskID: taskID, .ready, body: body))
            return
        }
        waits.insert(taskID)
        if isOpen, needsQuestion { send(.resultWait(taskIDs: [taskID])) }
    }

    mutating func cancelWait(for taskID: String) {
        guard waits.remove(taskID) != nil else { return }
        // The hub forgets what it was told with the submission, too.
        expected.end(taskID)
        if isOpen { send(.resultCancel(taskIDs: [taskID])) }
    }

    mutating func handle(_ status: ResultStatus, _ body: [UInt8], of taskID: String, at now: Int64) {
        let isAwaited = waits.contains(taskID)
        let isPromised = expected.isPromised(taskID)
        if status == .ready {
            waits.remove(taskID)
            if isPromised { expected.end(taskID) }
            if isPromised, !isAwaited { expected.keep(body, of: taskID, at: now) }
        } else if isPromised, !isAwaited {
            // It ended without one, and nobody waits.
            expected.end(taskID)
            send(.resultCancel(taskIDs: [taskID]))
        }
        if isAwaited { effects.append(.result(taskID: taskID, status, body: body)) }
    }

    /// Asks for results that the hub was to send by itself and that somebody has waited for a while: it may have to say
    /// that no worker knows the task.
    mutating func askImpatiently(at now: Int64) {
        guard now >= nextQuestion else { return }
        nextQuestion = now + ExpectedResults.patience
        expected.forgetEarly(at: now)
        let taskIDs = expected.takeImpatient().filter(waits.contains)
        for chunk in taskIDs.chunks(of: 200) { send(.resultWait(taskIDs: chunk)) }
    }

    /// Counts what was read of results: the hub sends only so many bytes of them ahead.
    mutating func noteReceived(_ count: Int) {
        receivedBytes += Int64(count)
        if receivedBytes - saidReceived >= LinkTiming.receivedAtATime { sayReceived() }
    }

    mutating func sayReceived() {
        saidReceived = receivedBytes
        send(.received(bytes: receivedBytes))
    }
}
