// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// Stands where a result backend would be: nothing carries results from a worker back to a client.
///
/// A store in memory would be no better than none: each process has its own, and whoever waits would do so in vain.
struct UnavailableResults: ResultBackend {
    let address: PubSubAddress

    /// Drops the result, as Python does without a result backend.
    func setResult(_ result: StoredResult, for taskID: TaskID) async throws {}

    func result(for taskID: TaskID) async throws -> StoredResult? {
        throw TaskiqError(
            .resultGet,
            "results do not travel over \(address): give the brokers of client and worker a result backend that both "
                + "reach, or use a hub (ipc:// or tcp://)"
        )
    }
}
