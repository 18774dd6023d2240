// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Logging
import Taskiq
import TaskiqZeroMQ

/// A hub, its workers and its clients, each a process of its own, in a directory of their own.
final class Fleet: Sendable {
    let directory: String
    let address: String

    init() throws {
        // Short, because the path of a socket file is.
        var template = Array("/tmp/taskiq-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestProcess.Failure(description: "no temporary directory") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        address = "ipc://\(directory)/hub.sock"
    }

    deinit {
        try? FileManager.default.removeItem(atPath: directory)
    }

    var data: String { directory + "/data" }

    func write(_ text: String, to name: String) throws {
        let path = directory + "/" + name
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    // MARK: Processes

    /// Starts the daemon and waits until it serves.
    func scheduler(_ paths: [String] = [], data: String? = nil) async throws -> TestProcess {
        let process = try startScheduler(paths, data: data)
        try await process.wait("it served") { _, errors in errors.contains("] started") }
        return process
    }

    func startScheduler(
        _ paths: [String] = [],
        data: String? = nil,
        listen: String? = nil,
        options: [String] = ["--show-results"],
        under shell: String? = nil
    ) throws -> TestProcess {
        let empty = directory + "/schedules"
        try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
        // Without a path it would read the schedules of the folder that the tests run in.
        let arguments =
            (paths.isEmpty ? [empty] : paths) + ["--listen", listen ?? address, "--data", data ?? self.data] + options
        return try TestProcess(
            shell == nil ? Programs.scheduler : "/bin/sh",
            // What the shell sets up holds for the program that takes its place.
            shell.map { ["-c", "\($0); exec \"$0\" \"$@\"", Programs.scheduler] + arguments } ?? arguments,
            // Nothing of the machine's own setup may be met by chance.
            environment: ["XDG_RUNTIME_DIR": directory, "XDG_STATE_HOME": directory]
        )
    }

    /// Where a daemon listens that was told to take a free port.
    func address(of scheduler: TestProcess) async throws -> String {
        let words = "listening at "
        try await scheduler.wait("it said where it listens") { output, _ in output.contains(words) }
        let line = scheduler.output.split(separator: "\n").first { $0.hasPrefix(words) }
        return String(line?.dropFirst(words.count) ?? "")
    }

    /// Starts a worker of the example program and waits until the hub has it.
    func worker(_ options: [String] = ["-w", "1"]) async throws -> TestProcess {
        let process = try TestProcess(Programs.helloTasks, ["worker", "--broker", address] + options)
        try await process.wait("it was connected") { _, errors in errors.contains("worker connected") }
        return process
    }

    func stockWorker(_ options: [String]) async throws -> TestProcess {
        let process = try TestProcess(Programs.taskiq, ["worker", "-w", "1", "--broker", address] + options)
        try await process.wait("it was connected") { _, errors in errors.contains("worker connected") }
        return process
    }

    /// Runs a command to its end.
    func taskiq(_ arguments: String...) async throws -> (code: Int32, output: String, errors: String) {
        let process = try TestProcess(Programs.taskiq, arguments, environment: ["TASKIQ_BROKER": address])
        let code = try await process.end(within: .seconds(240))
        return (code, process.output, process.errors)
    }

    /// A client in this process.
    func withBroker<Value>(_ body: (Broker) async throws -> Value) async throws -> Value {
        var logger = Logger(label: "test")
        logger.logLevel = .error
        let broker = try Broker.zeroMQ(address, configuration: .init(sendTimeout: .seconds(240)), logger: logger)
        try await broker.startup()
        do {
            let value = try await body(broker)
            await broker.shutdown()
            return value
        } catch {
            await broker.shutdown()
            throw error
        }
    }
}

extension TestProcess {
    /// The processes that this one has started.
    var children: [Int32] {
        // A supervisor starts its children from any of its threads.
        let tasks = "/proc/\(processID)/task"
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
        let lists = threads.map { thread in
            (try? String(contentsOfFile: "\(tasks)/\(thread)/children", encoding: .utf8)) ?? ""
        }
        return lists.flatMap { $0.split(separator: " ").compactMap { Int32($0) } }
    }

    /// Waits until a process of this number is gone.
    static func waitForEnd(of processID: Int32, within limit: Duration) async throws {
        let deadline = ContinuousClock.now + limit
        while kill(processID, 0) == 0, !isZombie(processID) {
            guard ContinuousClock.now < deadline else {
                throw Failure(description: "process \(processID) is still there after \(limit)")
            }
            await Task.yield()
        }
    }

    private static func isZombie(_ processID: Int32) -> Bool {
        let status = (try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8)) ?? ""
        return status.split(separator: ")").last?.hasPrefix(" Z") ?? false
    }
}
