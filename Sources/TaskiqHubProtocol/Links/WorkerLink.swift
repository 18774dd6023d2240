// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// A worker's side of the conversation with a hub, as a value: what happens goes in, what is to be done comes out.
///
/// A worker keeps what it runs and what it has to report over any number of connections and lives of the hub: it names
/// both in each greeting, and repeats every outcome until the hub has stored it.
public struct WorkerLink: Sendable {
    /// What happens to a worker.
    public enum Event: Sendable {
        /// A new socket is there.
        case connected
        /// The hub says something.
        case packet(Packet<WorkerReply>)
        /// These deliveries begin to run.
        case started([LeaseKey])
        /// This delivery need not come again.
        case acknowledge(LeaseKey)
        /// A delivery is over.
        case settle(Completion)
        /// A task that runs here is so far; not repeated if it is lost on the way.
        case progress(taskID: String, ProgressReport)
        /// It can run these tasks from now on.
        case announce(catalogue: [UInt8], hash: String)
        /// No more deliveries are wanted.
        case stopListening
        /// Time has passed.
        case tick
        /// The worker is about to go.
        case bye
    }

    /// What a worker wants done.
    public enum Effect: Sendable {
        /// Send this, in order, as soon as the socket takes it.
        case send(Packet<WorkerCommand>)
        /// Close the socket and make a new one; what was not sent is forgotten.
        case reconnect
        /// A session is open.
        case opened
        /// Run this.
        case deliver(TaskDelivery)
        /// An acknowledgement is stored, or came too late.
        case acknowledged(LeaseKey, isStored: Bool)
        /// What became of this delivery is stored, or no longer asked for.
        case settled(LeaseKey)
        /// Cancel this delivery, which is here; its end is reported as any other.
        case cancel(LeaseKey, reason: String)
        /// Take no more, finish, and go.
        case drain
        /// The hub will not talk to this worker.
        case rejected(message: String)
        /// The hub said goodbye.
        case goodbye
    }

    private enum State {
        case connecting
        case greeted(at: Int64)
        case open(session: UInt64, epoch: UInt64)
        case rejected
    }

    /// The largest body that the hub takes, in bytes; a larger one would cost the connection.
    public var maximumBody = ProtocolLimits.maximumBody
    private var hello: WorkerHello
    private var catalogue: [UInt8]
    /// The name of the catalogue that the hub was told of last in this session.
    private var announcedHash = ""
    private let credit: Int
    private var state = State.connecting
    private var running: Set<LeaseKey> = []
    private var started: Set<LeaseKey> = []
    /// Those that run and must not run elsewhere at the same time.
    private var fenced: Set<LeaseKey> = []
    /// When the hub said anything last, in any session.
    private var lastWord: Int64 = 0
    private var unconfirmed: [LeaseKey: Completion] = [:]
    private var acknowledging: Set<LeaseKey> = []
    /// Those that run and whose acknowledgement is stored.
    private var acknowledged: Set<LeaseKey> = []
    /// Those whose task ended without acknowledging, and which may still be acknowledged.
    private var unacknowledged: Set<LeaseKey> = []
    private var isListening = true
    private var isLeaving = false
    private var lastHeard: Int64 = 0
    /// When it was called last.
    private var lastAwake: Int64 = 0
    private var nextHeartbeat: Int64 = 0
    private var effects: [Effect] = []

    /// Makes a link that is not connected yet.
    ///
    /// - Parameters:
    ///   - hello: how the worker introduces itself.
    ///   - catalogue: the tasks it can run, as JSON.
    ///   - credit: how many deliveries it is willing to hold; at most `ProtocolLimits.maximumCredit` are asked for.
    public init(hello: WorkerHello, catalogue: [UInt8], credit: Int) {
        self.hello = hello
        self.catalogue = catalogue
        self.credit = credit
    }

    /// Whether a session is open.
    public var isOpen: Bool {
        if case .open = state { true } else { false }
    }

    /// Whether everything was reported and confirmed.
    public var isSettled: Bool { running.isEmpty && unconfirmed.isEmpty }

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
        if isOpen, now - lastAwake >= LinkTiming.silence {
            // It slept (stopped, suspended, starved): what lies in its socket is of the past, and somebody else may have
            // those deliveries by now. A new greeting tells.
            reconnect()
        }
        lastAwake = now
        switch event {
        case .connected: greet(at: now)
        case .packet(let packet): handle(packet, at: now)
        case .started(let leases):
            started.formUnion(leases.filter(running.contains))
            send(.started(leases))
        case .acknowledge(let lease): acknowledge(lease)
        case .settle(let completion): settle(completion)
        case .progress(let taskID, let report): send(.progress(taskID: taskID, report))
        case .announce(let catalogue, let hash):
            self.catalogue = catalogue
            hello.catalogueHash = hash
            // A hub that is being greeted is told after its welcome.
            announce()
        case .stopListening:
            isListening = false
            send(.credit(0))
        case .tick: tick(at: now)
        case .bye:
            isLeaving = true
            if isSettled { send(.bye) }
        }
    }

    // MARK: Sessions

    private mutating func greet(at now: Int64) {
        if case .rejected = state { return }
        state = .greeted(at: now)
        lastHeard = now
        announcedHash = hello.catalogueHash
        hello.inFlight = running.union(unacknowledged).subtracting(unconfirmed.keys).sorted()
        hello.started = started.sorted()
        hello.unconfirmed = unconfirmed.keys.sorted()
        effects.append(.send(Packet(.hello(hello))))
    }

    private mutating func handle(_ packet: Packet<WorkerReply>, at now: Int64) {
        lastHeard = now
        lastWord = now
        switch packet.content {
        case .welcome(let welcome):
            guard case .greeted = state else { return }
            state = .open(session: packet.session, epoch: packet.epoch)
            nextHeartbeat = now + LinkTiming.heartbeat
            effects.append(.opened)
            resume(welcome)
        case .resync:
            // One greeting per call: while it is on its way, more of the same say nothing new.
            if case .open = state { greet(at: now) }
        case .reject(let message):
            state = .rejected
            effects.append(.rejected(message: message))
        case .task(let delivery):
            // What was sent before the welcome the hub takes for lost.
            guard case .open(let session, let epoch) = state, packet.session == session, packet.epoch == epoch else {
                return
            }
            // After the goodbye was sent, the hub gives it to somebody else when it hears it.
            if isLeaving, isSettled { return }
            guard running.insert(delivery.lease).inserted else { return }
            // Nobody would run it any more.
            if isLeaving { return settle(Completion(lease: delivery.lease, outcome: .release)) }
            if delivery.isFenced { fenced.insert(delivery.lease) }
            effects.append(.deliver(delivery))
        case .acknowledged(let verdict):
            endAcknowledgement(verdict)
        case .completed(let verdicts):
            for verdict in verdicts {
                confirm(verdict.lease)
                // The hub has given it to somebody else, or it is over.
                if verdict.verdict != .recorded { unacknowledged.remove(verdict.lease) }
            }
            if isLeaving, isSettled { send(.bye) }
        case .cancel(let lease, let reason):
            if running.contains(lease) { effects.append(.cancel(lease, reason: reason)) }
        case .drain: effects.append(.drain)
        case .ping: send(.pong, correlation: packet.correlation)
        case .byeOK: effects.append(.goodbye)
        case .heartbeat, .error: break
        }
    }

    /// Picks up where the last session ended.
    private mutating func resume(_ welcome: WorkerWelcome) {
        for verdict in welcome.verdicts where verdict.verdict != .keep {
            // A success counts even if the delivery was given up meanwhile: the hub judges it once more.
            let mayCount = verdict.verdict == .stale && unconfirmed[verdict.lease]?.outcome == .ok
            if !mayCount { confirm(verdict.lease) }
            endAcknowledgement(verdict)
            unacknowledged.remove(verdict.lease)
        }
        for verdict in welcome.verdicts where verdict.verdict == .keep {
            // Given back and confirmed while the greeting was on its way: the hub thinks that it is still here.
            guard !running.contains(verdict.lease), !unacknowledged.contains(verdict.lease),
                unconfirmed[verdict.lease] == nil
            else { continue }
            unconfirmed[verdict.lease] = Completion(lease: verdict.lease, outcome: .release)
        }
        if welcome.wantsCatalogue { announcedHash = "" }
        announce()
        for lease in acknowledging.sorted() { send(.acknowledge(lease)) }
        for lease in unconfirmed.keys.sorted() {
            if let completion = unconfirmed[lease] { send(.complete(completion)) }
        }
        send(.credit(isListening ? min(credit, ProtocolLimits.maximumCredit(maximumBody: maximumBody)) : 0))
        if isLeaving, isSettled { send(.bye) }
    }

    private mutating func confirm(_ lease: LeaseKey) {
        if unconfirmed.removeValue(forKey: lease) != nil { effects.append(.settled(lease)) }
    }

    /// Tells the hub of the tasks, unless it knows them.
    private mutating func announce() {
        guard isOpen, announcedHash != hello.catalogueHash else { return }
        announcedHash = hello.catalogueHash
        send(.catalogue(catalogue, hash: hello.catalogueHash))
    }

    private mutating func acknowledge(_ lease: LeaseKey) {
        guard running.contains(lease) || unacknowledged.contains(lease) else {
            // Over, or given up: the hub would say no more than that.
            effects.append(.acknowledged(lease, isStored: false))
            return
        }
        acknowledging.insert(lease)
        send(.acknowledge(lease))
    }

    private mutating func endAcknowledgement(_ verdict: LeaseVerdict) {
        guard acknowledging.remove(verdict.lease) != nil else { return }
        let hasEnded = unacknowledged.remove(verdict.lease) != nil
        // Its end is what the acknowledgement brings about: said again after the answer was lost, it finds the message
        // over. A task that has not ended must not take the end that somebody else made for its own.
        let isStored = verdict.verdict == .recorded || (hasEnded && verdict.verdict == .already)
        if isStored, running.contains(verdict.lease) { acknowledged.insert(verdict.lease) }
        effects.append(.acknowledged(verdict.lease, isStored: isStored))
    }

    private mutating func settle(_ completion: Completion) {
        guard running.remove(completion.lease) != nil else { return }
        started.remove(completion.lease)
        fenced.remove(completion.lease)
        var completion = completion.fitting(maximumBody)
        // The word that the acknowledgement is stored may cross the task's end.
        if acknowledged.remove(completion.lease) != nil { completion.isUnacknowledged = false }
        if completion.isUnacknowledged { unacknowledged.insert(completion.lease) }
        // Given back after the wait for the acknowledgement was ended: said now, it would take the message from others.
        if completion.outcome == .release, acknowledging.remove(completion.lease) != nil {
            effects.append(.acknowledged(completion.lease, isStored: false))
        }
        unconfirmed[completion.lease] = completion
        send(.complete(completion))
    }

    private mutating func tick(at now: Int64) {
        if !fenced.isEmpty, now - lastWord >= LinkTiming.fence { endFenced() }
        switch state {
        case .connecting, .rejected: break
        case .greeted(let time) where now - time >= LinkTiming.greeting: reconnect()
        case .open where now - lastHeard >= LinkTiming.silence: reconnect()
        case .greeted: break
        case .open:
            if now >= nextHeartbeat {
                nextHeartbeat = now + LinkTiming.heartbeat
                send(.heartbeat)
                // Both sides compare it: what one of them has lost is noticed.
                send(
                    .holding(
                        oldest: [running.min(), unconfirmed.keys.min(), unacknowledged.min()].compactMap(\.self).min()
                    )
                )
            }
        }
    }

    /// The hub may take this worker for lost soon.
    private mutating func endFenced() {
        let seconds = LinkTiming.fence / 1000
        let reason = "the hub was not heard for \(seconds) s, and may give the task to another worker"
        for lease in fenced.sorted() { effects.append(.cancel(lease, reason: reason)) }
        fenced = []
    }

    private mutating func reconnect() {
        state = .connecting
        effects.append(.reconnect)
    }

    private mutating func send(_ command: WorkerCommand, correlation: UInt64 = 0) {
        guard case .open(let session, let epoch) = state else { return }
        effects.append(.send(Packet(command, correlation: correlation, session: session, epoch: epoch)))
    }
}

extension LeaseKey: Comparable {
    /// By the message's number, then by the delivery.
    public static func < (left: LeaseKey, right: LeaseKey) -> Bool {
        (left.sequence, left.attempt) < (right.sequence, right.attempt)
    }
}
