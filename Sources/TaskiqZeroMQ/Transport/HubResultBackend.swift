// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqHubProtocol

/// Results in the hub's store: written in one step with the acknowledgement, pushed to whoever waits.
struct HubResultBackend: ResultBackend {
    let transport: ZeroMQTransport
    let timeout: Duration
    /// Whether a result stays in the store when it was read here.
    let keepsResults: Bool
    let storesWithAcknowledgement = true

    private var connection: HubConnection { transport.connection }

    func setResult(_ result: StoredResult, for taskID: TaskID) async throws {
        throw TaskiqError(
            .configuration,
            "the hub stores the result of task \(taskID) together with its acknowledgement, and not otherwise"
        )
    }

    /// Asks the hub, which does not read the result for that.
    func isResultReady(for taskID: TaskID) async throws -> Bool {
        let standing = try await connection.standing(of: taskID, timeout: timeout)
        if standing.status == .unknown { throw connection.unknown(taskID) }
        return standing.status == .ready
    }

    func result(for taskID: TaskID) async throws -> StoredResult? {
        let result = try await connection.lookUpResult(of: taskID, timeout: timeout)
        if result != nil { wasRead(taskID) }
        return result
    }

    /// Tells the hub, which keeps what was said last in its memory; what is lost on the way is not repeated.
    func setProgress(_ progress: TaskProgress, for taskID: TaskID) async throws {
        let report = ProgressReport(state: progress.state.rawValue, meta: progress.meta.map { Array($0.bytes) } ?? [])
        guard report.size <= ProtocolLimits.maximumProgress else {
            throw TaskiqError(
                .invalidArguments,
                "the progress of task \(taskID) has \(report.size) bytes, the hub keeps "
                    + "\(ProtocolLimits.maximumProgress): put the data elsewhere and report where it is"
            )
        }
        try connection.report(report, of: taskID)
    }

    func progress(for taskID: TaskID) async throws -> TaskProgress? {
        guard let report = try await connection.standing(of: taskID, timeout: timeout).progress else { return nil }
        let meta = report.meta.isEmpty ? nil : try JSONFragment(parsing: report.meta)
        return TaskProgress(state: TaskState(rawValue: report.state), meta: meta)
    }

    func waitForResult(
        for taskID: TaskID,
        timeout: Duration?,
        checkInterval: Duration
    ) async throws -> StoredResult {
        if let timeout, timeout <= .zero {
            // A result that is there is given out even when there is no time to wait.
            guard let result = try await result(for: taskID) else { throw TaskiqError.resultTimeout(taskID, timeout) }
            return result
        }
        let result = try await connection.waitForResult(of: taskID, timeout: timeout)
        wasRead(taskID)
        return result
    }

    /// Only after it is here: a result that is lost on its way to its only reader is asked for again.
    private func wasRead(_ taskID: TaskID) {
        if !keepsResults { connection.mailbox.post(.dropResult(taskID: taskID.rawValue)) }
    }
}
