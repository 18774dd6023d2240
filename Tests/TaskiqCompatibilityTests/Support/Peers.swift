// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// The programs that the tests talk to.
enum Peers {
    private static let environment = ProcessInfo.processInfo.environment
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    /// The Python of the virtual environment that `./scripts/test` makes; `TASKIQ_PYTHON` names another.
    static let python: String = {
        if let given = environment["TASKIQ_PYTHON"] { return given }
        let root = tests.deletingLastPathComponent().deletingLastPathComponent()
        return root.appending(path: ".build/python-peers/bin/python").path
    }()

    /// Whether the tests run: without the environment they are skipped, except where they are asked for.
    static let areWanted: Bool = {
        if FileManager.default.isExecutableFile(atPath: python) { return true }
        if environment["CI"] != nil || environment["TASKIQ_REQUIRE_PYTHON"] != nil { return true }
        print("Compatibility tests are skipped: there is no \(python); ./scripts/test makes it if it can reach PyPI.")
        return false
    }()

    /// One of the scripts beside the tests.
    static func script(_ name: String) -> String {
        tests.appending(path: "Python/\(name)").path
    }

    /// Starts one of the scripts.
    static func start(_ name: String, _ arguments: String...) throws -> PeerProcess {
        try PeerProcess(python, [script(name)] + arguments)
    }

    /// Starts a real worker of Python's for a publisher.
    static func pythonWorker(of endpoint: String) throws -> PeerProcess {
        try PeerProcess(
            python,
            [
                script("keeper.py"), python, "-m", "taskiq", "worker", "worker_tasks:broker", "-w", "1",
                "--max-async-tasks", "1", "--app-dir", script(""),
            ],
            environment: ["TASKIQ_TEST_PUBLISHER": endpoint]
        )
    }

    /// Starts a real worker of ours for a publisher.
    static func swiftWorker(of endpoint: String) throws -> PeerProcess {
        try PeerProcess(swiftProgram, ["worker", "-w", "1", "--broker", "zmq-pubsub+\(endpoint)"])
    }

    /// Starts a client of ours that sends one task.
    static func swiftClient(_ arguments: [String], broker: String) throws -> PeerProcess {
        try PeerProcess(swiftProgram, ["kiq"] + arguments, environment: ["TASKIQ_BROKER": broker])
    }

    private static var swiftProgram: String {
        // The bundle's executable is the test process itself, or an argument of the helper that runs it.
        let bundles = CommandLine.arguments.filter { $0.hasSuffix(".xctest") } + [CommandLine.arguments[0]]
        let candidates = bundles.map {
            URL(fileURLWithPath: $0).deletingLastPathComponent().appending(path: "CompatibilityWorker").path
        }
        return candidates.first(where: FileManager.default.isExecutableFile) ?? candidates[0]
    }
}

extension Trait where Self == ConditionTrait {
    /// Only with Python's taskiq at hand.
    static var withPython: Self {
        .enabled(if: Peers.areWanted, "Python's taskiq is not installed in .build/python-peers")
    }
}
