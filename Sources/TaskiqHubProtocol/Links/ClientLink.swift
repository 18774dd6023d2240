// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import DequeModule
public import Taskiq

/// A client's side of the conversation with a hub, as a value: what happens goes in, what is to be done comes out.
///
/// Submissions are repeated with their key until they are answered, over any number of connections and lives of the
/// hub, so that a message is enqueued once; questions for results are asked again after each new greeting.
public struct ClientLink: Sendable {
    /// What happens to a client.
    public enum Event: Sendable {
        /// A new socket is there.
        case connected
        /// The hub says something.
        case packet(Packet<ClientReply>)
        /// Somebody wants a message enqueued, and gives up at some uptime.
        case submit(id: UInt64, Submission, deadline: Int64)
        /// Somebody no longer wants it.
        case cancel(id: UInt64)
        /// Somebody waits for results.
        case wait(taskID: String)
        /// Somebody waits for a result, and need not hear that there is none yet.
        case awaitResult(taskID: String)
        /// Nobody waits for it any more.
        case cancelWait(taskID: String)
        /// Somebody asks how a task stands.
        case ask(taskID: String)
        /// Results were read, and nobody else will; not repeated if it is lost on the way.
        case dropResult(taskID: String)
        /// Somebody wants an operation done, and gives up at some uptime.
        case call(id: UInt64, OperationCall, deadline: Int64)
        /// Somebody no longer waits for what became of it.
        case forgetCall(id: UInt64)
        /// Time has passed.
        case tick
        /// The client is about to go.
        case bye
    }

    /// What a client wants done.
    public enum Effect: Sendable {
        /// Send this, in order, as soon as the socket takes it.
        case send(Packet<ClientCommand>)
        /// Close the socket and make a new one; what was not sent is forgotten.
        case reconnect
        /// A session is open.
        case opened(ClientWelcome)
        /// A submission was answered.
        case submitted(id: UInt64, Result<Int64, TaskiqError>)
        /// Something is known of a result.
        case result(taskID: String, ResultStatus, body: [UInt8])
        /// How a task stands.
        case standing(TaskStanding)
        /// An operation was answered.
        case called(id: UInt64, Result<OperationReply, TaskiqError>)
        /// Something happened at the hub; an `EventReport` as JSON, and how many events were left out before it.
        case event([UInt8], dropped: Int64)
        /// The hub will not talk to this client.
        case rejected(message: String)
    }

    private struct Pending {
        var submission: Submission
        var deadline: Int64
        /// Whether this session was told.
        var isSent = false
        /// When the hub may be asked again after it refused.
        var notBefore: Int64 = 0
    }

    private enum State {
        case connecting
        case greeted(at: Int64)
        case open(session: UInt64, epoch: UInt64)
        case rejected(message: String)
    }

    private let hello: ClientHello
    private let address: String
    private var state = State.connecting
    private var pending: [UInt64: Pending] = [:]
    /// Those without an answer, and some with one, as they came.
    private var order: Deque<UInt64> = []
    /// Those that this session has not been told yet.
    private var unsent: Deque<UInt64> = []
    /// Those that were refused, and are said again later.
    private var refused: Set<UInt64> = []
    private var sentCount = 0
    /// No submission's time is over before.
    private var earliestDeadline = Int64.max
    private var lastID: UInt64 = 0
    /// Below which the hub knows that everything is answered.
    private var confirmedBelow: UInt64 = 0
    private var waits: Set<String> = []
    private var questions: Set<String> = []
    private var expected: ExpectedResults
    private var nextQuestion: Int64 = 0
    private var calls = PendingCalls()
    /// How many bytes of results came in this session, and of how many the hub was told.
    private var receivedBytes: Int64 = 0
    private var saidReceived: Int64 = 0
    private var lastHeard: Int64 = 0
    private var nextHeartbeat: Int64 = 0
    private var wasOpen = false
    private var maximumBody = Int.max
    private var effects: [Effect] = []

    /// Makes a link that is not connected yet.
    ///
    /// - Parameters:
    ///   - hello: how the client introduces itself.
    ///   - address: the hub's address, for errors.
    ///   - resultPeriod: after how many submissions it decides anew whether results are wanted without a question: when
    ///     most of the last ones were waited for.
    public init(hello: ClientHello, address: String, resultPeriod: Int = 32) {
        self.hello = hello
        self.address = address
        expected = ExpectedResults(period: resultPeriod)
    }

    /// Whether a session is open.
    public var isOpen: Bool {
        if case .open = state { true } else { false }
    }

    /// Takes an event in.
    ///
    /// - Parameters:
    ///   - event: what happened.
    ///   - now: the uptime in milliseconds.
    /// - Returns: what is to be done, in order.
    public mutating func handle(_ event: Event, at now: Int64) -> [Effect] {
        var effects: [Effect] = []
        handle(event, at: now, into: &effects)
        return effects
    }

    /// Takes one of several events in.
    ///
    /// - Parameters:
    ///   - event: what happened.
    ///   - now: the uptime in milliseconds.
    ///   - effects: what is to be done, in order; the event's is appended.
    public mutating func handle(_ event: Event, at now: Int64, into effects: inout [Effect]) {
        // The array is lent to the link, so that nothing is copied.
        swap(&effects, &self.effects)
        defer { swap(&effects, &self.effects) }
        switch event {
        case .connected: greet(at: now)
        case .packet(let packet): handle(packet, at: now)
        case .submit(let id, let submission, let deadline): submit(id, submission, deadline, at: now)
        case .cancel(let id):
            if let submission = pending[id]?.submission, submission.wantsResult { expected.end(submission.taskID) }
            drop(id)
        case .wait(let taskID):
            guard ProtocolLimits.isValidName(taskID) else {
                // No message has such an id; a frame with it would be refused as a whole.
                self.effects.append(.result(taskID: taskID, .unknown, body: []))
                break
            }
            if let body = expected.takeEarly(taskID, at: now) {
                self.effects.append(.result(taskID: taskID, .ready, body: body))
                break
            }
            waits.insert(taskID)
            if isOpen { send(.resultWait(taskIDs: [taskID])) }
        case .awaitResult(let taskID): awaitResult(of: taskID, at: now)
        case .cancelWait(let taskID):
            guard waits.remove(taskID) != nil else { break }
            // The hub forgets what it was told with the submission, too.
            expected.end(taskID)
            if isOpen { send(.resultCancel(taskIDs: [taskID])) }
        case .ask(let taskID):
            guard ProtocolLimits.isValidName(taskID) else {
                self.effects.append(.standing(TaskStanding(taskID: taskID, status: .unknown)))
                break
            }
            // Asked while the answer to an earlier question is on its way: it may have been given too early.
            questions.insert(taskID)
            if isOpen { send(.standing(taskID: taskID)) }
        case .dropResult(let taskID):
            if isOpen, ProtocolLimits.isValidName(taskID) { send(.resultDrop(taskIDs: [taskID])) }
        case .call(let id, let call, let deadline): perform(call, id, deadline)
        case .forgetCall(let id): _ = calls.remove(id)
        case .tick: tick(at: now)
        case .bye: if isOpen { send(.bye) }
        }
    }

    // MARK: Sessions

    private mutating func greet(at now: Int64) {
        if case .rejected = state { return }
        state = .greeted(at: now)
        lastHeard = now
        effects.append(.send(Packet(.hello(hello))))
    }

    private mutating func handle(_ packet: Packet<ClientReply>, at now: Int64) {
        lastHeard = now
        switch packet.content {
        case .welcome(let welcome):
            guard case .greeted = state else { return }
            state = .open(session: packet.session, epoch: packet.epoch)
            wasOpen = true
            maximumBody = welcome.maximumBody
            nextHeartbeat = now + LinkTiming.heartbeat
            effects.append(.opened(welcome))
            beginAnew()
            sendPending(at: now)
            for chunk in waits.sorted().chunks(of: 200) { send(.resultWait(taskIDs: chunk)) }
            for taskID in questions.sorted() { send(.standing(taskID: taskID)) }
            for (id, call) in calls.beginSession() { send(.call(call), correlation: id) }
        case .resync:
            // The hub has begun a new life, or has forgotten us.
            if case .open = state { greet(at: now) }
        case .reject(let message):
            state = .rejected(message: message)
            effects.append(.rejected(message: message))
            for id in pending.keys.sorted() { fail(id, refusal(message)) }
            for id in calls.takeAll() { effects.append(.called(id: id, .failure(refusal(message)))) }
        case .submitted(let receipts):
            for receipt in receipts where drop(receipt.correlation) {
                effects.append(.submitted(id: receipt.correlation, .success(receipt.sequence)))
            }
            confirm(after: LinkTiming.answersAtATime)
            sendPending(at: now)
        case .refused(let refusal): handle(refusal, of: packet.correlation, at: now)
        case .result(let taskID, let status, let body):
            if status == .ready { noteReceived(body.count) }
            handle(status, body, of: taskID, at: now)
        case .standing(let standing):
            guard questions.remove(standing.taskID) != nil else { return }
            effects.append(.standing(standing))
        case .called(let reply):
            guard calls.remove(packet.correlation) else { return }
            effects.append(.called(id: packet.correlation, .success(reply)))
        case .event(let body, let dropped): effects.append(.event(body, dropped: dropped))
        case .heartbeat, .error, .byeOK: break
        }
    }

    private mutating func handle(_ refusal: SubmitRefusal, of id: UInt64, at now: Int64) {
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

    private mutating func tick(at now: Int64) {
        failLate(at: now)
        for id in calls.takeLate(at: now) { effects.append(.called(id: id, .failure(lateCall()))) }
        switch state {
        case .connecting, .rejected: break
        case .greeted(let time) where now - time >= LinkTiming.greeting: reconnect()
        case .open where now - lastHeard >= LinkTiming.silence: reconnect()
        case .greeted: break
        case .open:
            retryRefused(at: now)
            askImpatiently(at: now)
            sendPending(at: now)
            if now >= nextHeartbeat {
                nextHeartbeat = now + LinkTiming.heartbeat
                send(.heartbeat)
                confirm(after: 1)
                if receivedBytes > saidReceived { sayReceived() }
            }
        }
    }

    // MARK: Results

    private mutating func awaitResult(of taskID: String, at now: Int64) {
        guard ProtocolLimits.isValidName(taskID) else {
            effects.append(.result(taskID: taskID, .unknown, body: []))
            return
        }
        let isPromised = expected.trusts(taskID)
        if let body = expected.takeEarly(taskID, at: now) {
            effects.append(.result(taskID: taskID, .ready, body: body))
            return
        }
        waits.insert(taskID)
        if isOpen, !isPromised { send(.resultWait(taskIDs: [taskID])) }
    }

    private mutating func handle(_ status: ResultStatus, _ body: [UInt8], of taskID: String, at now: Int64) {
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
    private mutating func askImpatiently(at now: Int64) {
        guard now >= nextQuestion else { return }
        nextQuestion = now + ExpectedResults.patience
        expected.forgetEarly(at: now)
        let taskIDs = expected.takeImpatient().filter(waits.contains)
        for chunk in taskIDs.chunks(of: 200) { send(.resultWait(taskIDs: chunk)) }
    }

    /// Counts what was read of results: the hub sends only so many bytes of them ahead.
    private mutating func noteReceived(_ count: Int) {
        receivedBytes += Int64(count)
        if receivedBytes - saidReceived >= LinkTiming.receivedAtATime { sayReceived() }
    }

    private mutating func sayReceived() {
        saidReceived = receivedBytes
        send(.received(bytes: receivedBytes))
    }

    /// Gives up the submissions whose time is over, in their order.
    private mutating func failLate(at now: Int64) {
        guard now >= earliestDeadline else { return }
        let late = pending.filter { now >= $0.value.deadline }.keys.sorted()
        for id in late { if let submission = pending[id] { fail(id, self.late(submission)) } }
        earliestDeadline = pending.values.reduce(.max) { min($0, $1.deadline) }
    }

    private mutating func reconnect() {
        state = .connecting
        effects.append(.reconnect)
    }

    private mutating func send(_ command: ClientCommand, correlation: UInt64 = 0) {
        guard case .open(let session, let epoch) = state else { return }
        effects.append(.send(Packet(command, correlation: correlation, session: session, epoch: epoch)))
    }

    // MARK: Operations

    private mutating func perform(_ call: OperationCall, _ id: UInt64, _ deadline: Int64) {
        if case .rejected(let message) = state {
            effects.append(.called(id: id, .failure(refusal(message))))
            return
        }
        guard ProtocolLimits.isValidName(call.operation), call.parameters.count <= maximumBody else {
            let message = "an operation has a name of 1 to 255 bytes, and parameters that fit into a message"
            effects.append(.called(id: id, .failure(TaskiqError(.invalidArguments, message))))
            return
        }
        calls.add(call, id: id, deadline: deadline)
        guard isOpen else { return }
        for (id, call) in calls.takeUnsent() { send(.call(call), correlation: id) }
    }

    private func refusal(_ message: String) -> TaskiqError {
        TaskiqError(.refused, "the hub at \(address) refuses this client: \(message)")
    }

    private func lateCall() -> TaskiqError {
        guard wasOpen else { return unreachable }
        return TaskiqError(
            .sendTimeout,
            "the hub at \(address) did not answer in time; whether the operation was done is unknown, and it may be repeated"
        )
    }

    private var unreachable: TaskiqError {
        TaskiqError(
            .unreachable,
            "no hub answers at \(address): start one with 'taskiq-scheduler', or name its address with --broker"
        )
    }

    // MARK: Submissions

    private mutating func submit(_ id: UInt64, _ submission: Submission, _ deadline: Int64, at now: Int64) {
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
    private mutating func beginAnew() {
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
    private mutating func sendPending(at now: Int64) {
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
    private mutating func retryRefused(at now: Int64) {
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
    private mutating func confirm(after count: Int) {
        let limit = firstUnanswered()
        guard isOpen, limit >= confirmedBelow + UInt64(count) else { return }
        confirmedBelow = limit
        send(.answered(below: limit))
    }

    private mutating func firstUnanswered() -> UInt64 {
        while let first = order.first, pending[first] == nil { order.removeFirst() }
        return order.first ?? lastID + 1
    }

    private mutating func fail(_ id: UInt64, _ error: TaskiqError) {
        if let submission = pending[id]?.submission, submission.wantsResult { expected.end(submission.taskID) }
        drop(id)
        effects.append(.submitted(id: id, .failure(error)))
    }

    @discardableResult
    private mutating func drop(_ id: UInt64) -> Bool {
        guard let entry = pending.removeValue(forKey: id) else { return false }
        if entry.isSent { sentCount -= 1 }
        return true
    }

    private func late(_ pending: Pending) -> TaskiqError {
        if wasOpen {
            return TaskiqError(
                .sendTimeout,
                "the hub at \(address) did not answer in time; whether the message is enqueued is unknown"
            )
        }
        return unreachable
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

extension Array {
    /// The elements in runs of at most so many.
    package func chunks(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
