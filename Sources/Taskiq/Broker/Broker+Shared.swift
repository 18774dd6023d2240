// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

extension Broker {
    /// A broker for libraries that declare tasks and leave it to the program which broker they are sent through.
    ///
    /// Its tasks can be run by every broker of the process. They are sent through `sharedDefault`, or through the broker
    /// given to `kiq(on:)`.
    public static let shared = Broker(transport: SharedTransport())

    /// The broker that tasks of `shared` are sent through when the call names none; nil at first.
    public static var sharedDefault: Broker? {
        get { sharedDefaultBroker.withLock { $0 } }
        set {
            // Through itself they would go for ever.
            sharedDefaultBroker.withLock { $0 = newValue?.isShared == true ? nil : newValue }
        }
    }

    static func isShared(_ transport: any BrokerTransport) -> Bool { transport is SharedTransport }

    /// The broker that sends what was asked of this one.
    func sender(on other: Broker?) throws(TaskiqError) -> Broker {
        let broker = other ?? self
        guard broker.isShared else { return broker }
        guard let broker = Broker.sharedDefault else {
            throw TaskiqError(
                .sendTask,
                "the shared broker does not send by itself: set Broker.sharedDefault, or name a broker with kiq(on:)"
            )
        }
        return broker
    }
}

private let sharedDefaultBroker = Mutex<Broker?>(nil)

/// The transport of the shared broker, which has none.
private struct SharedTransport: BrokerTransport {
    let address = "shared"

    func startup() async throws {}

    func kick(_ message: BrokerMessage) async throws {
        let broker = try Broker.shared.sender(on: nil)
        try await broker.transport.kick(message)
    }

    func listen(_ subscription: WorkerSubscription) async throws -> DeliveryChannel {
        throw TaskiqError(.listen, "the shared broker has no messages: run a worker on a broker with an address")
    }

    func stopListening() async {}
    func shutdown() async {}
}
