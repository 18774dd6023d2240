// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq
import Testing

/// S2 and S27: keys from making them to taking them away, as an operator types it.
@Suite struct KeyCommandTests {
    private let fleet: Fleet
    private var hubKeys: String { fleet.directory + "/hub" }

    init() throws {
        fleet = try Fleet()
    }

    @discardableResult
    private func keys(_ arguments: String..., code: Int32 = 0) async throws -> (output: String, errors: String) {
        let process = try TestProcess(Programs.taskiq, ["keys"] + arguments)
        let found = try await process.end()
        #expect(found == code, "\(arguments): \(process.output)\(process.errors)")
        return (process.output, process.errors)
    }

    /// A key with the hub's public key beside it, as it would be on another machine.
    private func makeKey(_ name: String, _ role: String) async throws -> String {
        let folder = "\(fleet.directory)/\(name)"
        try await keys("new", name, "--role", role, "--out", folder)
        try FileManager.default.copyItem(atPath: hubKeys + "/hub.pub", toPath: folder + "/hub.pub")
        return "\(folder)/\(name).key"
    }

    private func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> (Int32, String, String)
    {
        let process = try TestProcess(Programs.taskiq, arguments, environment: environment)
        let code = try await process.end()
        return (code, process.output, process.errors)
    }

    @Test("keys are made, allowed, used, and revoked")
    func life() async throws {
        try await keys("new", "--role", "hub", "--out", hubKeys)
        let web = try await makeKey("web-1", "client")
        let worker = try await makeKey("w-1", "worker")
        try await keys("allow", web.replacingOccurrences(of: ".key", with: ".pub"), "--keys", hubKeys)
        let scheduler = try fleet.startScheduler(listen: "tcp://127.0.0.1:*", options: ["--keys", hubKeys])
        try await scheduler.wait("it served") { _, errors in errors.contains("] started") }
        let address = try await fleet.address(of: scheduler)

        let process = try TestProcess(
            Programs.helloTasks,
            ["worker", "-w", "1", "--broker", address, "--key", worker]
        )
        try await scheduler.wait("the worker was refused") { _, errors in errors.contains("a peer was refused") }
        try await keys("allow", worker.replacingOccurrences(of: ".key", with: ".pub"), "--keys", hubKeys)
        try await process.wait("it was connected") { _, errors in errors.contains("worker connected") }

        let sent = ["kiq", "add", "1", "2", "--wait", "--broker", address]
        #expect(try await run(sent + ["--key", web]) == (0, "3\n", ""))
        // The environment says the same, and so does the address.
        #expect(try await run(sent, environment: ["TASKIQ_KEY": web]) == (0, "3\n", ""))
        let inAddress = ["TASKIQ_BROKER": "\(address)?key=\(web)"]
        #expect(try await run(["kiq", "add", "1", "2", "--wait"], environment: inAddress) == (0, "3\n", ""))
        let elsewhere = ["--key", web, "--hub-key", hubKeys + "/hub.pub"]
        #expect(try await run(sent + elsewhere) == (0, "3\n", ""))
        let result = try await run(["kiq", "add", "1", "2", "--broker", address, "--key", web, "--task-id", "x"])
        #expect(result.0 == 0)

        // A client's key looks after its tasks, and an administrator's after the hub.
        let shown = try await run(["tasks", "show", "x", "--broker", address, "--key", web])
        #expect(shown.0 == 0)
        let copy = fleet.directory + "/copy"
        for operation in [["store", "backup", copy], ["queues", "purge", "default", "--yes"]] {
            let refused = try await run(operation + ["--broker", address, "--key", web])
            #expect(refused.0 == 1)
            #expect(refused.2.contains("the key web-1 has the role client"))
            #expect(refused.2.contains("needs the role admin"))
        }
        let admin = try await makeKey("root-1", "admin")
        try await keys("allow", admin.replacingOccurrences(of: ".key", with: ".pub"), "--keys", hubKeys)
        #expect(try await run(["store", "backup", copy, "--broker", address, "--key", admin]).0 == 0)

        let without = try await run(sent + ["--timeout", "1s"])
        #expect(without.0 == 5)
        #expect(without.2.contains("--key FILE"))

        // Nobody sees a secret: not in arguments, nor in the environment of workers, nor in what was printed.
        let secret = try String(contentsOfFile: worker, encoding: .utf8)
            .split(separator: "\n").first { $0.hasPrefix("secret-key") }?.dropFirst("secret-key = ".count)
        let number = try #require(process.children.first)
        for file in ["cmdline", "environ"] {
            let text = String(
                decoding: try Data(contentsOf: URL(fileURLWithPath: "/proc/\(number)/\(file)")),
                as: UTF8.self
            )
            #expect(!text.contains(try #require(secret)))
        }

        #expect(try await keys("list", "--keys", hubKeys).output.contains("worker w-1 "))
        try await keys("revoke", "w-1", "--keys", hubKeys)
        let revoked = ContinuousClock.now
        try await scheduler.wait("the worker was lost") { _, errors in errors.contains("worker lost") }
        // A second until its session is over, and two in which a worker may come back.
        #expect(ContinuousClock.now - revoked < .seconds(5))
        #expect(try await run(sent + ["--key", web, "--timeout", "1s"]).0 == 6)
        try await keys("revoke", "w-1", "--keys", hubKeys, code: 3)
        try await keys("allow", web.replacingOccurrences(of: ".key", with: ".pub"), "--keys", hubKeys, code: 4)
    }

    @Test("keys are never overwritten, and mistakes are named")
    func mistakes() async throws {
        try await keys("new", "--role", "hub", "--out", hubKeys)
        let before = try String(contentsOfFile: hubKeys + "/hub.key", encoding: .utf8)
        try await keys("new", "--role", "hub", "--out", hubKeys, code: 4)
        #expect(try String(contentsOfFile: hubKeys + "/hub.key", encoding: .utf8) == before)
        for name in ["hub", "../x", "a b", "-x", ""] { try await keys("new", "--out", hubKeys, "--", name, code: 2) }
        try await keys("new", "a", "--role", "root", code: 2)
        try await keys("allow", hubKeys + "/hub.pub", "--keys", hubKeys, code: 2)
        try await keys("allow", hubKeys + "/none.pub", "--keys", hubKeys, code: 2)
        try await keys("list", "--keys", fleet.directory, code: 3)
        let pubSub = try await run([
            "kiq", "a", "--broker", "zmq-pubsub+tcp://127.0.0.1:1", "--key", hubKeys + "/hub.key",
        ])
        #expect(pubSub.0 == 2)
        let hubKeyAlone = try await run(["kiq", "a", "--hub-key", hubKeys + "/hub.pub"])
        #expect(hubKeyAlone.0 == 2)
    }
}
