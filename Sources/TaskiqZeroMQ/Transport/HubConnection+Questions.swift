// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import Taskiq
import TaskiqHubProtocol

// Questions that the hub answers at once, if it is there.
extension HubConnection {
    /// The result if it is there; nil while the task waits or runs.
    func lookUpResult(of taskID: TaskID, timeout: Duration) async throws -> StoredResult? {
        try await answer(about: taskID, in: \.lookups, .wait(taskID: taskID.rawValue), within: timeout)
    }

    /// Whether there is a result, and how far the task is.
    func standing(of taskID: TaskID, timeout: Duration) async throws -> TaskStanding {
        try await answer(about: taskID, in: \.questions, .ask(taskID: taskID.rawValue), within: timeout)
    }

    private enum Answer<Value: Sendable>: Sendable {
        case given(Value)
        case timedOut
    }

    private func answer<Value: Sendable>(
        about taskID: TaskID,
        in pending: any WritableKeyPath<State, PendingAnswers<TaskID, Value>> & Sendable,
        _ question: Command,
        within timeout: Duration
    ) async throws -> Value {
        try checkStarted()
        let token = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let end: @Sendable (any Error) -> Void = { error in
            self.state.withLock { $0[keyPath: pending].remove(token, for: taskID) }?.resume(throwing: error)
        }
        return try await withThrowingTaskGroup(of: Answer<Value>.self) { group in
            group.addTask {
                try await withTaskCancellationHandler {
                    let value = try await withCheckedThrowingContinuation { continuation in
                        self.state.withLock { $0[keyPath: pending].add(continuation, token: token, for: taskID) }
                        if !self.mailbox.post(question) { end(Self.closed) }
                        if Task.isCancelled { end(CancellationError()) }
                    }
                    return .given(value)
                } onCancel: {
                    end(CancellationError())
                }
            }
            group.addTask {
                try await Task.sleep(for: timeout.withinCentury)
                return .timedOut
            }
            defer { group.cancelAll() }
            guard case .given(let value)? = try await group.next() else {
                let message =
                    "no hub answers at \(address): start one with 'taskiq-scheduler', or name its address with --broker"
                throw explained(TaskiqError(.unreachable, message))
            }
            return value
        }
    }

    func endLookups(of taskID: TaskID, _ result: Result<StoredResult?, any Error>) {
        for lookup in state.withLock({ $0.lookups.take(taskID) }) { lookup.resume(with: result) }
    }

    func answer(_ standing: TaskStanding) {
        let waiters = state.withLock { $0.questions.take(TaskID(rawValue: standing.taskID)) }
        for waiter in waiters { waiter.resume(returning: standing) }
    }

    /// Tells the hub how far a task is that runs here; nobody waits for it to arrive.
    func report(_ report: ProgressReport, of taskID: TaskID) throws(TaskiqError) {
        guard state.withLock({ $0.channel != nil }) else {
            throw TaskiqError(
                .configuration,
                "only the worker that runs task \(taskID) can tell the hub how far it is, and this program runs none"
            )
        }
        guard mailbox.post(.progress(taskID: taskID.rawValue, report)) else { throw Self.closed }
    }
}
