// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import Testing

@testable import TaskiqZeroMQ

@Suite("S1: what is not certainly loopback is not local")
struct HubAddressTests {
    @Test(
        "these are local",
        arguments: [
            "ipc:///run/taskiq/hub.sock", "ipc://hub.sock", "tcp://127.0.0.1:5555", "tcp://127.0.0.1:*",
            "tcp://127.255.255.254:5555", "tcp://localhost:5555", "tcp://[::1]:5555",
        ]
    )
    func local(text: String) throws {
        #expect(try HubAddress(text).isLocal)
    }

    @Test(
        "these are not",
        arguments: [
            "tcp://0.0.0.0:5555", "tcp://*:5555", "tcp://[::]:5555", "tcp://eth0:5555", "tcp://lo:5555",
            "tcp://[::ffff:1.2.3.4]:5555", "tcp://[::ffff:127.0.0.1]:5555", "tcp://[fe80::1%lo]:5555",
            "tcp://hub.example:5555", "tcp://127.evil.example.com:5555", "tcp://localhost.example.com:5555",
            "tcp://127.0.0.1.evil:1", "tcp://127.0.0.1.:5555", "tcp://127.1:5555", "tcp://127:5555", "tcp://0:5555",
            "tcp://127.0.0.01:5555", "tcp://127.0.0.256:5555", "tcp://127.0.0.1;10.0.0.1:5555", "tcp://LOCALHOST:5555",
            "tcp://127.0.0.-1:5555", "tcp://+127.0.0.1:5555", "tcp://1270.0.0.1:5555", "tcp://10.0.0.1:5555",
        ]
    )
    func notLocal(text: String) throws {
        #expect(try !HubAddress(text).isLocal)
    }

    @Test(
        "these are no addresses of a hub",
        arguments: [
            "", "tcp://", "tcp://:5555", "tcp://localhost", "tcp://localhost:0", "tcp://localhost:65535",
            "tcp://::1:5555",
            "tcp://[::1:5555", "ipc://", "ipc://@abstract", "http://localhost:5555",
            "tcp://127.0.0.1:5555?key=a&key=b", "tcp://127.0.0.1:5555?key=", "tcp://127.0.0.1:5555?key=a&secret=b",
        ]
    )
    func refused(text: String) {
        let error = #expect(throws: TaskiqError.self) { try HubAddress(text) }
        #expect(error?.code == .configuration)
    }

    @Test("an address may name files of keys, which are no part of where it is")
    func keys() throws {
        let address = try HubAddress("tcp://hub.example:5555?key=/etc/taskiq/web.key&hub-key=hub.pub")
        #expect(address.front == "tcp://hub.example:5555")
        #expect(address.back == "tcp://hub.example:5556")
        #expect(address.keyFile == "/etc/taskiq/web.key")
        #expect(address.hubKeyFile == "hub.pub")
        #expect(try HubAddress("ipc:///tmp/a?b.sock").path == "/tmp/a?b.sock")
        #expect(try HubAddress("ipc:///tmp/a.sock?key=k").path == "/tmp/a.sock")
    }

    @Test(
        "a password in an address is refused, and not repeated",
        arguments: [
            "tcp://user:hunter2@hub.example:5555", "redis://:hunter2@hub.example:6379/0", "amqp://u:hunter2@h/p@x",
        ]
    )
    func passwords(text: String) {
        let error = #expect(throws: TaskiqError.self) { try HubAddress(text) }
        #expect(error?.message.contains("hunter2") == false)
        let other = #expect(throws: TaskiqError.self) { try PubSubAddress("zmq-pubsub+\(text)") }
        #expect(other?.message.contains("hunter2") == false)
    }

    @Test("IPv6 loopback works, both sockets", .timeLimit(.minutes(1)))
    func IPv6() async throws {
        try await RunningHub.with(at: "tcp://[::1]:*") { hub in
            #expect(hub.address.hasPrefix("tcp://[::1]:"))
            let worker = try hub.broker()
            let add = worker.task("add") { (a: Int, b: Int) in a + b }
            try await hub.withWorker(worker) { client in
                let sum1 = try await add.kiq(1, 2, on: client).value(timeout: patience)
                #expect(sum1 == 3)
            }
        }
    }

    @Test("a hub listens at localhost", .timeLimit(.minutes(1)))
    func localhost() async throws {
        try await RunningHub.with(at: "tcp://localhost:*") { hub in
            #expect(hub.address.hasPrefix("tcp://127.0.0.1:"))
        }
    }
}
