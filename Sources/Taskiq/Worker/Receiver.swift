// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging

/// What happens to one delivery: the pipeline of a worker, in Python's order.
///
/// 1. decode; 2. find the task; 3. `preExecute`; 4. when to acknowledge; 5. acknowledge if when received; 6. run, with
/// `onError` if it failed; 7. acknowledge if when executed; 8. `postExecute`; 9. store the result, `postSave`;
/// 10. acknowledge if when saved. A hook may ask for what a task may ask for: to be run again, to be rejected, to store
/// no result. Where Python drops a message or forgets to acknowledge it, this one leaves an error
/// result or a dead letter.
struct Receiver: Sendable {
    let broker: Broker
    let acknowledgeType: AcknowledgeType

    func receive(_ delivery: AckableMessage, isAbandoning: Flag) async {
        let receipt = delivery.receipt
        var message: TaskiqMessage
        do {
            message = try broker.formatter.loads(delivery.data)
        } catch {
            broker.logger.warning("a message cannot be read", metadata: ["error.message": "\(error)"])
            receipt.settle(.rejected(reason: "unreadable message: \(error)", nil))
            return
        }
        guard let task = broker.registeredTask(message.taskName) else {
            let failure = TaskFailure(
                type: "UnknownTaskError",
                module: "Taskiq",
                message: "this worker knows no task \"\(message.taskName)\""
            )
            let result = StoredResult(error: failure, executionTime: .zero, labels: message.labels)
            await reject(failure.message, result, message: message, receipt: receipt)
            return
        }
        var context = context(of: message, delivery)
        let began = ContinuousClock.now
        let type: AcknowledgeType
        do {
            for middleware in broker.chain.middlewares {
                try await middleware.preExecute(&message, context: context)
                context.message = message
            }
            context.deadline = Self.timeLimit(of: message).map { began + .seconds($0) }
            type = try acknowledgeType(of: message)
        } catch {
            await dispose(context, after: error)
            if isAbandoning.isRaised { return receipt.settle(.released) }
            // A hook or a label went wrong: the task gets an error result, the message is not lost.
            return await settleUnstarted(error, message: message, context: context, began: began)
        }
        if type == .whenReceived {
            do {
                try await context.acknowledge()
            } catch {
                // Not acknowledged, so that it may come again: it must not run here and there.
                context.logger.warning(
                    "a task could not be acknowledged and was not run",
                    metadata: ["error.message": "\(error)"]
                )
                await dispose(context, after: error)
                return receipt.settle(.released)
            }
        }
        receipt.started()
        let outcome = await execute(task, message, context, isAbandoning)
        await settle(outcome, message: message, context: context, type: type)
    }

    // MARK: Before

    private func context(of message: TaskiqMessage, _ delivery: AckableMessage) -> Context {
        var logger = broker.logger
        logger[metadataKey: "taskiq.task.id"] = "\(message.taskID)"
        logger[metadataKey: "taskiq.task.name"] = "\(message.taskName)"
        return Context(
            message: message,
            broker: broker,
            delivery: delivery.info,
            deadline: Self.timeLimit(of: message).map { ContinuousClock.now + .seconds($0) },
            logger: logger,
            acknowledgement: Acknowledgement(delivery.receipt)
        )
    }

    /// The time limit in seconds.
    ///
    /// The label comes from outside: a limit that is no time, or for ever, is none.
    private static func timeLimit(of message: TaskiqMessage) -> Double? {
        guard let seconds = message.labels[.timeout], seconds > 0, seconds < 1e9 else { return nil }
        return seconds
    }

    private func acknowledgeType(of message: TaskiqMessage) throws(TaskiqError) -> AcknowledgeType {
        guard let text = message.labels[.acknowledgeType] else { return acknowledgeType }
        guard let type = AcknowledgeType(rawValue: text) else {
            let known = AcknowledgeType.allCases.map(\.rawValue).joined(separator: ", ")
            throw TaskiqError(.invalidArguments, "label \"ack_type\": \"\(text)\" is none of \(known)")
        }
        return type
    }

    // MARK: During

    private func execute(
        _ task: RegisteredTask,
        _ message: TaskiqMessage,
        _ context: Context,
        _ isAbandoning: Flag
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
            await dispose(context, after: nil)
            return .result(result)
        } catch let control as TaskControl {
            await dispose(context, after: control)
            let result = Self.result(of: control, message: message, took: ContinuousClock.now - began)
            return ExecutionOutcome(control, result)
        } catch {
            await dispose(context, after: error)
            if isAbandoning.isRaised { return .abandoned }
            let took = ContinuousClock.now - began
            return await failed(error, message: message, context: context, took: took)
        }
    }

    private func dispose(_ context: Context, after error: (any Error)?) async {
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
                    result.error = TaskFailure(describing: error)
                }
            }
        }
        return wish.map { ExecutionOutcome($0, result) } ?? .result(result)
    }

    private static func result(of error: any Error, message: TaskiqMessage, took: Duration) -> StoredResult {
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

    // MARK: After

    /// What becomes of a message whose task never began.
    private func settleUnstarted(
        _ error: any Error,
        message: TaskiqMessage,
        context: Context,
        began: ContinuousClock.Instant
    ) async {
        let result = Self.result(of: error, message: message, took: ContinuousClock.now - began)
        switch TaskControl(error) {
        case .requeue(let message, let delay): await requeue(message, after: delay, context: context)
        case .reject(let reason): await reject(reason, result, message: message, receipt: context.receipt)
        case .noResult: context.receipt.settle(.completed(nil))
        case nil: await store(result, message: message, context: context)
        }
    }

    private func settle(
        _ outcome: ExecutionOutcome,
        message: TaskiqMessage,
        context: Context,
        type: AcknowledgeType
    ) async {
        var result: StoredResult
        switch outcome {
        case .abandoned: return context.receipt.settle(.released)
        case .result(let ended), .noResult(let ended), .requeue(_, _, let ended), .reject(_, let ended): result = ended
        }
        if type == .whenExecuted {
            do {
                try await context.acknowledge()
            } catch {
                // The task has run: its result stands, and is settled below, whoever holds the message now.
                context.logger.warning("a task could not be acknowledged", metadata: ["error.message": "\(error)"])
            }
        }
        var context = context
        context.outcome = TaskOutcome(outcome, of: message)
        let wish = await postExecute(message, &result, context)
        switch wish.map({ ExecutionOutcome($0, result) }) ?? outcome {
        case .abandoned, .result: await store(result, message: message, context: context, type: type)
        case .noResult: context.receipt.settle(isLeftHeld(context, type) ? .unacknowledged(nil) : .completed(nil))
        case .requeue(let message, let delay, _): await requeue(message, after: delay, context: context)
        case .reject(let reason, _): await reject(reason, result, message: message, receipt: context.receipt)
        }
    }

    /// Whether the task was to acknowledge by itself, and did not.
    private func isLeftHeld(_ context: Context, _ type: AcknowledgeType) -> Bool {
        type == .manual && !context.isAcknowledged
    }

    private func postExecute(
        _ message: TaskiqMessage,
        _ result: inout StoredResult,
        _ context: Context
    ) async -> TaskControl? {
        var wish: TaskControl?
        for middleware in broker.chain.middlewares.reversed() {
            do {
                try await middleware.postExecute(message, result: &result, context: context)
            } catch {
                if let control = TaskControl(error) {
                    wish = wish ?? control
                } else {
                    result = Self.result(of: error, message: message, took: result.executionTime)
                }
            }
        }
        return wish
    }

    private func requeue(_ message: TaskiqMessage, after delay: Duration, context: Context) async {
        do {
            context.receipt.settle(.requeued(try broker.formatter.dumps(message), after: delay))
        } catch {
            let result = Self.result(of: error, message: message, took: .zero)
            await store(result, message: message, context: context)
        }
    }

    private func reject(
        _ reason: String,
        _ result: StoredResult,
        message: TaskiqMessage,
        receipt: any DeliveryReceipt
    ) async {
        if broker.resultBackend.storesWithAcknowledgement {
            receipt.settle(.rejected(reason: reason, result))
        } else {
            await setResult(result, for: message)
            receipt.settle(.rejected(reason: reason, nil))
        }
    }

    private func store(
        _ result: StoredResult,
        message: TaskiqMessage,
        context: Context,
        type: AcknowledgeType = .whenSaved
    ) async {
        let isHeld = isLeftHeld(context, type)
        if broker.resultBackend.storesWithAcknowledgement {
            context.receipt.settle(isHeld ? .unacknowledged(result) : .completed(result))
        } else {
            let isStored = await setResult(result, for: message)
            context.receipt.settle(isHeld ? .unacknowledged(nil) : .completed(nil))
            guard isStored else { return }
        }
        for middleware in broker.chain.middlewares.reversed() {
            await middleware.postSave(message, result: result)
        }
    }

    @discardableResult
    private func setResult(_ result: StoredResult, for message: TaskiqMessage) async -> Bool {
        do {
            try await broker.resultBackend.setResult(result, for: message.taskID)
            return true
        } catch {
            // The task has run; its message must not come back because its result could not be stored.
            broker.logger.error(
                "a result could not be stored",
                metadata: ["taskiq.task.id": "\(message.taskID)", "error.message": "\(error)"]
            )
            return false
        }
    }
}
