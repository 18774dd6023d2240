// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

// Running a task, and what ends it.
extension Receiver {
    func execute(
        _ task: RegisteredTask,
        _ message: TaskiqMessage,
        _ context: Context,
        _ isAbandoning: Flag,
        _ runner: DeliveryRunner?
    ) async -> ExecutionOutcome {
        let began = ContinuousClock.now
        do {
            let result = try await Context.$current.withValue(context) {
                try await broker.chain.execute(message, context: context) { message, context in
                    let value = try await Self.withTimeLimit(Self.timeLimit(of: message)) {
                        try await task.run(message, context)
                    }
                    return StoredResult(
                        returnValue: value,
                        executionTime: ContinuousClock.now - began,
                        labels: message.labels
                    )
                }
            }
            if runner?.end() == nil {
                await dispose(context, after: nil)
            } else {
                // It ended well although somebody wanted to cancel it.
                await Self.uncancelled { await dispose(context, after: nil) }
            }
            return .result(result)
        } catch let control as TaskControl where runner?.end() == nil {
            await dispose(context, after: control)
            let result = Self.result(of: control, message: message, took: ContinuousClock.now - began)
            return ExecutionOutcome(control, result)
        } catch {
            let took = ContinuousClock.now - began
            if let reason = runner?.end() {
                return await Self.uncancelled {
                    await dispose(context, after: error)
                    return await failed(TaskFailure.cancelled(reason), message: message, context: context, took: took)
                }
            }
            await dispose(context, after: error)
            if isAbandoning.isRaised { return .abandoned }
            return await failed(error, message: message, context: context, took: took)
        }
    }

    func dispose(_ context: Context, after error: (any Error)?) async {
        await context.dependencies.dispose(after: error, isFinal: true, logger: context.logger)
    }

    /// Tells the hooks of an error; the first that asks for something else than an error result gets it.
    private func failed(
        _ error: any Error,
        message: TaskiqMessage,
        context: Context,
        took: Duration
    ) async -> ExecutionOutcome {
        var result = Self.result(of: error, message: message, took: took)
        var wish = TaskControl(error)
        for middleware in broker.chain.middlewares.reversed() {
            do {
                try await middleware.onError(error, message: message, result: &result, context: context)
            } catch {
                if let control = TaskControl(error) {
                    wish = wish ?? control
                } else {
                    result.error = TaskFailure(describing: error, after: result.error)
                }
            }
        }
        // Who is cancelled does not run again.
        if (error as? TaskFailure)?.isCancellation == true { return .result(result) }
        return wish.map { ExecutionOutcome($0, result) } ?? .result(result)
    }

    /// Does what comes after a task that was cancelled: it is not cancelled, although the task here is.
    static func uncancelled<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) async -> Value {
        // Unstructured, which is what leaves the cancellation behind; its end is awaited.
        await Task { await body() }.value
    }

    static func result(of error: any Error, message: TaskiqMessage, took: Duration) -> StoredResult {
        let failure =
            if case .reject(let reason)? = error as? TaskControl {
                TaskFailure(type: "TaskRejectedError", module: "Taskiq", message: reason)
            } else {
                TaskFailure(describing: error)
            }
        return StoredResult(error: failure, executionTime: took, labels: message.labels)
    }

    /// Runs the body for at most so many seconds; it is cancelled then, and its end is awaited.
    private static func withTimeLimit(
        _ seconds: Double?,
        _ body: @concurrent @escaping @Sendable () async throws -> JSONFragment
    ) async throws -> JSONFragment {
        guard let seconds else { return try await body() }
        return try await withThrowingTaskGroup(of: Ending.self) { group in
            group.addTask { .returned(try await body()) }
            group.addTask { (try? await Task.sleep(for: .seconds(seconds))) == nil ? .cancelled : .timeIsUp }
            defer { group.cancelAll() }
            while let ending = try await group.next() {
                switch ending {
                case .returned(let value): return value
                case .timeIsUp:
                    throw TaskiqError(.taskTimeout, "the task took longer than its limit of \(seconds) s")
                // The task decides what to make of it, as it would without a limit.
                case .cancelled: continue
                }
            }
            throw CancellationError()
        }
    }

    private enum Ending {
        case returned(JSONFragment), timeIsUp, cancelled
    }
}
