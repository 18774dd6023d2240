// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging

// What becomes of a message and of its result.
extension Receiver {
    /// What becomes of a message whose task never began.
    func settleUnstarted(
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

    /// What becomes of a message whose task somebody cancelled before it began.
    func settleCancelled(
        _ reason: String,
        after error: any Error,
        message: TaskiqMessage,
        context: Context,
        began: ContinuousClock.Instant
    ) async {
        await Self.uncancelled {
            await dispose(context, after: error)
            let failure = TaskFailure.cancelled(reason)
            await settleUnstarted(failure, message: message, context: context, began: began)
        }
    }

    func settle(
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
        let isCancelled = result.error?.isCancellation == true
        let wish = await postExecute(message, &result, context)
        switch (isCancelled ? nil : wish).map({ ExecutionOutcome($0, result) }) ?? outcome {
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
                    let earlier = result.error
                    result = Self.result(of: error, message: message, took: result.executionTime)
                    result.error = TaskFailure(describing: error, after: earlier)
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

    func reject(
        _ reason: String,
        _ result: StoredResult,
        message: TaskiqMessage,
        receipt: any DeliveryReceipt
    ) async {
        if broker.resultBackend.storesWithAcknowledgement {
            receipt.settle(.rejected(reason: reason, result))
        } else {
            await setResult(result, for: message.taskID)
            receipt.settle(.rejected(reason: reason, nil))
        }
    }

    /// A message that cannot be read: nobody knows more of it than its transport does.
    func rejectUnreadable(_ error: any Error, _ delivery: AckableMessage) async {
        let reason = "unreadable message: \(error)"
        if !broker.resultBackend.storesWithAcknowledgement, let taskID = delivery.info.taskID {
            let failure = TaskFailure(type: "DeadLetterError", module: "Taskiq", message: reason)
            await setResult(StoredResult(error: failure, executionTime: .zero), for: taskID)
        }
        delivery.receipt.settle(.rejected(reason: reason, nil))
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
            let isStored = await setResult(result, for: message.taskID)
            context.receipt.settle(isHeld ? .unacknowledged(nil) : .completed(nil))
            guard isStored else { return }
        }
        for middleware in broker.chain.middlewares.reversed() {
            await middleware.postSave(message, result: result)
        }
    }

    @discardableResult
    private func setResult(_ result: StoredResult, for taskID: TaskID) async -> Bool {
        do {
            try await broker.resultBackend.setResult(result, for: taskID)
            return true
        } catch {
            // The task has run; its message must not come back because its result could not be stored.
            broker.logger.error(
                "a result could not be stored",
                metadata: ["taskiq.task.id": "\(taskID)", "error.message": "\(error)"]
            )
            return false
        }
    }
}
