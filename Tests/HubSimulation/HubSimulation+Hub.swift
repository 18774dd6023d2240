// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHub
import TaskiqHubProtocol
import TestSupport

// The hub's process and its disk.
extension HubSimulation {
    mutating func startHub() throws {
        guard hub == nil else { return }
        guard uptime >= diskFullUntil else {
            // Its first write would fail.
            agenda.plan(.startHub, at: diskFullUntil)
            return
        }
        note("the hub starts")
        let recovered = try store.beginLife()
        var configuration = HubConfiguration()
        // Clocks step here, and time over time would make a repetition a new message.
        configuration.keyLifetime = .seconds(7 * 24 * 3600)
        configuration.manualAcknowledgeTimeout = .milliseconds(Self.acknowledgeTimeout)
        // In some lives only a few bodies fit into memory.
        store.holdsAllBodies = !random.chance(30)
        if !store.holdsAllBodies { configuration.maximumCachedBodies = Int(random.number(0...200)) }
        hub = HubCore(recovered: recovered, configuration: configuration, now: now)
        hubStartedAt = uptime
        hubPausedUntil = 0
        isHubBusy = false
        diskBusyUntil = uptime
        agenda.plan(.hubTick(life: hubLife), at: uptime)
        // What peers have said meanwhile goes out now.
        for number in connections.keys.sorted() {
            for _ in connections[number]?.toHub ?? [] { planArrivalAtHub(number) }
        }
    }

    /// Ends the hub's life between two steps: what was not on disk is lost, and what was on its way there may be.
    mutating func killHub(downFor range: ClosedRange<Int64>) throws {
        guard hub != nil else { return }
        note("the hub dies")
        if case .commit(let group)? = disk.first, uptime >= diskFullUntil, random.chance(50) { try apply(group) }
        hub = nil
        hubLife += 1
        disk = []
        hubInbox = []
        failsNextWork = false
        for place in clients.indices { reconnect(client: place) }
        for place in workers.indices where workers[place].isAlive { reconnect(worker: place) }
        agenda.plan(.startHub, at: uptime + (isCalm ? 100 : random.number(range)))
    }

    /// Tells the hub something, now or when it is back from its pause.
    mutating func tell(_ event: HubEvent) throws {
        guard hub != nil else { return }
        hubInbox.append(event)
        if uptime >= hubPausedUntil { try drainInbox() }
    }

    mutating func drainInbox() throws {
        guard !isHubBusy, uptime >= hubPausedUntil else { return }
        isHubBusy = true
        defer { isHubBusy = false }
        while !hubInbox.isEmpty, hub != nil {
            let time = now
            latestWall = max(latestWall, time.wall)
            // A turn takes what is there, or a part of it.
            for _ in 0..<(hubInbox.count == 1 ? 1 : Int(random.number(1...Int64(hubInbox.count)))) {
                let event = hubInbox.removeFirst()
                note("hub hears \(Self.words(for: event))")
                hub?.take(event, at: time)
            }
            for effect in hub?.endTurn() ?? [] {
                note("hub does \(effect)")
                try carryOut(effect)
            }
        }
    }

    /// The event for people, without dictionaries, whose order is never the same.
    private static func words(for event: HubEvent) -> String {
        switch event {
        case .fire(let request, _): "fire \(request.decisions.map(\.slot))"
        case .results(_, _, let asked, let found): "results of \(found.keys.sorted()) of \(asked)"
        default: "\(event)"
        }
    }

    private mutating func carryOut(_ effect: HubEffect) throws {
        switch effect {
        case .sendToClient(let peer, let packet):
            try check(packet)
            _ = send(packet.frames(), to: peer, .front)
        case .sendToWorker(let peer, let packet):
            try check(packet)
            let isSent = send(packet.frames(), to: peer, .back)
            if !isSent, case .task(let delivery) = packet.content {
                hubInbox.append(.undelivered(delivery.lease, peer))
            }
        case .commit(let group): work(.commit(group))
        case .readBodies(let sequences): work(.bodies(sequences))
        case .readResults(let peer, let correlation, let taskIDs): work(.results(peer, correlation, taskIDs))
        case .findResult(let peer, let correlation, let taskID): work(.find(peer, correlation, taskID))
        case .findBegun(let identity): hubInbox.append(.begun(identity, boards?[identity]))
        case .forgetBegun(let identity):
            if !workers.contains(where: { $0.identity == identity && $0.isAlive }) { boards?[identity] = nil }
        case .forgetAllBegun(let known):
            for identity in boards?.keys.filter({ !known.contains($0) }) ?? []
            where !workers.contains(where: { $0.identity == identity && $0.isAlive }) {
                boards?[identity] = nil
            }
        case .halt: try killHub(downFor: 100...3000)
        case .inquire: break
        case .fired, .catalogueChanged, .notice: break
        }
    }

    // MARK: Disk

    private mutating func work(_ item: DiskWork) {
        disk.append(item)
        let duration = uptime < diskSlowUntil ? random.number(200...3000) : random.number(1...20)
        diskBusyUntil = max(diskBusyUntil, uptime) + duration
        agenda.plan(.stored(life: hubLife), at: diskBusyUntil)
    }

    mutating func finishDiskWork() throws {
        guard !disk.isEmpty else { return }
        let item = disk.removeFirst()
        if uptime < diskFullUntil, case .commit = item {
            sights.insert(.fullDisk)
            try tell(.storeFailed("the disk is full"))
            return
        }
        if failsNextWork {
            failsNextWork = false
            // Whether it was done is not known: it may be there after the restart.
            if case .commit(let group) = item, random.chance(50) { try apply(group) }
            try tell(.storeFailed("the disk is broken"))
            return
        }
        switch item {
        case .commit(let group):
            try apply(group)
            try tell(.committed(group: group.number))
        case .bodies(let sequences):
            sights.insert(.readBodies)
            let found = Dictionary(
                uniqueKeysWithValues: try store.memory.bodies(of: sequences).map { ($0.sequence, $0.body) }
            )
            // As the service does: the hub has the message, so the store lost it.
            try tell(.bodies(sequences.map { ($0, found[$0] ?? .damaged(reason: "the row of \($0) is missing")) }))
        case .results(let peer, let correlation, let asked):
            let found = try store.memory.results(of: asked)
            try tell(.results(peer, correlation: correlation, asked: asked, found: found))
        case .find(let peer, let correlation, let taskID):
            let isThere = try store.memory.hasResult(of: taskID)
            try tell(.found(peer, correlation: correlation, taskID: taskID, isThere: isThere))
        }
    }

    private mutating func apply(_ group: StoreGroup) throws {
        try store.apply(group, at: latestWall)
    }

    /// How long a message may be acknowledged after its task has ended, in milliseconds.
    static let acknowledgeTimeout: Int64 = 6000

    // MARK: Schedules

    static let schedules: [ScheduleID] = ["nightly", "hourly"]
    static let period: Int64 = 2000

    /// Does as schedulers do: proposes all slots since the cursor, and now and then some that were decided before.
    mutating func fireSlots() throws {
        guard let hub else { return }
        let instant = now.wall.millisecondsSinceEpoch
        var request = FireRequest(decisions: [], states: [:])
        for id in Self.schedules {
            let cursor = hub.knownScheduleStates[id]?.cursor.millisecondsSinceEpoch
            var first = cursor ?? 1_700_001_000_000
            if cursor != nil, random.chance(30) { first -= 3 * Self.period }
            let multiple = first / Self.period + 1
            guard multiple * Self.period <= instant else { continue }
            for due in stride(from: multiple * Self.period, through: instant, by: Int(Self.period)).prefix(50) {
                let slot = Slot(scheduleID: id, instant: Timestamp(millisecondsSinceEpoch: due))
                let task = SimulatedTask(number: 1_000_000 + tasks.count, kind: .returns)
                let message = BrokerMessage(
                    taskID: slot.taskID,
                    taskName: "simulated",
                    message: task.body,
                    labels: []
                )
                let verdict = random.chance(80) ? SlotDecision.Verdict.fired(message) : .missed(reason: "too late")
                request.decisions.append(SlotDecision(slot: slot, verdict: verdict))
                request.states[id] = ScheduleState(cursor: slot.instant, fingerprint: "as it was")
            }
        }
        try tell(.fire(request, call: 1))
    }
}
