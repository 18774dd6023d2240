// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Synchronization
import TaskiqZeroMQ
import Testing

/// Far more than any test needs; it only turns a test that would hang into one that fails.
let patience = Duration.seconds(30)

/// What a test waited for did not happen.
struct NothingCame: Error {}

/// A directory for the sockets of one test, removed afterwards.
final class SocketDirectory: Sendable {
    let url: URL

    init() throws {
        let name = "tq-" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        url = FileManager.default.temporaryDirectory.appendingPathComponent(name, isDirectory: true)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    /// Takes a socket away, so that nobody can connect to it any more.
    func remove(_ name: String = "test.sock") throws {
        try FileManager.default.removeItem(at: url.appendingPathComponent(name))
    }

    func endpoint(_ name: String = "test.sock") -> String {
        "ipc://" + url.appendingPathComponent(name).path
    }
}

/// The transports that every pattern has to work over.
enum Transport: CaseIterable {
    case inproc
    case ipc
    case tcp

    func endpoint(in directory: SocketDirectory) -> String {
        switch self {
        case .inproc: "inproc://test"
        case .ipc: directory.endpoint()
        case .tcp: "tcp://127.0.0.1:*"
        }
    }
}

/// The next message, as soon as there is one.
func nextMessage(of socket: borrowing ZeroMQSocket, maxFrames: Int = 8) throws -> ReceivedMessage {
    var poller = Poller()
    _ = try poller.watch(socket)
    while true {
        if let message = try socket.receive(maxFrames: maxFrames) { return message }
        guard try poller.wait(timeout: patience) else { throw NothingCame() }
    }
}

/// The frames of the next message, which must not be oversized.
func nextFrames(of socket: borrowing ZeroMQSocket) throws -> [[UInt8]] {
    guard case .message(let frames) = try nextMessage(of: socket) else { throw NothingCame() }
    return frames
}

/// Sends a message as soon as a peer can take it.
func deliver(_ frames: [[UInt8]], by socket: borrowing ZeroMQSocket) throws {
    var poller = Poller()
    _ = try poller.watch(socket, for: .writable)
    while try socket.send(frames) != .sent {
        guard try poller.wait(timeout: patience) else { throw NothingCame() }
    }
}

/// The error that something throws.
func zeroMQError(_ body: () throws -> Void) -> ZeroMQError? {
    do {
        try body()
        return nil
    } catch {
        return error as? ZeroMQError
    }
}

/// Something that one thread sets and others see.
final class Flag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }

    func set() {
        value.store(true, ordering: .releasing)
    }
}
