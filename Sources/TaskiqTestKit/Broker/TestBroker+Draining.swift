// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq

extension TestBroker {
    /// The messages that wait to be run, in the order in which they were sent.
    public var pending: [TaskiqMessage] { transport.pending.compactMap { try? broker.formatter.loads($0.message) } }

    /// Runs the next message that waits, moving the clock to its time if need be.
    ///
    /// - Returns: false when none waits.
    /// - Throws: `CancellationError`; the errors of tasks are in `executions`.
    @discardableResult
    public func step() async throws -> Bool {
        try await transport.step()
    }

    /// Runs everything that waits, and what that sends, one after the other: the clock moves to each delay, and retries run
    /// until they are over.
    ///
    /// - Returns: how many tasks ran.
    /// - Throws: `TestKitError` with code `limit` when more tasks ran than the execution limit; the errors of tasks are in
    ///   `executions`.
    @discardableResult
    public func drain() async throws -> Int {
        try await drain(limit: nil)
    }

    /// Runs everything that is due until a moment, and what that sends, and leaves the clock there.
    ///
    /// - Parameter instant: the moment; one that is past means now.
    /// - Returns: how many tasks ran.
    /// - Throws: `TestKitError` with code `limit` when more tasks ran than the execution limit.
    @discardableResult
    public func drain(until instant: ManualClock.Instant) async throws -> Int {
        let count = try await drain(limit: instant)
        clock.advance(to: instant)
        return count
    }

    /// Runs everything that is due within some time from now, and what that sends, and leaves the clock there.
    ///
    /// - Parameter duration: the time; zero runs what is due now.
    /// - Returns: how many tasks ran.
    /// - Throws: `TestKitError` with code `limit` when more tasks ran than the execution limit.
    @discardableResult
    public func drain(for duration: Duration) async throws -> Int {
        try await drain(until: clock.now.advanced(by: duration))
    }

    /// Waits until all tasks that were sent have run, as Python's `wait_all` does: in manual mode it drains the queue, in
    /// place it waits for tasks that were sent side by side.
    ///
    /// - Throws: `TestKitError` with code `limit`.
    public func waitAll() async throws {
        if transport.mode.kind == .manual { try await drain() }
        await transport.waitUntilIdle()
    }

    private func drain(limit: ManualClock.Instant?) async throws -> Int {
        var count = 0
        while try await transport.step(until: limit) {
            count += 1
            if count >= executionLimit, !transport.pending.isEmpty { throw endless(count) }
        }
        return count
    }

    private func endless(_ count: Int) -> TestKitError {
        var counts: [TaskName: Int] = [:]
        for execution in executions.suffix(count) { counts[execution.taskName, default: 0] += 1 }
        let most = counts.max { $0.value < $1.value }.map { "\"\($0.key)\" ran \($0.value) times" } ?? "none ran"
        return TestKitError(
            .limit,
            "one drain ran \(count) tasks and \(transport.pending.count) still wait: \(most). "
                + "If that is no endless loop of retries, give the test broker a higher executionLimit"
        )
    }
}
