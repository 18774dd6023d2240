// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Keeps no results: the backend of brokers that were given none, on transports that have none.
///
/// Python's answers at once that every task has returned nothing; here, asking is an error.
public struct DummyResultBackend: ResultBackend {
    /// Makes the backend.
    public init() {}

    /// Stores nothing.
    public func setResult(_ result: StoredResult, for taskID: TaskID) async throws {}

    /// Cannot answer.
    public func result(for taskID: TaskID) async throws -> StoredResult? {
        throw TaskiqError(.resultGet, "results are not kept: give the broker a result backend")
    }
}
