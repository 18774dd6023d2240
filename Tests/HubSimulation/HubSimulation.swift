// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHub
import TaskiqHubProtocol
import TestSupport

/// A hub, its clients, its workers, its disk and the network between them, in a life full of trouble made from a seed.
///
/// The hub and the links are the real ones; everything that happens to them is decided here, on one thread, by a clock
/// that jumps from one event to the next. Each rule is checked as soon as it can be seen to be broken.
package struct HubSimulation {
    enum Step {
        case arriveAtHub(connection: Int)
        case arriveAtPeer(connection: Int)
        case hubTick(life: Int)
        case startHub
        case resumeHub(life: Int)
        case stored(life: Int)
        case clientTick(Int)
        case workerTick(Int, life: Int)
        case startWorker(Int)
        case endRun(Int, life: Int, LeaseKey)
        case acknowledgeLate(Int, life: Int, LeaseKey)
        case submit(Int)
        case ask(Int)
        case fireSlots
        case fault
        /// The socket of this connection makes a new one.
        case reconnect(Int)
        case freeDisk
    }

    /// What the hub's disk has to do, in order.
    enum DiskWork {
        case commit(StoreGroup)
        case bodies([Int64])
        case results(PeerID, UInt64, [String])
        case find(PeerID, UInt64, String)
    }

    let misfortune: Misfortune
    var random: SeededGenerator
    private(set) var uptime: Int64 = Self.birth
    private static let birth: Int64 = 1_000_000
    /// How long the life has lasted, in milliseconds.
    package var age: Int64 { uptime - Self.birth }
    var wallOffset: Int64 = 1_700_000_000_000
    var agenda = Agenda<Step>()
    /// The latest that the wall clock has shown.
    var latestWall = Timestamp(millisecondsSinceEpoch: 0)
    var isCalm = false
    let calmAt: Int64

    var hub: HubCore?
    var hubLife = 0
    var hubStartedAt: Int64 = 0
    var hubPausedUntil: Int64 = 0
    /// What waits for the hub while it pauses, and what its own sending tells it.
    var hubInbox: [HubEvent] = []
    var isHubBusy = false
    var disk: [DiskWork] = []
    var diskBusyUntil: Int64 = 0
    var diskSlowUntil: Int64 = 0
    var diskFullUntil: Int64 = 0
    var failsNextWork = false
    var store = SimulatedStore()

    var connections: [Int: Connection] = [:]
    var connectionCount = 0
    var clients: [SimulatedClient] = []
    var workers: [SimulatedWorker] = []
    /// What the machine remembers of what workers run; nil where it does not.
    var boards: [PeerIdentity: Set<LeaseKey>]?
    /// The first rule that a client saw broken.
    var broken: BrokenRule?

    var tasks: [SimulatedTask] = []
    /// The number that a client was told for its message.
    var accepted: [String: Int64] = [:]
    var abandoned: Set<String> = []
    /// What happened last, for whoever looks for a mistake.
    package private(set) var history: [String] = []
    /// How often each delivery's message began to run, by its number.
    var starts: [Int64: Int] = [:]
    /// How many of those were by a worker that the hub had given up and that did not know.
    var staleStarts: [Int64: Int] = [:]
    var told: [String: [UInt8]] = [:]
    /// What runs said of how far they are.
    var progress: [String: Set<String>] = [:]
    /// The deliveries of which a worker was told that they are acknowledged, after their task had ended.
    var acknowledgedLate: [Int64: Int32] = [:]

    /// What was seen to happen, so that nobody takes a life without trouble for proof.
    package internal(set) var sights: Set<Sight> = []
    private let keepsHistory: Bool
    private var stepCount = 0

    package init(seed: UInt64, misfortune: Misfortune, keepsHistory: Bool = false) {
        self.keepsHistory = keepsHistory
        self.misfortune = misfortune
        random = SeededGenerator(seed: seed)
        boards = seed.isMultiple(of: 2) ? [:] : nil
        calmAt = uptime + misfortune.duration
    }

    /// Lives through the trouble and the calm after it, and looks at what is left.
    package mutating func run() throws {
        agenda.plan(.startHub, at: uptime)
        for place in 0..<3 {
            clients.append(newClient(place))
            carryOut(clients[place].link.handle(.connected, at: uptime), client: place)
            agenda.plan(.clientTick(place), at: uptime + random.number(1...250))
            agenda.plan(.submit(place), at: uptime + random.number(1...1000))
            agenda.plan(.ask(place), at: uptime + random.number(500...2000))
        }
        for place in 0..<3 {
            workers.append(newWorker(place, life: 0))
            try carryOut(workers[place].link.handle(.connected, at: uptime), worker: place)
            agenda.plan(.workerTick(place, life: 0), at: uptime + random.number(1...250))
        }
        agenda.plan(.fireSlots, at: uptime + 500)
        agenda.plan(.fault, at: uptime + random.number(500...6000))
        let end = calmAt + 240_000
        while let next = agenda.next, next < end {
            if next >= calmAt, !isCalm { try repair() }
            if isCalm, isDone { break }
            guard let (time, step) = agenda.take() else { break }
            uptime = max(uptime, time)
            try take(step)
            if let broken { throw broken }
            try checkHub()
        }
        try checkEnd()
    }

    var now: HubTime {
        HubTime(uptime: uptime, wall: Timestamp(millisecondsSinceEpoch: uptime + wallOffset))
    }

    mutating func note(_ line: @autoclosure () -> String) {
        guard keepsHistory else { return }
        history.append("\(age) ms: \(line())")
    }

    /// Looks at the hub from the inside.
    ///
    /// That walks through everything it knows, and what is broken there mends itself by no chance: one look in so many
    /// steps sees it a little later. Whoever lives a life again looks after each step.
    private mutating func checkHub() throws {
        stepCount += 1
        guard keepsHistory || stepCount % 64 == 0, let broken = hub?.brokenInvariant() else { return }
        throw BrokenRule("the hub is not in order: \(broken)")
    }

    // MARK: Steps

    private mutating func take(_ step: Step) throws {
        switch step {
        case .arriveAtHub(let number): try arriveAtHub(number)
        case .arriveAtPeer(let number): try arriveAtPeer(number)
        case .hubTick(let life):
            guard life == hubLife, hub != nil else { return }
            if uptime >= hubPausedUntil { try tell(.tick) }
            let deadline = hub?.nextDeadline ?? uptime
            agenda.plan(step, at: max(hubPausedUntil, min(max(deadline, uptime + 10), uptime + 1000)))
        case .startHub: try startHub()
        case .resumeHub(let life): if life == hubLife { try drainInbox() }
        case .stored(let life): if life == hubLife { try finishDiskWork() }
        case .clientTick(let place):
            carryOut(clients[place].link.handle(.tick, at: uptime), client: place)
            agenda.plan(step, at: uptime + 500)
        case .workerTick(let place, let life): try tickWorker(place, life, step)
        case .startWorker(let place): try startWorker(place)
        case .endRun(let place, let life, let lease): try endRun(place, life, lease, step)
        case .acknowledgeLate(let place, let life, let lease): try acknowledgeLate(place, life, lease, step)
        case .submit(let place):
            submit(by: place)
            if !isCalm { agenda.plan(step, at: uptime + random.number(50...1500)) }
        case .ask(let place):
            ask(by: place)
            if !isCalm { agenda.plan(step, at: uptime + random.number(50...1500)) }
        case .fireSlots:
            try fireSlots()
            if !isCalm { agenda.plan(step, at: uptime + random.number(500...3000)) }
        case .fault:
            guard !isCalm else { return }
            try befall()
            agenda.plan(.fault, at: uptime + random.number(200...8000))
        case .freeDisk: if uptime >= diskFullUntil { try tell(.disk(isLow: false)) }
        case .reconnect(let number):
            guard let connection = connections[number] else { return }
            switch connection.side {
            case .front: reconnect(client: connection.owner)
            case .back: reconnect(worker: connection.owner)
            }
        }
    }

    /// The end of the trouble: the hub and all workers come back for good.
    private mutating func repair() throws {
        isCalm = true
        diskSlowUntil = 0
        diskFullUntil = 0
        failsNextWork = false
        try tell(.disk(isLow: false))
        // Those that are about to go may: they live until they have said goodbye.
        for place in workers.indices where workers[place].isStopping && !misfortune.keepsWorkers {
            try killWorker(place)
        }
        for number in connections.keys.sorted() {
            connections[number]?.toHubPartedUntil = 0
            connections[number]?.toPeerPartedUntil = 0
            connections[number]?.fullUntil = 0
        }
    }

    private var isDone: Bool {
        guard let hub, hub.messageCount == 0, hub.isSettled else { return false }
        // One that pauses has yet to hear its answers.
        let hasAnswers = workers.allSatisfy { worker in
            !worker.isAlive || worker.acknowledgingLate.isEmpty && worker.acknowledging.isEmpty
        }
        guard hasAnswers else { return false }
        return clients.allSatisfy { client in
            client.pending.isEmpty && client.questions.isEmpty && client.waits.allSatisfy { store.results[$0] == nil }
        }
    }
}
