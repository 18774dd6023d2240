// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqZeroMQ

/// Somebody who connects to a hub and does not speak its language.
enum StrayPeer {
    /// Sends messages, and returns when the hub has answered one of them, or has been given time to.
    static func send(to address: String, _ messages: [[[UInt8]]]) async throws {
        let context = try ZeroMQContext()
        let thread = try SocketThread(name: "stray-peer") {
            do {
                let socket = try ZeroMQSocket(context: context, kind: .dealer)
                try socket.connect(address)
                var poller = Poller()
                let entry = try poller.watch(socket, for: [.writable])
                for message in messages {
                    while try socket.send(message) != .sent { _ = try poller.wait(timeout: .seconds(1)) }
                }
                poller.setInterest(.readable, in: entry)
                _ = try poller.wait(timeout: .seconds(5))
            } catch {
                return
            }
        }
        await thread.join()
    }
}
