// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Where results are kept and fetched from.
public protocol ResultBackend: Sendable {
    /// Whether the transport itself stores results, in one step with the acknowledgement.
    ///
    /// If so, workers hand the result to the delivery's receipt and never call `setResult`.
    var storesWithAcknowledgement: Bool { get }

    /// The broker starts.
    func startup() async throws
    /// The broker stops.
    func shutdown() async

    /// Stores a result.
    ///
    /// - Parameters:
    ///   - result: the result.
    ///   - taskID: whose it is.
    /// - Throws: an error when it is not stored.
    func setResult(_ result: StoredResult, for taskID: TaskID) async throws

    /// Whether a result is there.
    ///
    /// - Parameter taskID: whose.
    /// - Returns: true when it can be fetched.
    /// - Throws: an error when the backend cannot be asked.
    func isResultReady(for taskID: TaskID) async throws -> Bool

    /// Fetches a result; nil while there is none.
    ///
    /// - Parameter taskID: whose.
    /// - Returns: the result, or nil.
    /// - Throws: an error when the backend cannot be asked, or holds something else.
    func result(for taskID: TaskID) async throws -> StoredResult?

    /// Keeps how far a task is, in place of what was kept before.
    ///
    /// - Parameters:
    ///   - progress: how far.
    ///   - taskID: whose.
    /// - Throws: an error when it is not kept.
    func setProgress(_ progress: TaskProgress, for taskID: TaskID) async throws

    /// How far a task is, as it said last; nil when it said nothing, or the backend keeps no progress.
    ///
    /// - Parameter taskID: whose.
    /// - Returns: how far, or nil.
    /// - Throws: an error when the backend cannot be asked.
    func progress(for taskID: TaskID) async throws -> TaskProgress?

    /// Waits for a result. Backends that can be told of it replace the default, which polls.
    ///
    /// - Parameters:
    ///   - taskID: whose.
    ///   - timeout: how long to wait; nil for ever.
    ///   - checkInterval: how often to look, where that is needed.
    /// - Returns: the result.
    /// - Throws: `TaskiqError` with code `resultTimeout` when the time is over.
    func waitForResult(
        for taskID: TaskID,
        timeout: Duration?,
        checkInterval: Duration
    ) async throws -> StoredResult
}

extension ResultBackend {
    /// False: results are stored by `setResult`.
    public var storesWithAcknowledgement: Bool { false }
    /// Does nothing.
    public func startup() async throws {}
    /// Does nothing.
    public func shutdown() async {}

    /// Keeps nothing, as in Python.
    public func setProgress(_ progress: TaskProgress, for taskID: TaskID) async throws {}
    /// Nil, as in Python.
    public func progress(for taskID: TaskID) async throws -> TaskProgress? { nil }

    /// Looks whether the result can be fetched.
    public func isResultReady(for taskID: TaskID) async throws -> Bool {
        try await result(for: taskID) != nil
    }

    /// Looks again and again.
    public func waitForResult(
        for taskID: TaskID,
        timeout: Duration?,
        checkInterval: Duration
    ) async throws -> StoredResult {
        let deadline = timeout.map { ContinuousClock.now + $0.withinCentury }
        while true {
            if let result = try await result(for: taskID) { return result }
            let left = deadline.map { ContinuousClock.now.duration(to: $0) } ?? checkInterval
            guard left > .zero || deadline == nil else { throw TaskiqError.resultTimeout(taskID, timeout) }
            try await Task.sleep(for: min(left, checkInterval).withinCentury)
        }
    }
}

extension TaskiqError {
    /// The error of a result that did not come in time.
    package static func resultTimeout(_ taskID: TaskID, _ timeout: Duration?) -> TaskiqError {
        TaskiqError(
            .resultTimeout,
            "no result of task \(taskID) within \(timeout.map { "\($0)" } ?? "the time given")"
                + "; it may still run: fetch it later with 'taskiq results get \(taskID)'"
        )
    }
}
