// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Waits for the results of several tasks of any types.
///
/// - Parameters:
///   - handle: the tasks.
///   - timeout: how long all of them may take together; nil for ever.
///   - periodicity: how often to look, where the backend must be asked again and again.
///   - withLogs: whether to keep what was logged during the tasks.
/// - Returns: the results in the order of the handles; those of tasks that failed are returned, not thrown.
/// - Throws: `TaskiqError` with code `resultTimeout` when one is missing at the end of the time, or `resultGet`;
///   `CancellationError`.
public func gather<each Output: Sendable>(
    _ handle: repeat TaskHandle<each Output>,
    timeout: Duration? = nil,
    periodicity: Duration = .milliseconds(100),
    withLogs: Bool = false
) async throws -> (repeat TaskiqResult<each Output>) {
    var waits: [@Sendable () async throws -> StoredResult] = []
    for handle in repeat each handle {
        waits.append { try await handle.storedResult(timeout: timeout, checkInterval: periodicity) }
    }
    var stored = try await all(waits).makeIterator()
    return (repeat try result(of: each handle, from: &stored, withLogs: withLogs))
}

/// Waits for the results of several tasks of one type.
///
/// - Parameters:
///   - handles: the tasks.
///   - timeout: how long all of them may take together; nil for ever.
///   - periodicity: how often to look, where the backend must be asked again and again.
///   - withLogs: whether to keep what was logged during the tasks.
/// - Returns: the results in the order of the handles; those of tasks that failed are returned, not thrown.
/// - Throws: `TaskiqError` with code `resultTimeout` when one is missing at the end of the time, or `resultGet`;
///   `CancellationError`.
public func gather<Output: Sendable>(
    _ handles: some Sequence<TaskHandle<Output>>,
    timeout: Duration? = nil,
    periodicity: Duration = .milliseconds(100),
    withLogs: Bool = false
) async throws -> [TaskiqResult<Output>] {
    let handles = Array(handles)
    let stored = try await all(
        handles.map { handle in { try await handle.storedResult(timeout: timeout, checkInterval: periodicity) } }
    )
    return try zip(handles, stored).map { try $0.result($1, withLogs: withLogs) }
}

/// Waits for all at once, so that one time-out bounds them together, and the first error ends the wait.
private func all(_ waits: [@Sendable () async throws -> StoredResult]) async throws -> [StoredResult] {
    try await withThrowingTaskGroup(of: (Int, StoredResult).self) { group in
        for (index, wait) in waits.enumerated() {
            group.addTask { (index, try await wait()) }
        }
        var results: [Int: StoredResult] = [:]
        for try await (index, result) in group { results[index] = result }
        return waits.indices.compactMap { results[$0] }
    }
}

private func result<Output>(
    of handle: TaskHandle<Output>,
    from stored: inout some IteratorProtocol<StoredResult>,
    withLogs: Bool
) throws -> TaskiqResult<Output> {
    guard let next = stored.next() else { throw TaskiqError(.resultGet, "task \(handle.taskID) has no result") }
    return try handle.result(next, withLogs: withLogs)
}
