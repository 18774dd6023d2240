// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq
import TaskiqHubProtocol
import TaskiqZeroMQ
import Testing

/// What the hub's sockets are thrown at by programs that do not speak its language, or speak it to do harm.
@Suite("S6: hostile frames harm their sender alone", .timeLimit(.minutes(3)))
struct HostileFrameTests {
    /// The hub serves others while something is done to it, and afterwards.
    private func whileServing(
        _ attack: @escaping @Sendable (_ front: String, _ back: String) async throws -> Void
    ) async throws {
        try await RunningHub.with { hub in
            let broker = try hub.broker()
            let add = broker.task("add") { (a: Int, b: Int) in a + b }
            try await hub.withWorker(broker) { client in
                let sum1 = try await add.kiq(1, 2, on: client).value(timeout: patience)
                #expect(sum1 == 3)
                try await attack(hub.address, hub.address + ".workers")
                let sum2 = try await add.kiq(3, 4, on: client).value(timeout: patience)
                #expect(sum2 == 7)
                let late = try hub.broker()
                try await late.startup()
                let sum3 = try await add.kiq(5, 6, on: late).value(timeout: patience)
                #expect(sum3 == 11)
                await late.shutdown()
            }
        }
    }

    @Test("greetings that are none end the connection")
    func greetings() async throws {
        var generator = SystemRandomNumberGenerator()
        let noise = (0..<4096).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let huge = [0xFF, 0x7F] + [UInt8](repeating: 0xFF, count: 62)
        let texts: [[UInt8]] = [
            Array("GET / HTTP/1.1\r\nHost: hub\r\n\r\n".utf8), noise, huge, [UInt8](repeating: 0, count: 64),
            [UInt8](repeating: 0xFF, count: 64), [0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0x7F, 9, 9],
            // An old protocol, with a length of 2^63.
            [0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x7F], [1, 0],
        ]
        try await whileServing { front, back in
            for endpoint in [front, back] {
                let closed = try await onThread {
                    let peers = try texts.map { text in
                        let peer = try RawConnection(endpoint)
                        peer.send(text)
                        return peer
                    }
                    return peers.map { $0.isClosed(within: patience) }
                }
                #expect(!closed.contains(false), "\(closed)")
            }
        }
    }

    @Test(
        "frames of impossible lengths end the connection",
        arguments: [
            UInt64(1) << 63, .max, .max - 8, 1 << 62, 1 << 40, UInt64(SocketOptions.defaultMaximumFrameSize) + 1,
        ]
    )
    func lengths(length: UInt64) async throws {
        try await whileServing { front, back in
            for endpoint in [front, back] {
                for flags: UInt8 in [2, 3, 6] {
                    let isClosed = try await onThread {
                        let peer = try RawConnection(endpoint)
                        try peer.greet()
                        try peer.ready()
                        peer.announce(length: length, flags: flags)
                        return peer.isClosed(within: patience)
                    }
                    #expect(isClosed, "flags \(flags)")
                }
            }
        }
    }

    @Test("empty frames, too many frames and commands that nobody knows are not understood")
    func frames() async throws {
        try await whileServing { front, back in
            for endpoint in [front, back] {
                try await onThread {
                    let peer = try RawConnection(endpoint)
                    try peer.greet()
                    try peer.ready()
                    for count in [1, 2, 3, 4, 5, 500] {
                        for index in 1...count { peer.frame([], more: index < count) }
                        peer.frame(Array("TQ1".utf8))
                        peer.frame(Array("TQ1".utf8) + [UInt8](repeating: 0xFF, count: 60_000))
                    }
                    for name in ["PING", "PONG", "SUBSCRIBE", "CANCEL", "JOIN", "HELLO", "WELCOME", "ERROR", "NOISE"] {
                        peer.command(name, [])
                        peer.command(name, [0xFF, 0xFF, 0xFF])
                    }
                }
            }
        }
    }

    @Test("every opcode, known or not, before and after the greeting, on both sides")
    func opcodes() async throws {
        try await whileServing { front, back in
            for endpoint in [front, back] {
                let isAnswered = try await onThread {
                    let peer = try RawConnection(endpoint)
                    try peer.greet()
                    try peer.ready()
                    let hello = Packet(ClientCommand.hello(ClientHello(identity: .generate(), application: "raw")))
                    var isAnswered = true
                    for round in 0..<2 {
                        for opcode in UInt8.min...UInt8.max {
                            // Session and epoch of the first to come, which is guessed easily.
                            let numbers = [UInt64(0), UInt64(round), UInt64(1)].flatMap { number in
                                withUnsafeBytes(of: number.bigEndian, Array.init)
                            }
                            peer.frame(Array("TQ1".utf8) + [opcode, 0, 0, 0, 0] + numbers, more: true)
                            peer.frame([UInt8](repeating: opcode, count: 100))
                        }
                        for frame in hello.frames() { peer.frame(frame) }
                        isAnswered = isAnswered && peer.receive() != nil
                    }
                    return isAnswered
                }
                #expect(isAnswered)
            }
        }
    }

    @Test("a message that never ends takes memory while it lasts, and harms nobody else")
    func endless() async throws {
        try await whileServing { front, _ in
            try await onThread {
                let peer = try RawConnection(front)
                try peer.greet()
                try peer.ready()
                let piece = [UInt8](repeating: 7, count: 60_000)
                for _ in 0..<200 { peer.frame(piece, more: true) }
                for _ in 0..<20_000 { peer.frame([], more: true) }
            }
        }
    }

    @Test("connections that end in the middle of anything are nothing")
    func halves() async throws {
        try await whileServing { front, back in
            for endpoint in [front, back] {
                try await onThread {
                    for _ in 0..<20 {
                        _ = try RawConnection(endpoint)
                        let greeted = try RawConnection(endpoint)
                        try greeted.greet()
                        let ready = try RawConnection(endpoint)
                        try ready.greet()
                        try ready.ready()
                        ready.frame([1, 2, 3], more: true)
                        let announced = try RawConnection(endpoint)
                        try announced.greet()
                        try announced.ready()
                        announced.announce(length: 1000)
                    }
                }
            }
        }
    }
}
