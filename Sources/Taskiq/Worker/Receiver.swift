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

    func receive(_ delivery: AckableMessage, isAbandoning: Flag, runner: DeliveryRunner? = nil) async {
        let receipt = delivery.receipt
        receipt.taken()
        var message: TaskiqMessage
        do {
            message = try broker.formatter.loads(delivery.data)
        } catch {
            // The reason quotes the message, which may hold anything: the dead letter has it, the log has not.
            broker.logger.warning(
                "a message cannot be read; it becomes a dead letter that says why",
                metadata: ["taskiq.message.bytes": "\(delivery.data.count)", "taskiq.queue": "\(delivery.info.queue)"]
            )
            broker.logger.trace("a message cannot be read", metadata: ["error.message": "\(error)"])
            await rejectUnreadable(error, delivery)
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
        if let reason = delivery.cancellationReason {
            // Somebody cancelled it while it waited here.
            let failure = TaskFailure.cancelled(reason)
            return await settleUnstarted(failure, message: message, context: context, began: began)
        }
        do {
            for middleware in broker.chain.middlewares {
                try await middleware.preExecute(&message, context: context)
                context.message = message
            }
            context.deadline = Self.timeLimit(of: message).map { began + .seconds($0) }
            type = try acknowledgeType(of: message)
        } catch {
            if let reason = runner?.end() {
                return await settleCancelled(reason, after: error, message: message, context: context, began: began)
            }
            await dispose(context, after: error)
            if isAbandoning.isRaised { return receipt.settle(.released) }
            // A hook or a label went wrong: the task gets an error result, the message is not lost.
            return await settleUnstarted(error, message: message, context: context, began: began)
        }
        if type == .whenReceived {
            do {
                try await context.acknowledge()
            } catch {
                if let reason = runner?.end() {
                    return await settleCancelled(reason, after: error, message: message, context: context, began: began)
                }
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
        let outcome = await execute(task, message, context, isAbandoning, runner)
        if runner?.cancellationReason == nil {
            await settle(outcome, message: message, context: context, type: type)
        } else {
            let (message, context) = (message, context)
            await Self.uncancelled { await settle(outcome, message: message, context: context, type: type) }
        }
    }

    // MARK: Before

    private func context(of message: TaskiqMessage, _ delivery: AckableMessage) -> Context {
        Context(
            message: message,
            broker: broker,
            delivery: delivery.info,
            deadline: Self.timeLimit(of: message).map { ContinuousClock.now + .seconds($0) },
            acknowledgement: Acknowledgement(delivery.receipt)
        )
    }

    /// The time limit in seconds.
    ///
    /// The label comes from outside: a limit that is no time, or for ever, is none.
    static func timeLimit(of message: TaskiqMessage) -> Double? {
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
}
