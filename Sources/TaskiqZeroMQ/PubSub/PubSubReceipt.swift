// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// Tells a subscriber that there is room again; there is nobody to acknowledge to.
struct PubSubReceipt: DeliveryReceipt {
    let mailbox: Mailbox<Subscriber.Command>

    func started() {}

    /// The publisher keeps nothing, so a message is never delivered again, acknowledged or not.
    func acknowledge() async throws {}

    func settle(_ settlement: Settlement) {
        switch settlement {
        case .completed, .unacknowledged, .rejected: mailbox.post(.settled)
        case .released: mailbox.post(.released)
        case .requeued(let message, let delay):
            mailbox.post(.settled)
            guard delay > .zero else {
                mailbox.post(.requeue(message.message))
                return
            }
            // Unstructured: the delay belongs to the message and not to whoever ran it. A worker that stops takes no
            // more, and the message is lost as any other would be.
            Task { [mailbox] in
                try await Task.sleep(for: delay)
                mailbox.post(.requeue(message.message))
            }
        }
    }
}
