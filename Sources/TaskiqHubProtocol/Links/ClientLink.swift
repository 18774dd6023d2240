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

    struct Pending {
        var submission: Submission
        var deadline: Int64
        /// Whether this session was told.
        var isSent = false
        /// When the hub may be asked again after it refused.
        var notBefore: Int64 = 0
    }

    enum State {
        case connecting
        case greeted(at: Int64)
        case open(session: UInt64, epoch: UInt64)
        case rejected(message: String)
    }

    private let hello: ClientHello
    let address: String
    var state = State.connecting
    var pending: [UInt64: Pending] = [:]
    /// Those without an answer, and some with one, as they came.
    var order: Deque<UInt64> = []
    /// Those that this session has not been told yet.
    var unsent: Deque<UInt64> = []
    /// Those that were refused, and are said again later.
    var refused: Set<UInt64> = []
    var sentCount = 0
    /// No submission's time is over before.
    var earliestDeadline = Int64.max
    var lastID: UInt64 = 0
    /// Below which the hub knows that everything is answered.
    var confirmedBelow: UInt64 = 0
    var waits: Set<String> = []
    private var questions: Set<String> = []
    var expected: ExpectedResults
    var nextQuestion: Int64 = 0
    private var calls = PendingCalls()
    /// How many bytes of results came in this session, and of how many the hub was told.
    var receivedBytes: Int64 = 0
    var saidReceived: Int64 = 0
    private var lastHeard: Int64 = 0
    private var nextHeartbeat: Int64 = 0
    var wasOpen = false
    var maximumBody = Int.max
    var effects: [Effect] = []

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
        case .cancel(let id): cancel(id)
        case .wait(let taskID): wait(for: taskID, at: now, mustAsk: true)
        case .awaitResult(let taskID): wait(for: taskID, at: now, mustAsk: false)
        case .cancelWait(let taskID): cancelWait(for: taskID)
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

    private mutating func reconnect() {
        state = .connecting
        effects.append(.reconnect)
    }

    mutating func send(_ command: ClientCommand, correlation: UInt64 = 0) {
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

    func refusal(_ message: String) -> TaskiqError {
        TaskiqError(.refused, "the hub at \(address) refuses this client: \(message)")
    }

    private func lateCall() -> TaskiqError {
        guard wasOpen else { return unreachable }
        return TaskiqError(
            .sendTimeout,
            "the hub at \(address) did not answer in time; whether the operation was done is unknown, and it may be repeated"
        )
    }

    var unreachable: TaskiqError {
        TaskiqError(
            .unreachable,
            "no hub answers at \(address): start one with 'taskiq-scheduler', or name its address with --broker"
        )
    }
}

extension Array {
    /// The elements in runs of at most so many.
    package func chunks(of size: Int) -> [[Element]] {
        // Mostly they fit into one.
        if count <= size { return isEmpty ? [] : [self] }
        return stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
