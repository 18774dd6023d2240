// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHub
import TaskiqHubProtocol
import TestSupport

// The clients and the workers.
extension HubSimulation {
    // MARK: Clients

    mutating func newClient(_ place: Int) -> SimulatedClient {
        let identity = random.identity()
        let link = ClientLink(
            hello: ClientHello(identity: identity, application: "app"),
            address: "simulated",
            resultPeriod: 3
        )
        return SimulatedClient(identity: identity, link: link, connection: newConnection(.front, owner: place))
    }

    mutating func submit(by place: Int) {
        guard tasks.count < 200, let kind = misfortune.kinds.randomElement(using: &random) else { return }
        // Tasks that end their worker are rare, so that something else happens too.
        let task = SimulatedTask(
            number: tasks.count,
            kind: kind.isPoison || kind == .slow ? (random.chance(30) ? kind : .returns) : kind
        )
        tasks.append(task)
        var submission = Submission(
            key: random.identity(),
            queue: random.chance(20) ? "other" : "default",
            taskName: "simulated",
            taskID: task.taskID,
            body: task.body
        )
        submission.priority = UInt8(random.number(0...9))
        if random.chance(20) { submission.delay = random.number(1...4000) }
        if random.chance(10) { submission.expires = random.number(200...6000) }
        if random.chance(10) { submission.uniqueKey = "unique-\(random.number(0...2))" }
        submission.isFenced = random.chance(10)
        submit(submission, by: place)
    }

    private mutating func submit(_ submission: Submission, by place: Int) {
        clients[place].lastRequest += 1
        let id = clients[place].lastRequest
        clients[place].pending[id] = submission
        let event = ClientLink.Event.submit(id: id, submission, deadline: uptime + 1_000_000)
        carryOut(clients[place].link.handle(event, at: uptime), client: place)
    }

    mutating func killClient(_ place: Int) {
        let old = clients[place]
        close(old.connection)
        clients[place] = newClient(place)
        carryOut(clients[place].link.handle(.connected, at: uptime), client: place)
        // Some programs write down what they were about to do, and do it again with the same key.
        for (_, submission) in old.pending.sorted(by: { $0.key < $1.key }) {
            if random.chance(50) {
                submit(submission, by: place)
            } else {
                abandoned.insert(submission.taskID)
            }
        }
        for taskID in old.waits.sorted() where random.chance(50) { wait(for: taskID, by: place) }
    }

    private mutating func wait(for taskID: String, by place: Int) {
        clients[place].waits.insert(taskID)
        let event: ClientLink.Event = random.chance(70) ? .awaitResult(taskID: taskID) : .wait(taskID: taskID)
        carryOut(clients[place].link.handle(event, at: uptime), client: place)
    }

    /// Asks how some task stands, one that nobody has heard of now and then.
    mutating func ask(by place: Int) {
        guard !tasks.isEmpty else { return }
        let taskID = "task-\(random.number(0...Int64(tasks.count)))"
        clients[place].questions.insert(taskID)
        carryOut(clients[place].link.handle(.ask(taskID: taskID), at: uptime), client: place)
    }

    mutating func carryOut(_ effects: [ClientLink.Effect], client place: Int) {
        for effect in effects {
            switch effect {
            case .send(let packet):
                send(packet.frames(), over: clients[place].connection)
                if mayRepeat(packet) { send(packet.frames(), over: clients[place].connection) }
            case .reconnect:
                reconnect(client: place)
                carryOut(clients[place].link.handle(.connected, at: uptime), client: place)
            case .opened, .called, .event: break
            case .submitted(let id, .success(let sequence)):
                guard let submission = clients[place].pending.removeValue(forKey: id) else { break }
                if let known = accepted.updateValue(sequence, forKey: submission.taskID), known != sequence {
                    broken = broken ?? BrokenRule("\(submission.taskID) has the numbers \(known) and \(sequence)")
                }
                wait(for: submission.taskID, by: place)
            case .submitted(let id, .failure):
                guard let submission = clients[place].pending.removeValue(forKey: id) else { break }
                if random.chance(50) { submit(submission, by: place) } else { abandoned.insert(submission.taskID) }
            case .result(let taskID, let status, let body):
                guard status == .ready else { break }
                clients[place].waits.remove(taskID)
                let known = told.updateValue(body, forKey: taskID)
                // Only a failure that was not acknowledged may be followed by something better.
                if let known, known != body, !Self.isFailure(known) || Self.isFailure(body) {
                    broken = broken ?? BrokenRule("two results of \(taskID) were told")
                }
            case .standing(let standing):
                if clients[place].questions.remove(standing.taskID) == nil {
                    broken = broken ?? BrokenRule("an answer about \(standing.taskID) came and nobody had asked")
                }
                let said = progress[standing.taskID] ?? []
                if let report = standing.progress, !said.contains(report.state) {
                    broken = broken ?? BrokenRule("\(standing.taskID) never said \(report.state)")
                }
            case .rejected(let message): broken = broken ?? BrokenRule("a client was rejected: \(message)")
            }
        }
    }

    // MARK: Workers

    mutating func newWorker(_ place: Int, life: Int) -> SimulatedWorker {
        let catalogue = TaskCatalogue(application: "app", tasks: [TaskDescription(name: "simulated", labels: [])])
        let identity = random.identity()
        boards?[identity] = []
        let hello = WorkerHello(
            identity: identity,
            application: "app",
            host: "simulated",
            processID: Int64(place),
            queues: ["default", "other"],
            concurrency: SimulatedWorker.concurrency,
            catalogueHash: catalogue.hash
        )
        let link = WorkerLink(hello: hello, catalogue: catalogue.json(), credit: SimulatedWorker.credit)
        let connection = newConnection(.back, owner: place)
        return SimulatedWorker(identity: identity, link: link, connection: connection, life: life)
    }

    mutating func startWorker(_ place: Int) throws {
        guard !workers[place].isAlive else { return }
        workers[place] = newWorker(place, life: workers[place].life + 1)
        try carryOut(workers[place].link.handle(.connected, at: uptime), worker: place)
        agenda.plan(.workerTick(place, life: workers[place].life), at: uptime + 250)
    }

    mutating func killWorker(_ place: Int) throws {
        close(workers[place].connection)
        workers[place].isAlive = false
        agenda.plan(.startWorker(place), at: uptime + random.number(100...4000))
    }

    mutating func tickWorker(_ place: Int, _ life: Int, _ step: Step) throws {
        guard workers[place].isAlive, workers[place].life == life else { return }
        if uptime >= workers[place].pausedUntil {
            try carryOut(workers[place].link.handle(.tick, at: uptime), worker: place)
        }
        agenda.plan(step, at: max(uptime + 500, workers[place].pausedUntil))
    }

    /// Asks a worker to stop: it gives back what it has not begun, and says goodbye when the rest is done.
    mutating func drainWorker(_ place: Int) throws {
        guard workers[place].isAlive, !workers[place].isStopping else { return }
        workers[place].isStopping = true
        try carryOut(workers[place].link.handle(.stopListening, at: uptime), worker: place)
        let unstarted = workers[place].waiting + workers[place].acknowledging.sorted { $0.key < $1.key }.map(\.value)
        workers[place].waiting = []
        workers[place].acknowledging = [:]
        for delivery in unstarted { try giveBack(delivery, place) }
        try sayBye(place)
    }

    private mutating func sayBye(_ place: Int) throws {
        guard workers[place].isStopping, workers[place].running.isEmpty, !workers[place].saidBye else { return }
        workers[place].saidBye = true
        try carryOut(workers[place].link.handle(.bye, at: uptime), worker: place)
    }

    private mutating func giveBack(_ delivery: TaskDelivery, _ place: Int) throws {
        let completion = Completion(lease: delivery.lease, outcome: .release)
        try carryOut(workers[place].link.handle(.settle(completion), at: uptime), worker: place)
    }

    mutating func carryOut(_ effects: [WorkerLink.Effect], worker place: Int) throws {
        let life = workers[place].life
        for effect in effects where workers[place].isAlive && workers[place].life == life {
            let connection = workers[place].connection
            note("worker \(place) on \(connection) does \(effect)")
            switch effect {
            case .send(let packet):
                send(packet.frames(), over: workers[place].connection)
                if mayRepeat(packet) { send(packet.frames(), over: workers[place].connection) }
            case .reconnect:
                reconnect(worker: place)
                try carryOut(workers[place].link.handle(.connected, at: uptime), worker: place)
            case .opened, .cancel, .drain: break
            case .settled(let lease): boards?[workers[place].identity]?.remove(lease)
            case .deliver(let delivery):
                if workers[place].saidBye { throw BrokenRule("\(delivery.lease) came after the goodbye") }
                if workers[place].isStopping {
                    try giveBack(delivery, place)
                } else {
                    workers[place].waiting.append(delivery)
                    try beginNext(place)
                }
            case .acknowledged(let lease, let isStored):
                if workers[place].acknowledgingLate.remove(lease) != nil, isStored {
                    acknowledgedLate[lease.sequence] = lease.attempt
                }
                guard let delivery = workers[place].acknowledging.removeValue(forKey: lease) else { break }
                if isStored { try begin(delivery, place) } else { try giveBack(delivery, place) }
                try beginNext(place)
            case .rejected(let message): throw BrokenRule("a worker was rejected: \(message)")
            case .goodbye:
                boards?[workers[place].identity] = nil
                try killWorker(place)
            }
        }
    }

    private mutating func beginNext(_ place: Int) throws {
        while workers[place].isAlive, !workers[place].waiting.isEmpty,
            workers[place].running.count + workers[place].acknowledging.count < SimulatedWorker.concurrency
        {
            let delivery = workers[place].waiting.removeFirst()
            if SimulatedTask(body: delivery.body)?.kind == .acknowledgesFirst {
                workers[place].acknowledging[delivery.lease] = delivery
                try carryOut(workers[place].link.handle(.acknowledge(delivery.lease), at: uptime), worker: place)
            } else {
                try begin(delivery, place)
            }
        }
    }

    private mutating func begin(_ delivery: TaskDelivery, _ place: Int) throws {
        guard let task = SimulatedTask(body: delivery.body) else { throw BrokenRule("a body was changed") }
        starts[delivery.lease.sequence, default: 0] += 1
        let count = starts[delivery.lease.sequence] ?? 0
        if !store.holds(delivery.lease, workers[place].identity) {
            staleStarts[delivery.lease.sequence, default: 0] += 1
        }
        if count > 1 { sights.insert(.redelivered) }
        note("worker \(place) begins \(task) as \(delivery.lease)")
        // An earlier delivery may lie with a worker that is paused and does not know.
        if let last = acknowledgedLate[delivery.lease.sequence], delivery.lease.attempt > last {
            throw BrokenRule("\(task) was begun again after it was acknowledged")
        }
        if count > 1, task.kind != .acknowledgesLate, misfortune.keepsWorkers || task.kind == .acknowledgesFirst {
            throw BrokenRule("\(task) was begun \(count) times")
        }
        boards?[workers[place].identity]?.insert(delivery.lease)
        try carryOut(workers[place].link.handle(.started([delivery.lease]), at: uptime), worker: place)
        let report = ProgressReport(state: "\(delivery.lease)")
        progress[task.taskID, default: []].insert(report.state)
        try carryOut(
            workers[place].link.handle(.progress(taskID: task.taskID, report), at: uptime),
            worker: place
        )
        guard workers[place].isAlive else { return }
        if task.kind == .kills || (task.kind == .killsBetween && count == 1) {
            try killWorker(place)
            return
        }
        workers[place].running[delivery.lease] = delivery
        let time = task.kind == .slow ? random.number(3000...14_000) : random.number(5...800)
        agenda.plan(.endRun(place, life: workers[place].life, delivery.lease), at: uptime + time)
    }

    mutating func endRun(_ place: Int, _ life: Int, _ lease: LeaseKey, _ step: Step) throws {
        guard workers[place].isAlive, workers[place].life == life else { return }
        if uptime < workers[place].pausedUntil {
            agenda.plan(step, at: workers[place].pausedUntil)
            return
        }
        guard let delivery = workers[place].running.removeValue(forKey: lease),
            var task = SimulatedTask(body: delivery.body)
        else { return }
        let result = Array("\(task.taskID) by \(workers[place].identity), delivery \(lease.attempt)".utf8)
        let completion: Completion
        switch task.kind {
        case .requeues where !task.isSecond:
            task.isSecond = true
            completion = Completion(lease: lease, outcome: .requeue, body: task.body)
        case .killsBetween: completion = Completion(lease: lease, outcome: .requeue, body: task.body)
        case .acknowledgesLate:
            completion = lateCompletion(lease, result)
            planAcknowledgement(of: lease, place)
        case .fails: completion = Completion(lease: lease, outcome: .error, body: result)
        case .silent: completion = Completion(lease: lease, outcome: .noResult)
        case .rejects: completion = Completion(lease: lease, outcome: .reject, body: result)
        default: completion = Completion(lease: lease, outcome: .ok, body: result)
        }
        try carryOut(workers[place].link.handle(.settle(completion), at: uptime), worker: place)
        try beginNext(place)
        try sayBye(place)
    }

    // MARK: Acknowledging after the end

    private mutating func lateCompletion(_ lease: LeaseKey, _ result: [UInt8]) -> Completion {
        let failed = random.chance(30)
        let body = failed ? Self.failure + result : result
        var completion = Completion(lease: lease, outcome: failed ? .error : .ok, body: body)
        completion.isUnacknowledged = true
        return completion
    }

    private static let failure = Array("failed: ".utf8)

    private static func isFailure(_ body: [UInt8]) -> Bool { body.starts(with: failure) }

    /// Soon, about when the time for it is over, or never; in the end all do it soon.
    private mutating func planAcknowledgement(of lease: LeaseKey, _ place: Int) {
        let timeout = Self.acknowledgeTimeout
        let delay: Int64? =
            switch random.number(0...9) {
            case _ where isCalm: 10
            case 0...4: random.number(0...2000)
            case 5...7: timeout + random.number(-500...500)
            default: nil
            }
        guard let delay else { return }
        let life = workers[place].life
        agenda.plan(.acknowledgeLate(place, life: life, lease), at: uptime + delay)
    }

    mutating func acknowledgeLate(_ place: Int, _ life: Int, _ lease: LeaseKey, _ step: Step) throws {
        guard workers[place].isAlive, workers[place].life == life else { return }
        if uptime < workers[place].pausedUntil {
            agenda.plan(step, at: workers[place].pausedUntil)
            return
        }
        workers[place].acknowledgingLate.insert(lease)
        try carryOut(workers[place].link.handle(.acknowledge(lease), at: uptime), worker: place)
    }
}

// What may be said twice without harm: everything but greetings and goodbyes.
extension HubSimulation {
    private mutating func mayRepeat(_ packet: Packet<ClientCommand>) -> Bool {
        switch packet.content {
        case .hello, .bye: false
        default: misfortune.repeats > 0 && random.chance(misfortune.repeats)
        }
    }

    private mutating func mayRepeat(_ packet: Packet<WorkerCommand>) -> Bool {
        switch packet.content {
        case .hello, .bye: false
        default: misfortune.repeats > 0 && random.chance(misfortune.repeats)
        }
    }
}
