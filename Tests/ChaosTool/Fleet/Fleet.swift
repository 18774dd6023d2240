// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq
import TaskiqCron

/// A hub, workers and clients, each a process of its own, in a directory of their own.
final class Fleet {
    static let workerCount = 3
    /// How many tasks each worker runs at a time.
    static let slots = 6
    static let clientCount = 2

    let directory: String
    private let programs: Programs
    private let places: Places
    /// Tasks a second, of all clients.
    private let rate: Double
    private(set) var hub: ChildProcess?
    private(set) var workers: [ChildProcess?]
    private(set) var clients: [ChildProcess?]
    /// The process that each worker had last.
    private(set) var workerProcesses: [Int32]
    /// How many lives each client has had.
    private var lives: [Int]
    /// What was done to whom.
    private(set) var faults = FaultLog()

    init(programs: Programs, directory: String, places: Places, rate: Double) throws {
        self.programs = programs
        self.directory = directory
        self.places = places
        self.rate = rate
        workers = Array(repeating: nil, count: Self.workerCount)
        workerProcesses = Array(repeating: 0, count: Self.workerCount)
        clients = Array(repeating: nil, count: Self.clientCount)
        lives = Array(repeating: 0, count: Self.clientCount)
        for folder in ["", "/schedules"] {
            try FileManager.default.createDirectory(atPath: directory + folder, withIntermediateDirectories: true)
        }
    }

    var effects: String { directory + "/effects" }
    var hubLog: String { directory + "/hub.log" }
    /// Where a client of this process connects.
    var address: String { places.hub }

    func start() async throws {
        try await startHub()
        for place in workers.indices { try startWorker(place) }
        for place in clients.indices { try startClient(place) }
    }

    // MARK: Hub

    /// Starts the hub and waits until it serves.
    func startHub() async throws {
        guard hub == nil else { return }
        let before = Self.size(of: hubLog)
        let process = try ChildProcess(
            programs.scheduler,
            [directory + "/schedules", "--listen", places.hub, "--data", directory + "/data", "--quiet"],
            // Each end of a task is a line, which is how a second one would be seen.
            environment: [
                "TASKIQ_LOG_LEVEL": "debug", "XDG_RUNTIME_DIR": directory, "XDG_STATE_HOME": directory,
            ],
            log: hubLog
        )
        hub = process
        let deadline = Uptime.milliseconds + 60_000
        while !Self.text(of: hubLog, from: before).contains("] started") {
            guard process.end == nil, Uptime.milliseconds < deadline else {
                throw ChaosFailure("the hub did not start; see \(hubLog)")
            }
            try await Task.sleep(for: .milliseconds(10))  // waits: for another process, whose log is a file
        }
        faults.hubStarts.append(Uptime.milliseconds)
    }

    func killHub() async {
        guard let process = hub else { return }
        hub = nil
        let time = await process.killAndWait()
        faults.hubDeaths.append(time)
    }

    /// Ends the hub as an operator would.
    func stopHub() async {
        hub?.signal(SIGTERM)
        await hub?.waitForEnd()
        hub = nil
    }

    // MARK: Workers

    func startWorker(_ place: Int) throws {
        guard workers[place] == nil else { return }
        let process = try ChildProcess(
            programs.tool,
            [
                "worker-process", "--broker", places.worker(place), "--supervisor", "\(getpid())",
                "--max-async-tasks", "\(Self.slots)", "--log-level", "info",
            ],
            environment: [Journal.variable: effects],
            log: directory + "/worker-\(place).log"
        )
        workers[place] = process
        workerProcesses[place] = process.processID
    }

    func killWorker(_ place: Int) async {
        guard let process = workers[place] else { return }
        workers[place] = nil
        let time = await process.killAndWait()
        faults.deaths[process.processID, default: []].append(time)
    }

    /// Starts anew whoever ended by itself, as a supervisor does; a hub that did is a fault of its own.
    func replaceDead() async throws {
        if let process = hub, let time = process.end {
            hub = nil
            faults.hubDeaths.append(time)
            faults.crashes.append(time)
            try await startHub()
        }
        for place in workers.indices {
            guard let process = workers[place], let time = process.end else { continue }
            faults.deaths[process.processID, default: []].append(time)
            workers[place] = nil
            try startWorker(place)
        }
    }

    func noteSilence(ofWorker place: Int, from: Int64, until: Int64) {
        guard let process = workers[place] else { return }
        faults.silences[process.processID, default: []].append(from...max(from, until))
    }

    // MARK: Clients

    func journal(ofClient place: Int) -> String { directory + "/client-\(place)" }

    func startClient(_ place: Int) throws {
        guard clients[place] == nil else { return }
        lives[place] += 1
        clients[place] = try ChildProcess(
            programs.tool,
            [
                "client", "--broker", places.client(place), "--journal", journal(ofClient: place),
                "--name", "c\(place).\(lives[place])", "--rate", "\(rate / Double(Self.clientCount))",
                "--supervisor", "\(getpid())",
            ],
            environment: [:],
            log: directory + "/client-\(place).log"
        )
    }

    func killClient(_ place: Int) async {
        guard let process = clients[place] else { return }
        clients[place] = nil
        await process.killAndWait()
    }

    /// Lets the clients hear the answers to what they have tried, and end.
    func stopClients() async {
        for client in clients { client?.signal(SIGTERM) }
        for place in clients.indices {
            await clients[place]?.waitForEnd()
            clients[place] = nil
        }
    }

    /// Ends everything.
    func end() async {
        for process in clients + workers { process?.signal(SIGKILL) }
        for process in clients + workers { await process?.waitForEnd() }
        clients = clients.map { _ in nil }
        workers = workers.map { _ in nil }
        await stopHub()
    }

    // MARK: Files

    private static func size(of path: String) -> UInt64 {
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(status.st_size) : 0
    }

    private static func text(of path: String, from offset: UInt64) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { return "" }
        defer { try? file.close() }
        try? file.seek(toOffset: offset)
        return String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
    }
}

/// What was done to whom, by process, in milliseconds since the machine started.
struct FaultLog: Sendable {
    var hubStarts: [Int64] = []
    var hubDeaths: [Int64] = []
    /// When the hub ended without being killed.
    var crashes: [Int64] = []
    /// When worker processes ended.
    var deaths: [Int32: [Int64]] = [:]
    /// When worker processes were stopped, or cut off.
    var silences: [Int32: [ClosedRange<Int64>]] = [:]
}
