// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging

/// What happens to one delivery: the pipeline of a worker, in Python's order.
///
/// 1. decode; 2. find the task; 3. `preExecute`; 4. when to acknowledge; 5. acknowledge if when received; 6. run, with
/// `onError` if it failed; 7. acknowledge if when executed; 8. `postExecute`; 9. store the result, `postSave`;
/// 10. acknowledge if when saved. Where Python drops a message or forgets to acknowledge it, this one leaves an error
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
        do {
            for middleware in broker.chain.middlewares {
                try await middleware.preExecute(&message, context: context)
                context.message = message
            }
            context.deadline = Self.timeLimit(of: message).map { began + .seconds($0) }
            let type = try acknowledgeType(of: message)
            if type == .whenReceived { try await receipt.acknowledge() }
            receipt.started()
            let outcome = await execute(task, message, context, isAbandoning)
            try await settle(outcome, message: message, context: context, type: type)
        } catch {
            if isAbandoning.isRaised { return receipt.settle(.released) }
            // A hook, a label or an acknowledgement went wrong: the task gets an error result, the message is not lost.
            let took = ContinuousClock.now - began
            let result = StoredResult(
                error: TaskFailure(describing: error),
                executionTime: took,
                labels: message.labels
            )
            await store(result, message: message, receipt: receipt)
        }
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
            receipt: delivery.receipt
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
            return .result(result)
        } catch let control as TaskControl {
            switch control {
            case .requeue(let message, let delay): return .requeue(message, after: delay)
            case .reject(let reason):
                let failure = TaskFailure(type: "TaskRejectedError", module: "Taskiq", message: reason)
                let took = ContinuousClock.now - began
                return .reject(
                    reason: reason,
                    StoredResult(error: failure, executionTime: took, labels: message.labels)
                )
            }
        } catch {
            if isAbandoning.isRaised { return .abandoned }
            let took = ContinuousClock.now - began
            var result = StoredResult(
                error: TaskFailure(describing: error),
                executionTime: took,
                labels: message.labels
            )
            for middleware in broker.chain.middlewares.reversed() {
                do {
                    try await middleware.onError(error, message: message, result: &result, context: context)
                } catch {
                    result.error = TaskFailure(describing: error)
                }
            }
            if (error as? TaskiqError)?.code == .noResult { return .noResult(result) }
            return .result(result)
        }
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

    private func settle(
        _ outcome: ExecutionOutcome,
        message: TaskiqMessage,
        context: Context,
        type: AcknowledgeType
    ) async throws {
        let receipt = context.receipt
        switch outcome {
        case .abandoned:
            receipt.settle(.released)
        case .requeue(let message, let delay):
            receipt.settle(.requeued(try broker.formatter.dumps(message), after: delay))
        case .reject(let reason, let result):
            await reject(reason, result, message: message, receipt: receipt)
        case .noResult(var result):
            await postExecute(message, &result, context)
            receipt.settle(.completed(nil))
        case .result(var result):
            if type == .whenExecuted {
                do {
                    try await receipt.acknowledge()
                } catch {
                    // The task has run: its result stands, and is settled below, whoever holds the message now.
                    context.logger.warning("a task could not be acknowledged", metadata: ["error.message": "\(error)"])
                }
            }
            await postExecute(message, &result, context)
            await store(result, message: message, receipt: receipt)
        }
    }

    private func postExecute(_ message: TaskiqMessage, _ result: inout StoredResult, _ context: Context) async {
        for middleware in broker.chain.middlewares.reversed() {
            do {
                try await middleware.postExecute(message, result: &result, context: context)
            } catch {
                result = StoredResult(
                    error: TaskFailure(describing: error),
                    executionTime: result.executionTime,
                    labels: result.labels
                )
            }
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

    private func store(_ result: StoredResult, message: TaskiqMessage, receipt: any DeliveryReceipt) async {
        if broker.resultBackend.storesWithAcknowledgement {
            receipt.settle(.completed(result))
        } else {
            await setResult(result, for: message)
            receipt.settle(.completed(nil))
        }
        for middleware in broker.chain.middlewares.reversed() {
            await middleware.postSave(message, result: result)
        }
    }

    private func setResult(_ result: StoredResult, for message: TaskiqMessage) async {
        do {
            try await broker.resultBackend.setResult(result, for: message.taskID)
        } catch {
            // The task has run; its message must not come back because its result could not be stored.
            broker.logger.error(
                "a result could not be stored",
                metadata: ["taskiq.task.id": "\(message.taskID)", "error.message": "\(error)"]
            )
        }
    }
}
