// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import Taskiq

/// Stands before a result backend: keeps what is stored for the record of executions, and lets who waits for a result run
/// what must run first.
final class TestResultBackend: ResultBackend {
    private let base: any ResultBackend
    private let stored = Mutex<[TaskID: StoredResult]>([:])
    let transport: TestTransport

    init(_ base: any ResultBackend, transport: TestTransport) {
        self.base = base
        self.transport = transport
    }

    func startup() async throws { try await base.startup() }

    func shutdown() async { await base.shutdown() }

    func setResult(_ result: StoredResult, for taskID: TaskID) async throws {
        try await base.setResult(result, for: taskID)
        stored.withLock { $0[taskID] = result }
    }

    /// The result that was stored since the last call.
    func take(_ taskID: TaskID) -> StoredResult? {
        stored.withLock { $0.removeValue(forKey: taskID) }
    }

    func isResultReady(for taskID: TaskID) async throws -> Bool { try await base.isResultReady(for: taskID) }

    func result(for taskID: TaskID) async throws -> StoredResult? { try await base.result(for: taskID) }

    func setProgress(_ progress: TaskProgress, for taskID: TaskID) async throws {
        try await base.setProgress(progress, for: taskID)
    }

    func progress(for taskID: TaskID) async throws -> TaskProgress? { try await base.progress(for: taskID) }

    func waitForResult(
        for taskID: TaskID,
        timeout: Duration?,
        checkInterval: Duration
    ) async throws -> StoredResult {
        while true {
            if let result = try await base.result(for: taskID) { return result }
            // Waiting would be in vain, and in a test for ever: nobody else runs what waits in this broker.
            if try await transport.step() { continue }
            guard transport.isUnderWay(taskID) else { break }
            return try await base.waitForResult(for: taskID, timeout: timeout, checkInterval: checkInterval)
        }
        if let result = try await base.result(for: taskID) { return result }
        throw TaskiqError(
            .resultTimeout,
            "nothing waits to be run, and task \(taskID) has no result: it was never sent, or stores none"
        )
    }
}
