// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import HeapModule
public import Taskiq
import TaskiqCron
import TaskiqHubProtocol

/// The hub's decisions, as a value: events go in, effects come out, and nothing else happens.
///
/// It has no sockets, no disk, no clock and no chance of its own, so that a simulation can run it through years of bad
/// luck in a second. What must not be forgotten goes into a group; what may only be said once the group is on disk
/// waits for the word that it is. One group is on its way at a time, and while it is, the next one fills.
public struct HubCore: Sendable {
    var configuration: HubConfiguration
    let epoch: UInt64

    // Messages.
    var messages = MessageTable()
    var sequenceOfTask = TaskIndex()
    var routes = RouteTable()
    /// How many bytes the bodies of all messages have, and those that are held in memory.
    var bodyBytes = 0
    var cachedBodyBytes = 0
    var delayed = Heap<DelayedKey>()
    /// Messages that wait for a while after a crash, by uptime: a step of the wall clock must not let them go early.
    var pausing = Heap<DelayedKey>()
    /// When messages are too late to be delivered, by the wall clock; some are over by then.
    var expiring = Heap<DelayedKey>()
    /// Which message has a key that no second one may have.
    var uniqueKeys: [String: Int64] = [:]
    /// Messages that may be what killed their workers: each runs alone.
    var suspects: Set<Int64> = []
    /// When, in uptime, messages are given up whose tasks ended without acknowledging; some are over by then.
    var unacknowledged = Heap<DelayedKey>()
    var wantedBodies: [Int64] = []
    /// How many bytes the bodies have that the store was asked for.
    var bytesBeingRead = 0
    /// The messages below this number are in the store; of others there is nothing to read back yet.
    var storedBelow: Int64
    /// Whose the deliveries were that were given up, by message and attempt.
    var formerHolders: [Int64: [Int32: PeerIdentity]] = [:]
    var nextSequence: Int64
    var reservedBelow: Int64

    /// How far tasks are, as they said last.
    var progress: ProgressBoard

    // Submissions that may be repeated.
    var keys = SubmissionKeys()
    /// Below which the store has no keys any more.
    var keysForgottenBelow: Int64

    // Peers.
    var clients = SessionTable<PeerID, ClientSession>()
    var workers = SessionTable<PeerIdentity, WorkerSession>()
    var workersByPeer: [PeerID: PeerIdentity] = [:]
    /// Who waits for which result, and how many waits those are.
    var waiters: [TaskKey: [PeerID]] = [:]
    var waitCount = 0
    var strikes: [PeerID: Int] = [:]
    /// When people were last told what a peer sends, in uptime milliseconds.
    var complaints: [PeerID: Int64] = [:]
    var nextSession: UInt64 = 1
    /// When people may be told again that there are too many sessions.
    var nextCrowdNotice: Int64 = 0
    var deliveryCount: Int64 = 0
    /// How often the workers, or what they can run, have changed.
    var workersVersion = 0
    /// As of which change of the workers routes were put aside that nobody serves.
    var parkedFor = 0

    // What workers told of their tasks, and how far schedules are decided.
    var catalogues: [String: TaskCatalogue] = [:]
    var catalogueHashes: [String: Set<String>] = [:]
    var scheduleStates: [ScheduleID: ScheduleState]

    /// What is remembered for operations.
    var operations = OperationsState()
    let startedAt: Timestamp

    // Groups.
    var open = PendingGroup()
    var inFlight: PendingGroup?
    var groupCount: Int64 = 0

    // Time.
    var now: HubTime
    var nextHeartbeat: Int64
    var nextForget: Int64
    /// How many rows were stored since the last call to forget some.
    var rowsToForget = 0
    /// Until when the workers of the last life may come back; nil when that is over.
    var adoptionDeadline: Int64?
    /// What those had that have not come back yet.
    var inherited: [PeerIdentity: Set<Int64>] = [:]
    /// What is known of what workers had begun that are about to be given up.
    var begunRuns: [PeerIdentity: BegunRuns] = [:]

    /// Whether the disk has no room for new messages.
    var isDiskLow = false
    var isDraining = false
    var isHalted = false
    var mayDispatch = false
    var answers = AnswerBatch()
    var effects: [HubEffect] = []

    /// Begins a life of the hub.
    ///
    /// - Parameters:
    ///   - recovered: what the store remembers.
    ///   - configuration: the numbers to decide by.
    ///   - now: what time it is.
    public init(recovered: RecoveredState, configuration: HubConfiguration, now: HubTime) {
        self.configuration = configuration
        self.now = now
        epoch = recovered.epoch
        nextSequence = recovered.nextSequence
        reservedBelow = recovered.nextSequence
        storedBelow = recovered.nextSequence
        keysForgottenBelow = recovered.keys.first?.sequence ?? recovered.nextSequence
        scheduleStates = recovered.scheduleStates
        startedAt = now.wall
        operations.pausedQueues = recovered.pausedQueues
        operations.cancelling = recovered.cancelling
        nextHeartbeat = now.uptime + ProtocolLimits.heartbeatInterval.inMilliseconds
        nextForget = now.uptime
        progress = ProgressBoard(
            maximumCount: configuration.maximumProgressReports,
            maximumSize: configuration.maximumProgressSize
        )
        for catalogue in recovered.catalogues { remember(catalogue) }
        let longest = configuration.keyLifetime.inMilliseconds
        for (key, sequence) in recovered.keys {
            let rest = key.until.millisecondsSinceEpoch - now.wall.millisecondsSinceEpoch
            keys.insert(key, sequence: sequence, until: now.uptime + min(max(rest, 0), longest))
        }
        for recovered in recovered.messages { restore(recovered) }
        for recovered in recovered.messages {
            if let damage = recovered.damage { quarantine(recovered.message.sequence, reason: damage) }
        }
        if recovered.messages.contains(where: { $0.worker != nil }) {
            adoptionDeadline = now.uptime.adding(configuration.adoptionGrace)
        }
    }

    /// The catalogues that workers announced.
    public var knownCatalogues: [TaskCatalogue] { Array(catalogues.values) }

    /// How far each schedule is decided.
    public var knownScheduleStates: [ScheduleID: ScheduleState] { scheduleStates }

    /// How many messages wait or run.
    public var messageCount: Int { messages.count }

    /// Whether everything that was said is on disk.
    public var isSettled: Bool { inFlight == nil && open.isEmpty }

    /// Whether the hub has nothing left to do: it was asked to stop and has, or it cannot go on.
    public var isOver: Bool { isHalted || (isDraining && isSettled) }

    /// Takes an event in.
    ///
    /// - Parameters:
    ///   - event: what happened.
    ///   - now: what time it is.
    /// - Returns: what is to be done, in order.
    public mutating func handle(_ event: HubEvent, at now: HubTime) -> [HubEffect] {
        take(event, at: now)
        return endTurn()
    }

    /// Takes one of several events in; what is to be done is said at the end of the turn.
    ///
    /// - Parameters:
    ///   - event: what happened.
    ///   - now: what time it is.
    public mutating func take(_ event: HubEvent, at now: HubTime) {
        guard !isHalted else { return }
        if now != self.now { advance(to: now) }
        switch event {
        case .client(let peer, let packet): handle(packet, fromClient: peer)
        case .worker(let peer, let packet): handle(packet, fromWorker: peer)
        case .malformed(let peer, let side, let reason): handleMalformed(peer, side, reason)
        case .notUnderstood(let peer, let side, let header, let reason):
            handleNotUnderstood(peer, side, header, reason)
        case .unreachable(let peer, .front): forgetClient(peer)
        case .unreachable(let peer, .back): workerUnreachable(peer)
        case .congested(let peer): workerCongested(peer)
        case .undelivered(let lease, let peer): takeBack(lease, from: peer)
        case .committed(let group): handleCommitted(group)
        case .storeFailed(let reason):
            isHalted = true
            effects.append(.halt(reason: reason))
        case .bodies(let bodies): handle(bodies)
        case .results(let peer, let correlation, let asked, let found):
            handleResults(peer, correlation, asked, found)
        case .found(let peer, let correlation, let taskID, let isThere):
            handleFound(peer, correlation, taskID, isThere: isThere)
        case .damaged(let damaged): quarantine(damaged)
        case .begun(let identity, let leases): handleBegun(identity, leases)
        case .disk(let isLow): isDiskLow = isLow
        case .inquired(let request, let finding): handleFinding(finding, of: request)
        case .fire(let request, let call): fire(request, call: call)
        case .tick: tick()
        case .drain: isDraining = true
        }
    }

    /// Gives out what can be given out, and sends the open group on its way.
    ///
    /// - Returns: what is to be done, in order.
    public mutating func endTurn() -> [HubEffect] {
        if mayDispatch, !isHalted { dispatch() }
        if !operations.subscriptions.isEmpty { publishNotices() }
        if !isHalted { flushGroup() }
        sendAnswers()
        var effects: [HubEffect] = []
        swap(&effects, &self.effects)
        return effects
    }

    /// The uptime at which the hub wants to be called if nothing happens before.
    public var nextDeadline: Int64 {
        var deadline = nextHeartbeat
        if let first = delayed.min {
            deadline = min(deadline, now.uptime + max(0, first.dueAt - now.wall.millisecondsSinceEpoch))
        }
        if let first = expiring.min {
            deadline = min(deadline, now.uptime + max(0, first.dueAt - now.wall.millisecondsSinceEpoch))
        }
        if let first = unacknowledged.min { deadline = min(deadline, first.dueAt) }
        if let first = pausing.min { deadline = min(deadline, first.dueAt) }
        for worker in workers.values {
            if let gone = worker.goneSince { deadline = min(deadline, gone.adding(configuration.goneGrace)) }
        }
        return deadline
    }

    private mutating func restore(_ recovered: RecoveredState.Message) {
        var entry = newEntry(recovered.message, hasBody: false, size: recovered.bodySize)
        // Crashes that it took over from the message before it come with no delivery of its own.
        entry.attempt = max(recovered.attempt, recovered.crashes)
        entry.crashes = recovered.crashes
        entry.isAcknowledged = recovered.isAcknowledged
        if recovered.unacknowledgedAttempt > 0 || recovered.result != nil {
            entry.details.unacknowledgedAttempt = recovered.unacknowledgedAttempt
            entry.details.result = recovered.result
        }
        let sequence = recovered.message.sequence
        if let worker = recovered.worker {
            var lease = MessageEntry.Lease(worker: worker, isInherited: true)
            if recovered.unacknowledgedAttempt == recovered.attempt, recovered.attempt > 0 {
                // Uptimes of an earlier life mean nothing: the time begins anew.
                lease.acknowledgeBefore = acknowledgeDeadline(of: sequence)
            }
            entry.state = .leased(lease)
            inherited[worker, default: []].insert(sequence)
        }
        messages[sequence] = entry
        sequenceOfTask[entry.key] = sequence
        if entry.leaseHolder == nil { queue(sequence) }
    }
}
