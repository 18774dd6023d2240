// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import Testing

@testable import TaskiqZeroMQ

@Suite struct PubSubAddressTests {
    @Test(arguments: [
        ("zmq-pubsub+tcp://127.0.0.1:5555", "tcp://127.0.0.1:5555", "tcp://127.0.0.1:5555"),
        ("zmq-pubsub+tcp://0.0.0.0:5555", "tcp://0.0.0.0:5555", "tcp://127.0.0.1:5555"),
        ("zmq-pubsub+tcp://*:5555", "tcp://*:5555", "tcp://127.0.0.1:5555"),
        ("zmq-pubsub+tcp://localhost:5555", "tcp://127.0.0.1:5555", "tcp://localhost:5555"),
        ("zmq-pubsub+tcp://queue.example:1", "tcp://queue.example:1", "tcp://queue.example:1"),
        ("zmq-pubsub+tcp://[::1]:65535", "tcp://[::1]:65535", "tcp://[::1]:65535"),
        ("zmq-pubsub+tcp://[::]:7", "tcp://[::]:7", "tcp://[::1]:7"),
        ("zmq-pubsub+tcp://127.0.0.1:*", "tcp://127.0.0.1:*", nil),
    ])
    func `an address says where to bind and where to connect`(text: String, bind: String, connect: String?) throws {
        let address = try PubSubAddress(text)
        #expect(PubSubAddress.isNamed(by: text))
        #expect(address.description == text)
        #expect(address.bindEndpoint == bind)
        #expect(address.connectEndpoint == connect)
        #expect(address.isIPv6 == text.contains("["))
    }

    @Test(arguments: [
        "", "tcp://127.0.0.1:5555", "zmq-pubsub+ipc:///tmp/x", "zmq-pubsub+tcp://", "zmq-pubsub+tcp://127.0.0.1",
        "zmq-pubsub+tcp://:5555", "zmq-pubsub+tcp://127.0.0.1:", "zmq-pubsub+tcp://127.0.0.1:0",
        "zmq-pubsub+tcp://127.0.0.1:65536", "zmq-pubsub+tcp://127.0.0.1:+5", "zmq-pubsub+tcp://127.0.0.1:5x",
        "zmq-pubsub+tcp://::1:5555", "zmq-pubsub+tcp://host/path:5555",
    ])
    func `what is no address is refused, and said why`(text: String) {
        let error = #expect(throws: TaskiqError.self) { try PubSubAddress(text) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains("\"\(text)\"") == true)
    }
}
