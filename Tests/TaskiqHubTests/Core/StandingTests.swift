// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHub
import TaskiqHubProtocol
import Testing

/// What tasks say while they run, and what clients may ask without fetching a result.
struct StandingTests {
    private var hub: HubBench
    private var client = BenchClient(1)
    private var worker = BenchWorker(1)
    private var delivery: TaskDelivery?

    /// A message runs at a worker.
    init() throws {
        var configuration = HubConfiguration()
        configuration.maximumProgressReports = 3
        configuration.maximumProgressSize = 100
        configuration.resultLifetime = .seconds(600)
        hub = try HubBench(configuration: configuration)
        try hub.join(&client)
        try hub.join(&worker, credit: 10)
        try hub.say(.submit(submission(1)), by: client)
        try hub.settle()
        delivery = hub.takeDeliveries(worker).first
        _ = hub.take(client)
    }

    private mutating func report(_ number: Int, _ state: String, _ meta: [UInt8] = []) throws {
        try hub.say(.progress(taskID: "task-\(number)", ProgressReport(state: state, meta: meta)), by: worker)
    }

    /// What a client is told that asks; it has greeted anew, as clients do that were silent for long.
    private mutating func standing(_ taskID: String = "task-1") throws -> TaskStanding? {
        try hub.join(&client)
        try hub.say(.standing(taskID: taskID), by: client, correlation: 5)
        try hub.settle()
        let packet = hub.takePackets(client).last
        #expect(packet?.correlation == 5)
        guard case .standing(let standing)? = packet?.content else { return nil }
        return standing
    }

    @Test("a task waits, runs, ends; without a worker that knows it, it is unroutable; no task is unknown")
    mutating func statuses() throws {
        #expect(try standing() == TaskStanding(taskID: "task-1", status: .pending))
        try hub.end(delivery, .ok, "42", by: worker)
        // Before it is on disk nobody is told.
        try hub.say(.standing(taskID: "task-1"), by: client)
        #expect(hub.take(client).isEmpty)
        #expect(try standing() == TaskStanding(taskID: "task-1", status: .ready))
        try hub.say(.submit(submission(2, task: "nobody")), by: client)
        try hub.settle()
        #expect(try standing("task-2")?.status == .unroutable)
        #expect(try standing("task-3")?.status == .unknown)
    }

    @Test("the last report counts, also after the end; a restart of the hub forgets it")
    mutating func progress() throws {
        try report(1, "STARTED")
        try report(1, "half", Array("50".utf8))
        let half = ProgressReport(state: "half", meta: Array("50".utf8))
        #expect(try standing()?.progress == half)
        try hub.end(delivery, .ok, "42", by: worker)
        try hub.settle()
        #expect(try standing() == TaskStanding(taskID: "task-1", status: .ready, progress: half))
        try hub.restart()
        #expect(try standing() == TaskStanding(taskID: "task-1", status: .ready))
    }

    @Test("only the worker that has the message says how far it is")
    mutating func strangers() throws {
        var other = BenchWorker(2)
        try hub.join(&other, credit: 1)
        let report = ProgressReport(state: "lie")
        try hub.say(.progress(taskID: "task-1", report), by: other)
        try hub.say(.progress(taskID: "nobody", report), by: worker)
        #expect(try standing()?.progress == nil)
        #expect(try standing("nobody")?.progress == nil)
        try hub.end(delivery, .ok, "42", by: worker)
        try self.report(1, "late")
        #expect(try standing()?.progress == nil)
    }

    @Test("the reports that are oldest make room, by number and by size")
    mutating func bounds() throws {
        for number in 2...4 { try hub.say(.submit(submission(UInt8(number))), by: client) }
        try hub.settle()
        for number in 1...3 { try report(number, "a") }
        try report(1, "b")
        try report(4, "a")
        #expect(try standing("task-2")?.progress == nil)
        #expect(try standing("task-1")?.progress?.state == "b")
        #expect(try standing("task-3")?.progress?.state == "a")
        try report(4, "large", Array(repeating: 1, count: 94))
        #expect(try standing("task-1")?.progress?.state == "b")
        #expect(try standing("task-3")?.progress == nil)
        try report(4, "large", Array(repeating: 1, count: 200))
        for number in 1...4 { #expect(try standing("task-\(number)")?.progress == nil) }
    }

    @Test("a report is dropped with its result, and not while the task runs")
    mutating func expiry() throws {
        try report(1, "half")
        try hub.wait(700_000, heardFrom: [worker])
        #expect(try standing()?.progress?.state == "half")
        try hub.end(delivery, .ok, "42", by: worker)
        try hub.wait(500_000, heardFrom: [worker])
        #expect(
            try standing() == TaskStanding(taskID: "task-1", status: .ready, progress: ProgressReport(state: "half"))
        )
        try hub.wait(240_000, heardFrom: [worker])
        #expect(try standing() == TaskStanding(taskID: "task-1", status: .unknown))
    }

    @Test("results may be kept for ever")
    mutating func forEver() throws {
        var configuration = HubConfiguration()
        configuration.resultLifetime = nil
        hub = try HubBench(configuration: configuration)
        try hub.join(&client)
        try hub.join(&worker, credit: 1)
        try hub.say(.submit(submission(1)), by: client)
        try hub.settle()
        try hub.end(hub.takeDeliveries(worker).first, .ok, "42", by: worker)
        try hub.settle()
        hub.sleep(400 * 86_400_000)
        try hub.wait(120_000)
        #expect(try standing()?.status == .ready)
    }

    @Test("a result that was read may be dropped, with what was said of the task")
    mutating func drop() throws {
        try report(1, "half")
        try hub.end(delivery, .ok, "42", by: worker)
        try hub.settle()
        try hub.say(.resultDrop(taskIDs: ["task-1", "task-1", "nobody"]), by: client)
        try hub.settle()
        #expect(try standing() == TaskStanding(taskID: "task-1", status: .unknown))
        #expect(try hub.store.results(of: ["task-1"]).isEmpty)
    }

    @Test("a dropped result of a message that is not acknowledged makes room for the next")
    mutating func dropUnacknowledged() throws {
        var completion = Completion(lease: LeaseKey(sequence: 1, attempt: 1), outcome: .ok, body: [1])
        completion.isUnacknowledged = true
        try hub.say(.complete(completion), by: worker)
        try hub.settle()
        #expect(try standing()?.status == .ready)
        try hub.say(.resultDrop(taskIDs: ["task-1"]), by: client)
        #expect(try standing()?.status == .pending)
        completion.isUnacknowledged = false
        completion.body = [2]
        try hub.say(.complete(completion), by: worker)
        try hub.settle()
        #expect(try hub.store.results(of: ["task-1"]) == ["task-1": .intact([2])])
    }

    // MARK: Catalogues

    @Test("a task that a worker learns while it works is given to it; what it holds stays with it")
    mutating func announcement() throws {
        try hub.say(.submit(submission(2, task: "new")), by: client)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).isEmpty)
        let tasks = worker.catalogue.tasks + [TaskDescription(name: "new", labels: [])]
        try hub.announce(TaskCatalogue(application: worker.catalogue.application, tasks: tasks), by: worker)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).map(\.lease.sequence) == [2])
        #expect(hub.core.knownCatalogues.first?.tasks.count == 2)
        try hub.end(delivery, .ok, "42", by: worker)
        try hub.settle()
        #expect(hub.core.messageCount == 1)
        // Taken away, it is given to nobody.
        try hub.announce(worker.catalogue, by: worker)
        try hub.say(.submit(submission(3, task: "new")), by: client)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).isEmpty)
        let joined = hub.notices.filter { if case .workerJoined = $0 { true } else { false } }
        #expect(joined.count == 1)
    }

    @Test("another worker with the older tasks is not given the new one")
    mutating func otherWorkers() throws {
        var other = BenchWorker(2)
        #expect(try hub.join(&other, credit: 5)?.wantsCatalogue == false)
        for number in 0..<50 {
            let tasks =
                worker.catalogue.tasks + [TaskDescription(name: TaskName(rawValue: "new-\(number)"), labels: [])]
            try hub.announce(TaskCatalogue(application: worker.catalogue.application, tasks: tasks), by: worker)
        }
        try hub.say(.submit(submission(2, task: "new-49")), by: client)
        try hub.say(.submit(submission(3, task: "new-48")), by: client)
        try hub.settle()
        #expect(hub.takeDeliveries(worker).map(\.lease.sequence) == [2])
        #expect(hub.takeDeliveries(other).isEmpty)
    }
}
