// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// Results in the hub's store: written in one step with the acknowledgement, pushed to whoever waits.
struct HubResultBackend: ResultBackend {
    let connection: HubConnection
    let timeout: Duration
    let storesWithAcknowledgement = true

    func setResult(_ result: StoredResult, for taskID: TaskID) async throws {
        throw TaskiqError(
            .configuration,
            "the hub stores the result of task \(taskID) together with its acknowledgement, and not otherwise"
        )
    }

    func result(for taskID: TaskID) async throws -> StoredResult? {
        try await connection.lookUpResult(of: taskID, timeout: timeout)
    }

    func waitForResult(
        for taskID: TaskID,
        timeout: Duration?,
        checkInterval: Duration
    ) async throws -> StoredResult {
        try await connection.waitForResult(of: taskID, timeout: timeout)
    }
}
