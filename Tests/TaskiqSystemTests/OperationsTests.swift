// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq
import TaskiqHubProtocol
import Testing

/// What operators type and see, with real processes.
@Suite struct OperationsTests {
    /// Sends a task that sleeps, and waits until a worker has begun it.
    private func startNap(_ fleet: Fleet, _ taskID: String, seconds: Double = 300) async throws {
        let sent = try await fleet.taskiq("kiq", "nap", "--kwarg", "seconds=\(seconds)", "--task-id", taskID)
        #expect(sent.code == 0)
        // Each question takes a process, so that this is no idle loop.
        while try await !hasStarted(taskID, fleet) {}
    }

    private func hasStarted(_ taskID: String, _ fleet: Fleet) async throws -> Bool {
        let shown = try await fleet.taskiq("tasks", "show", taskID, "--json")
        return try JSONFragment(parsing: shown.output).decode(TaskReport.self).startedAt != nil
    }

    private func items<Item: Decodable>(_ text: String, of type: Item.Type) throws -> [Item] {
        try JSONFragment(parsing: text).decode([Item].self)
    }

    @Test func aTaskIsCancelledWhileItWaitsAndWhileItRuns() async throws {
        let fleet = try Fleet()
        let hub = try await fleet.hub()
        _ = try await fleet.taskiq("kiq", "nap", "--kwarg", "seconds=300", "--task-id", "waits")
        let waiting = try await fleet.taskiq("tasks", "cancel", "waits", "--reason", "no longer needed")
        #expect(waiting == (0, "waits  cancelled before it ran\n", ""))
        let result = try await fleet.taskiq("results", "get", "waits")
        #expect(result.code == 1)
        #expect(result.errors.contains("the task was cancelled: no longer needed"))

        let worker = try await fleet.worker()
        try await startNap(fleet, "runs")
        async let waited = fleet.taskiq("results", "wait", "runs", "--timeout", "240s")
        let running = try await fleet.taskiq("tasks", "cancel", "runs")
        #expect(running.code == 0)
        #expect(running.output.contains("was asked to cancel it"))
        let end = try await waited
        #expect(end.code == 1)
        #expect(end.errors.contains("the task was cancelled"))
        // The same worker runs others.
        #expect(try await fleet.taskiq("kiq", "add", "2", "3", "--wait").output == "5\n")
        #expect(try await fleet.taskiq("tasks", "cancel", "runs").output == "runs  had ended already\n")
        let unknown = try await fleet.taskiq("tasks", "cancel", "never", "runs")
        #expect(unknown.code == 3)
        #expect(unknown.output == "runs  had ended already\n")
        _ = (hub, worker)
    }

    @Test func aHandleCancelsItsTask() async throws {
        let fleet = try Fleet()
        let hub = try await fleet.hub()
        try await fleet.withBroker { broker in
            let handle = try await broker.kiq(named: "nap", kwargs: ["seconds": .double(300)])
            #expect(try await handle.cancel(reason: "enough") == .cancelled)
            await #expect { try await handle.value() } throws: { ($0 as? TaskFailure)?.isCancellation == true }
            await #expect { try await broker.cancel("never") } throws: { ($0 as? TaskiqError)?.code == .unknownTaskID }
        }
        _ = hub
    }

    @Test func aQueueIsPausedResumedAndPurged() async throws {
        let fleet = try Fleet()
        var hub = try await fleet.hub()
        let worker = try await fleet.worker()
        #expect(try await fleet.taskiq("queues", "pause", "default").output == "default  paused\n")
        for number in 1...3 {
            let sent = try await fleet.taskiq("kiq", "add", "\(number)", "1", "--task-id", "task-\(number)")
            #expect(sent.code == 0)
        }
        // Over the hub's restart, too.
        hub.signal(SIGTERM)
        #expect(try await hub.end() == 0)
        hub = try await fleet.hub()
        let queues = try items(try await fleet.taskiq("queues", "list", "--json").output, of: QueueReport.self)
        #expect(queues.first?.isPaused == true && queues.first?.ready == 3)
        let list = try await fleet.taskiq("tasks", "list")
        #expect(list.output.contains("task-2") && list.output.contains("queue paused"))

        let unsure = try await fleet.taskiq("queues", "purge", "default")
        #expect(unsure.code == 2)
        #expect(unsure.errors.contains("3 tasks in default would end without having run: say --yes"))
        _ = try await fleet.taskiq("tasks", "cancel", "task-1")
        #expect(try await fleet.taskiq("queues", "purge", "default", "--yes").output == "default  2 tasks ended\n")
        let purged = try await fleet.taskiq("results", "get", "task-3")
        #expect(purged.code == 1)
        #expect(purged.errors.contains("the queue default was purged"))

        _ = try await fleet.taskiq("kiq", "add", "20", "22", "--task-id", "last")
        #expect(try await fleet.taskiq("queues", "resume", "default").output == "default  resumed\n")
        #expect(try await fleet.taskiq("results", "wait", "last", "--timeout", "240s").output == "42\n")
        _ = (hub, worker)
    }

    @Test func deadLettersAreShownRetriedAndDropped() async throws {
        let fleet = try Fleet()
        let hub = try await fleet.hub()
        let worker = try await fleet.worker()
        // Messages that no worker can read.
        try await fleet.withBroker { broker in
            for number in 1...2 {
                _ = try await broker.transport.kick(
                    BrokerMessage(
                        taskID: TaskID(rawValue: "bad-\(number)"),
                        taskName: "add",
                        message: Array("{\"this is\": \"no message\"}".utf8),
                        labels: []
                    )
                )
                await #expect(throws: TaskFailure.self) {
                    try await broker.handle(for: TaskID(rawValue: "bad-\(number)")).value(timeout: .seconds(240))
                }
            }
        }
        let letters = try items(try await fleet.taskiq("dead", "list", "--json").output, of: DeadLetterReport.self)
        #expect(letters.map(\.taskID) == ["bad-2", "bad-1"])
        #expect(try await fleet.taskiq("dead", "list").output.contains("unreadable message"))
        let shown = try await fleet.taskiq("dead", "show", "bad-1")
        #expect(shown.output.contains(#"{"this is": "no message"}"#))
        #expect(try await fleet.taskiq("dead", "show", "never").code == 3)
        #expect(try await fleet.taskiq("tasks", "show", "bad-1").output.contains("dead"))

        // It dies again, of the same.
        #expect(try await fleet.taskiq("dead", "retry", "bad-1").output == "bad-1  is back in its queue\n")
        let again = try await fleet.taskiq("results", "wait", "bad-1", "--timeout", "240s")
        #expect(again.code == 1)
        #expect(try await fleet.taskiq("dead", "drop", "--all").code == 2)
        #expect(try await fleet.taskiq("dead", "drop", "bad-1").output == "bad-1  dropped\n")
        #expect(try await fleet.taskiq("dead", "drop", "--all", "--yes").output == "1 dead letter dropped\n")
        #expect(try await fleet.taskiq("dead", "list").output == "there are no such dead letters\n")
        #expect(try await fleet.taskiq("dead", "retry", "bad-1").code == 3)
        #expect(try await fleet.taskiq("dead", "retry").code == 2)
        _ = (hub, worker)
    }

    @Test func workersAreListedPingedAndDrained() async throws {
        let fleet = try Fleet()
        let hub = try await fleet.hub()
        #expect(try await fleet.taskiq("workers", "ping").code == 3)
        let worker = try await fleet.worker()
        // Long enough for what is asked meanwhile, on a machine that is busy.
        try await startNap(fleet, "long", seconds: 30)
        let workers = try items(try await fleet.taskiq("workers", "list", "--json").output, of: WorkerReport.self)
        let report = try #require(workers.first)
        #expect(workers.count == 1 && report.application == "HelloTasks" && report.running == 1)
        #expect(report.processID == Int64(try #require(worker.children.first)))
        let ping = try await fleet.taskiq("workers", "ping", "--json")
        #expect(ping.code == 0)
        let time = try JSONFragment(parsing: ping.output).decode(JSONValue.self)["round_trip_us"]
        guard case .int(let microseconds)? = time else {
            Issue.record("no time in \(ping.output)")
            return
        }
        #expect(microseconds > 0)
        #expect(try await fleet.taskiq("workers", "ping", "nobody").code == 3)

        let drained = try await fleet.taskiq("workers", "drain", report.name)
        #expect(drained.output == "\(report.name)  was told to finish and to end\n")
        // The supervisor starts no other, and ends; what ran has ended well before.
        #expect(try await worker.end() == 0)
        #expect(worker.errors.contains("was drained by the hub"))
        #expect(try await fleet.taskiq("results", "get", "long").output.contains("slept 30"))
        #expect(try await fleet.taskiq("workers", "list").output == "no worker is connected\n")
        _ = hub
    }

    @Test func aWorkerThatIsNotDrainedStays() async throws {
        let fleet = try Fleet()
        let hub = try await fleet.hub()
        let supervisor = try await fleet.worker(["-w", "2"])
        try await supervisor.wait("both were connected") { _, errors in
            errors.components(separatedBy: "worker connected").count == 3
        }
        let workers = try items(try await fleet.taskiq("workers", "list", "--json").output, of: WorkerReport.self)
        let first = try #require(workers.first)
        #expect(workers.count == 2)
        #expect(try await fleet.taskiq("workers", "drain", first.id).code == 0)
        try await supervisor.wait("one was drained") { _, errors in errors.contains("was drained by the hub") }
        #expect(try await fleet.taskiq("kiq", "add", "2", "3", "--wait").output == "5\n")
        #expect(supervisor.isRunning)
        _ = hub
    }

    @Test func eventsAreFollowed() async throws {
        let fleet = try Fleet()
        let hub = try await fleet.hub()
        let events = try TestProcess(
            Programs.taskiq,
            ["events", "-f", "--kind", "task", "--kind", "queue.paused", "-n", "4"],
            environment: ["TASKIQ_BROKER": fleet.address]
        )
        try await events.wait("it followed") { _, errors in errors.contains("following the events") }
        let worker = try await fleet.worker()
        // Long enough to be told of its beginning before its end.
        let nap = try await fleet.taskiq("kiq", "nap", "--kwarg", "seconds=0.5", "--task-id", "nap-1", "--wait")
        #expect(nap.code == 0)
        _ = try await fleet.taskiq("queues", "pause", "mail")
        #expect(try await events.end() == 0)
        let lines = events.output.split(separator: "\n").map(String.init)
        let kinds = lines.map { $0.split(separator: " ", omittingEmptySubsequences: true)[1] }
        #expect(kinds == ["task.accepted", "task.started", "task.succeeded", "queue.paused"])
        #expect(lines.first?.contains("nap-1  nap") == true)
        _ = (hub, worker)
    }

    @Test func resultsAreTailed() async throws {
        let fleet = try Fleet()
        let hub = try await fleet.hub()
        let worker = try await fleet.worker()
        #expect(try await fleet.taskiq("kiq", "add", "1", "1", "--wait").output == "2\n")
        _ = try await fleet.taskiq("kiq", "divide", "1", "0", "--wait")
        let tail = try await fleet.taskiq("results", "tail", "-n", "5")
        let lines = tail.output.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first?.hasSuffix("ok  2") == true)
        #expect(lines.last?.contains("FAILED") == true && lines.last?.contains("divided by zero") == true)

        let following = try TestProcess(
            Programs.taskiq,
            ["results", "tail", "-f", "-n", "1", "--json"],
            environment: ["TASKIQ_BROKER": fleet.address]
        )
        try await following.wait("it had begun") { output, _ in output.contains("divided by zero") }
        _ = try await fleet.taskiq("kiq", "add", "20", "22", "--task-id", "next")
        try await following.wait("the next one came") { output, _ in output.contains("\"next\"") }
        let last = try #require(following.output.split(separator: "\n").last)
        let result = try JSONFragment(parsing: String(last)).decode(ResultReport.self)
        #expect(result.taskID == "next" && result.value?.text == "42")
        following.signal(SIGTERM)
        _ = try await following.end()
        _ = (hub, worker)
    }

    @Test func aDoctorSaysWhatIsWrong() async throws {
        let fleet = try Fleet()
        let nobody = try await fleet.taskiq("doctor", "--timeout", "1s")
        #expect(nobody.code == 5)
        #expect(nobody.output.hasPrefix("fail  broker"))

        let hub = try await fleet.hub()
        let lonely = try await fleet.taskiq("doctor")
        #expect(lonely.code == 0, "\(lonely.output)")
        #expect(lonely.output.contains("warn  workers"))
        _ = try await fleet.taskiq("kiq", "add", "1", "2")
        _ = try await fleet.taskiq("queues", "pause", "mail")
        let waiting = try await fleet.taskiq("doctor")
        #expect(waiting.code == 1)
        #expect(waiting.output.contains("fail  workers"))
        #expect(waiting.output.contains("paused: mail"))

        let worker = try await fleet.worker()
        let well = try await fleet.taskiq("doctor", "--json")
        #expect(well.code == 0)
        let checks = try JSONFragment(parsing: well.output).decode([[String: String]].self)
        #expect(checks.contains { $0["subject"] == "clocks" && $0["verdict"] == "ok" })
        #expect(checks.contains { $0["subject"] == "data directory" && $0["finding"]?.contains(fleet.data) == true })
        _ = (hub, worker)
    }

    private static let endings: [(arguments: [String], code: Int32)] = [
        (["tasks", "list"], 5),
        (["tasks", "list", "--limit", "0"], 2),
        (["tasks", "show"], 2),
        (["tasks", "cancel"], 2),
        (["queues", "list", "--json"], 5),
        (["queues", "pause"], 2),
        (["dead", "retry", "--all", "id"], 2),
        (["workers", "drain"], 2),
        (["workers", "drain", "--all", "one"], 2),
        (["events", "--broker", "zmq-pubsub+tcp://127.0.0.1:5555"], 2),
        (["results", "tail"], 5),
    ]

    @Test(arguments: endings)
    func exitCodes(arguments: [String], code: Int32) async throws {
        let fleet = try Fleet()
        var arguments = arguments
        if code == 5 { arguments += ["--timeout", "100ms"] }
        let process = try TestProcess(Programs.taskiq, arguments, environment: ["TASKIQ_BROKER": fleet.address])
        #expect(try await process.end() == code)
        #expect(!process.errors.isEmpty)
    }

    @Test func whatAHubRefusesIsAnExitCode() async throws {
        let fleet = try Fleet()
        let hub = try await fleet.hub()
        let state = try await fleet.taskiq("tasks", "list", "--state", "asleep")
        #expect(state.code == 2)
        #expect(state.errors.contains("waiting, delayed, running, unacknowledged"))
        #expect(try await fleet.taskiq("events", "--kind", "weather").code == 2)
        #expect(try await fleet.taskiq("tasks", "list").output == "no such task waits or runs\n")
        #expect(try await fleet.taskiq("tasks", "list", "--json").output == "[]\n")
        _ = hub
    }

    @Test func aCopyOfTheStoreCanBeServed() async throws {
        let fleet = try Fleet()
        let hub = try await fleet.hub()
        _ = try await fleet.taskiq("kiq", "add", "20", "22", "--task-id", "kept")
        let copy = fleet.directory + "/copy"
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        let made = try await fleet.taskiq("store", "backup", copy + "/hub.sqlite")
        #expect(made.code == 0, "\(made.errors)")
        #expect(made.output == copy + "/hub.sqlite\n")
        let again = try await fleet.taskiq("store", "backup", copy + "/hub.sqlite")
        #expect(again.code == 1)
        // The hub goes on, whatever became of the copy.
        #expect(try await fleet.taskiq("tasks", "show", "kept").code == 0)
        #expect(try await fleet.taskiq("store", "check", "--data", fleet.data).code == 4)
        hub.signal(SIGTERM)
        #expect(try await hub.end() == 0)
        let checked = try await fleet.taskiq("store", "check", "--data", copy)
        #expect(checked.code == 0, "\(checked.errors)")
        #expect(checked.output.contains("0 problems: 1 message, 0 results, 0 dead letters"))
        #expect(try await fleet.taskiq("store", "check", "--data", fleet.directory).code == 3)
        #expect(try await fleet.taskiq("store", "compact", "--data", copy).code == 0)
        let second = try await fleet.hub(data: copy)
        let worker = try await fleet.worker()
        #expect(try await fleet.taskiq("results", "wait", "kept", "--timeout", "240s").output == "42\n")
        _ = (second, worker)
    }

    @Test func aHubRunsAlone() async throws {
        let fleet = try Fleet()
        let first = try fleet.startHub(["--durability", "memory"])
        try await first.wait("it served") { _, errors in errors.contains("] started") }
        let worker = try await fleet.worker()
        #expect(try await fleet.taskiq("kiq", "add", "2", "3", "--wait").output == "5\n")
        #expect(try await fleet.taskiq("doctor").output.contains("warn  data directory"))
        let second = try fleet.startHub()
        #expect(try await second.end() == 4)
        let wrong = try fleet.startHub(["--durability", "eternal"])
        #expect(try await wrong.end() == 2)
        #expect(wrong.errors.contains("'full', 'normal' or 'memory'"))
        first.signal(SIGTERM)
        #expect(try await first.end() == 0)
        _ = worker
    }
}

extension Fleet {
    /// Starts a hub alone and waits until it serves: no schedule sends anything in between.
    fileprivate func hub(data: String? = nil) async throws -> TestProcess {
        let process = try startHub(data: data)
        try await process.wait("it served") { _, errors in errors.contains("] started") }
        return process
    }

    fileprivate func startHub(_ options: [String] = [], data: String? = nil) throws -> TestProcess {
        try TestProcess(
            Programs.taskiq,
            ["hub", "--listen", address, "--data", data ?? self.data] + options,
            environment: ["XDG_RUNTIME_DIR": directory, "XDG_STATE_HOME": directory]
        )
    }
}
