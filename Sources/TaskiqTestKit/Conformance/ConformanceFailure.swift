// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// A promise that an implementation does not keep.
public struct ConformanceFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was promised.
    public let promise: String
    /// What came instead.
    public let found: String

    /// Says what was promised, and what came.
    ///
    /// - Parameters:
    ///   - promise: what was promised.
    ///   - found: what came instead.
    public init(promised promise: String, found: String) {
        self.promise = promise
        self.found = found
    }

    /// Both in one sentence.
    public var description: String { "promised: \(promise); found: \(found)" }
}

/// Holds an implementation to a promise.
func expect(_ isKept: Bool, _ promise: String, found: @autoclosure () -> String) throws(ConformanceFailure) {
    guard isKept else { throw ConformanceFailure(promised: promise, found: found()) }
}

/// Holds an implementation to a promise about a value.
func expect<Value: Equatable>(_ value: Value, is wanted: Value, _ promise: String) throws(ConformanceFailure) {
    guard value == wanted else { throw ConformanceFailure(promised: "\(promise): \(wanted)", found: "\(value)") }
}

/// Waits for something that was promised, and not for ever.
@discardableResult
func within<Value: Sendable>(
    _ limit: Duration,
    _ promise: String,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit.withinCentury)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let value = first else {
            throw ConformanceFailure(promised: promise, found: "nothing of the kind within \(limit)")
        }
        return value
    }
}
