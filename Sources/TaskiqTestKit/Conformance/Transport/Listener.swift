// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// Somebody who listens, as a worker does: takes everything that comes, and settles it when the check says so.
final class Listener: Sendable {
    let transport: any BrokerTransport
    let inbox = Inbox<AckableMessage>()
    private let channel: DeliveryChannel
    private let timeLimit: Duration
    private let pump: Task<Void, Never>

    init(transport: any BrokerTransport, channel: DeliveryChannel, timeLimit: Duration) {
        self.transport = transport
        self.channel = channel
        self.timeLimit = timeLimit
        // Unstructured: it lives until the channel ends, and `stop` waits for it. Waiting for a delivery cannot be
        // cancelled, so somebody must take each that comes.
        pump = Task { [inbox] in
            while let delivery = await channel.next() { inbox.put(delivery) }
        }
    }

    /// The next delivery.
    func next(_ promise: String = "an accepted message is delivered") async throws -> AckableMessage {
        let inbox = inbox
        return try await within(timeLimit, promise) { try await inbox.next() }
    }

    /// The next delivery, which must be of this message.
    @discardableResult
    func expect(_ message: BrokerMessage, _ promise: String) async throws -> AckableMessage {
        let delivery = try await next(promise)
        try TaskiqTestKit.expect(
            delivery.data == message.message,
            "\(promise): \(Self.text(message.message))",
            found: Self.text(delivery.data)
        )
        return delivery
    }

    /// Takes what comes next and completes it; it must be this message, so what it must not be did not come before it.
    func complete(_ message: BrokerMessage, _ promise: String) async throws {
        try await expect(message, promise).receipt.settle(.completed(nil))
    }

    /// Takes so many deliveries.
    func take(_ count: Int, _ promise: String) async throws -> [AckableMessage] {
        var deliveries: [AckableMessage] = []
        while deliveries.count < count {
            deliveries.append(try await next("\(promise) (\(deliveries.count) of \(count) came)"))
        }
        return deliveries
    }

    /// Takes no more, as a worker that stops: what comes late is given back.
    func stop() async {
        await transport.stopListening()
        channel.finish()
        await pump.value
    }

    /// Stops, and ends the connection.
    func leave() async {
        await stop()
        await transport.shutdown()
    }

    private static func text(_ bytes: [UInt8]) -> String {
        bytes.count <= 80 ? "\"\(String(decoding: bytes, as: UTF8.self))\"" : "\(bytes.count) bytes"
    }
}
