// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

/// A delivery's receipt, and whether the message was acknowledged before its task ended.
final class Acknowledgement: Sendable {
    let receipt: any DeliveryReceipt
    private let isDone = Atomic<Bool>(false)

    init(_ receipt: any DeliveryReceipt) {
        self.receipt = receipt
    }

    var isAcknowledged: Bool { isDone.load(ordering: .acquiring) }

    /// Acknowledges once; what comes later does nothing.
    func acknowledge() async throws {
        if isAcknowledged { return }
        try await receipt.acknowledge()
        isDone.store(true, ordering: .releasing)
    }
}
