// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHub
import TaskiqHubProtocol

/// A hub whose disk, network and clock wait for the test.
struct HubBench {
    let store: MemoryHubStore
    private(set) var core: HubCore
    private(set) var uptime: Int64
    var wall: Timestamp
    private var configuration: HubConfiguration

    /// The group that the disk has not written yet.
    private(set) var group: StoreGroup?
    private var reads: [HubEvent] = []
    private var toClients: [PeerID: [Packet<ClientReply>]] = [:]
    private var toWorkers: [PeerID: [Packet<WorkerReply>]] = [:]
    private(set) var notices: [HubNotice] = []
    private(set) var fired: [UInt64] = []
    private(set) var bodiesRead = 0
    /// What workers noted where it outlives them.
    var begun: [PeerIdentity: Set<LeaseKey>] = [:]
    private(set) var haltReason: String?

    init(store: MemoryHubStore = MemoryHubStore(), configuration: HubConfiguration = HubConfiguration()) throws {
        self.store = store
        self.configuration = configuration
        uptime = 1_000_000
        wall = Timestamp(millisecondsSinceEpoch: 1_700_000_000_000)
        let now = HubTime(uptime: uptime, wall: wall)
        core = HubCore(recovered: try store.recover(), configuration: configuration, now: now)
    }

    // MARK: What happens

    /// The hub dies, and what was on its way to the disk is lost; the next life begins at once.
    mutating func restart(forgettingSizes: Bool = false) throws {
        var next = try HubBench(store: store, configuration: configuration)
        next.uptime = uptime
        next.wall = wall
        next.begun = begun
        let now = HubTime(uptime: uptime, wall: wall)
        var recovered = try store.recover()
        if forgettingSizes { for place in recovered.messages.indices { recovered.messages[place].bodySize = 0 } }
        next.core = HubCore(recovered: recovered, configuration: configuration, now: now)
        self = next
    }

    mutating func tell(_ event: HubEvent) throws {
        var answers: [HubEvent] = []
        for effect in core.handle(event, at: HubTime(uptime: uptime, wall: wall)) {
            switch effect {
            case .sendToClient(let peer, let packet): toClients[peer, default: []].append(packet)
            case .sendToWorker(let peer, let packet): toWorkers[peer, default: []].append(packet)
            case .commit(let next): group = next
            case .readBodies(let sequences):
                bodiesRead += sequences.count
                reads.append(.bodies(try bodies(of: sequences)))
            case .readResults(let peer, let correlation, let asked):
                let found = try store.results(of: asked)
                reads.append(.results(peer, correlation: correlation, asked: asked, found: found))
            case .findResult(let peer, let correlation, let taskID):
                let isThere = try store.hasResult(of: taskID)
                reads.append(.found(peer, correlation: correlation, taskID: taskID, isThere: isThere))
            case .findBegun(let identity): answers.append(.begun(identity, begun[identity]))
            case .forgetBegun(let identity): begun[identity] = nil
            case .forgetAllBegun: break
            case .inquire(let inquiry, let request): reads.append(.inquired(request, store.answer(to: inquiry)))
            case .notice(let notice): notices.append(notice)
            case .fired(let call, _): fired.append(call)
            case .halt(let reason): haltReason = reason
            case .catalogueChanged: break
            }
        }
        for answer in answers { try tell(answer) }
    }

    /// Reads bodies, now: of a message that is not stored yet there is none, which is as if the store had lost it.
    private func bodies(of sequences: [Int64]) throws -> [(sequence: Int64, body: StoredBody)] {
        let found = Dictionary(uniqueKeysWithValues: try store.bodies(of: sequences).map { ($0.sequence, $0.body) })
        return sequences.map { ($0, found[$0] ?? .damaged(reason: "the row of message \($0) is missing")) }
    }

    /// The disk writes the group that waits.
    mutating func commit() throws {
        guard let next = group else { return }
        group = nil
        try store.commit(next)
        try tell(.committed(group: next.number))
    }

    /// The disk does all it has to do.
    mutating func settle() throws {
        while group != nil || !reads.isEmpty {
            try commit()
            let answers = reads
            reads = []
            for answer in answers { try tell(answer) }
        }
    }

    /// Time passes, the hub awake and its workers silent.
    mutating func wait(_ milliseconds: Int64, heardFrom workers: [BenchWorker] = []) throws {
        let end = uptime + milliseconds
        while uptime < end {
            let step = min(500, end - uptime)
            uptime += step
            wall = wall.adding(.milliseconds(step))
            for worker in workers { try say(.heartbeat, by: worker) }
            try tell(.tick)
        }
        try settle()
    }

    /// Time passes, and the disk does nothing.
    mutating func tick(_ milliseconds: Int64) throws {
        let step: Int64 = 500
        for _ in 0..<milliseconds / step {
            sleep(step)
            try tell(.tick)
        }
    }

    /// Time passes while the hub sleeps.
    mutating func sleep(_ milliseconds: Int64) {
        uptime += milliseconds
        wall = wall.adding(.milliseconds(milliseconds))
    }

    // MARK: Clients

    mutating func join(_ client: inout BenchClient) throws {
        let hello = ClientHello(identity: client.identity, application: "app")
        try tell(.client(client.peer, Packet(.hello(hello))))
        let packet = takePackets(client).last
        client.session = packet?.session ?? 0
        client.epoch = packet?.epoch ?? 0
    }

    mutating func say(_ command: ClientCommand, by client: BenchClient, correlation: UInt64 = 0) throws {
        let packet = Packet(command, correlation: correlation, session: client.session, epoch: client.epoch)
        try tell(.client(client.peer, packet))
    }

    /// What the client was told since the last look.
    mutating func take(_ client: BenchClient) -> [ClientReply] {
        takePackets(client).map(\.content)
    }

    mutating func takePackets(_ client: BenchClient) -> [Packet<ClientReply>] {
        takePackets(from: client.peer)
    }

    mutating func takePackets(from client: PeerID) -> [Packet<ClientReply>] {
        toClients.removeValue(forKey: client) ?? []
    }

    // MARK: Workers

    /// A worker greets, announces its tasks if it is asked to, and offers room.
    @discardableResult
    mutating func join(_ worker: inout BenchWorker, credit: Int) throws -> WorkerWelcome? {
        try greet(worker)
        try settle()
        var welcome: WorkerWelcome?
        for packet in takePackets(worker) {
            guard case .welcome(let words) = packet.content else { continue }
            welcome = words
            worker.session = packet.session
            worker.epoch = packet.epoch
        }
        if welcome?.wantsCatalogue == true { try announce(worker.catalogue, by: worker) }
        try say(.credit(credit), by: worker)
        return welcome
    }

    mutating func announce(_ catalogue: TaskCatalogue, by worker: BenchWorker) throws {
        try say(.catalogue(catalogue.json(), hash: catalogue.hash), by: worker)
    }

    mutating func greet(_ worker: BenchWorker) throws {
        try tell(.worker(worker.peer, Packet(.hello(worker.hello))))
    }

    mutating func say(_ command: WorkerCommand, by worker: BenchWorker) throws {
        try tell(.worker(worker.peer, Packet(command, session: worker.session, epoch: worker.epoch)))
    }

    mutating func end(
        _ delivery: TaskDelivery?,
        _ outcome: Completion.Outcome,
        _ body: String = "",
        by worker: BenchWorker
    ) throws {
        guard let delivery else { return }
        try say(.complete(Completion(lease: delivery.lease, outcome: outcome, body: Array(body.utf8))), by: worker)
    }

    mutating func take(_ worker: BenchWorker) -> [WorkerReply] {
        takePackets(worker).map(\.content)
    }

    mutating func takePackets(_ worker: BenchWorker) -> [Packet<WorkerReply>] {
        takeWorkerPackets(from: worker.peer)
    }

    mutating func takeWorkerPackets(from worker: PeerID) -> [Packet<WorkerReply>] {
        toWorkers.removeValue(forKey: worker) ?? []
    }

    /// The deliveries that the worker was sent since the last look.
    mutating func takeDeliveries(_ worker: BenchWorker) -> [TaskDelivery] {
        take(worker).compactMap { reply in
            if case .task(let delivery) = reply { delivery } else { nil }
        }
    }
}

/// A client as a test sees it.
struct BenchClient {
    var identity: PeerIdentity
    var peer: PeerID
    var session: UInt64 = 0
    var epoch: UInt64 = 0

    init(_ number: UInt8) {
        identity = numbered(100 + number)
        peer = PeerID([100, number])
    }

    /// The same client on a new connection.
    mutating func reconnect() {
        peer = PeerID(peer.bytes + [0])
    }
}

/// A worker as a test sees it.
struct BenchWorker {
    var peer: PeerID
    var hello: WorkerHello
    let catalogue: TaskCatalogue
    var session: UInt64 = 0
    var epoch: UInt64 = 0

    init(_ number: UInt8, tasks: [TaskName] = ["add"], queues: [String] = ["default"]) {
        peer = PeerID([200, number])
        let catalogue = TaskCatalogue(
            application: "app\(tasks)",
            tasks: tasks.map { TaskDescription(name: $0, labels: []) }
        )
        self.catalogue = catalogue
        hello = WorkerHello(
            identity: numbered(200 &+ number),
            application: "app",
            host: "host",
            processID: Int64(number),
            queues: queues,
            concurrency: 1,
            catalogueHash: catalogue.hash
        )
    }

    mutating func reconnect() {
        peer = PeerID(peer.bytes + [0])
    }
}

/// An identity that a test can tell from others.
func numbered(_ number: UInt8) -> PeerIdentity {
    PeerIdentity(Array(repeating: number, count: 16)) ?? .generate()
}

/// A submission of a task, its key made of a number.
func submission(_ key: UInt8, _ taskID: String? = nil, task: String = "add", queue: String = "default") -> Submission {
    let taskID = taskID ?? "task-\(key)"
    return Submission(key: numbered(key), queue: queue, taskName: task, taskID: taskID, body: Array(taskID.utf8))
}
