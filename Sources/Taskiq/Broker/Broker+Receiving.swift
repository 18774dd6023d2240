// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension Broker {
    /// Runs one delivery through a worker's pipeline, in the task of whoever calls it.
    ///
    /// - Parameters:
    ///   - delivery: the delivery; its receipt is told what became of it before this returns.
    ///   - acknowledgeType: when it is acknowledged if its labels do not say it.
    package func receive(
        _ delivery: AckableMessage,
        acknowledging acknowledgeType: AcknowledgeType = .whenSaved
    ) async {
        let receiver = Receiver(broker: self, acknowledgeType: acknowledgeType)
        await receiver.receive(delivery, isAbandoning: Flag())
    }
}
