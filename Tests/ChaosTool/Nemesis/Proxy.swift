// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Synchronization
import Taskiq

/// Passes TCP connections on to a target, as well as its weather allows; a thread of its own.
final class Proxy: Sendable {
    private let weather = Mutex(Weather.fair)
    private let isOver = Atomic(false)

    /// Listens at these ports of a host, and passes what comes on to the same ports of the target.
    init(host: String, ports: [UInt16], target: String) throws {
        let listeners = try ports.map { (port: $0, socket: try TCPSocket.listening(host: host, port: $0)) }
        let thread = Thread { [weak self] in
            var loop = ProxyLoop(listeners: listeners, target: target)
            while let self, !self.isOver.load(ordering: .relaxed) {
                loop.turn(self.weather.withLock { $0 })
            }
            loop.end()
        }
        thread.start()
    }

    func set(_ weather: Weather) {
        self.weather.withLock { $0 = weather }
    }

    func end() {
        isOver.store(true, ordering: .relaxed)
    }
}

/// What a proxy's thread does again and again.
private struct ProxyLoop {
    /// One direction of a connection.
    private struct Lane {
        var source: Int32
        var sink: Int32
        var isToHub: Bool
        /// What was read and not yet passed on, each with the time from which it may be.
        var waiting: [(due: Int64, bytes: ArraySlice<UInt8>)] = []
        var size = 0
        /// How much may pass now; grows with time.
        var allowance = 0.0
    }

    private struct Connection {
        var lanes: [Lane]
        var isBroken = false
    }

    /// The most that a lane holds; then the sender has to wait, as it would on a slow line.
    private static let limit = 256 * 1024

    let listeners: [(port: UInt16, socket: Int32)]
    let target: String
    private var connections: [Connection] = []
    private var lastTurn = Uptime.milliseconds

    init(listeners: [(port: UInt16, socket: Int32)], target: String) {
        self.listeners = listeners
        self.target = target
    }

    /// Waits for something to happen, for some milliseconds at most, and passes on what may pass.
    mutating func turn(_ weather: Weather) {
        var watched = listeners.map { pollfd(fd: $0.socket, events: Int16(POLLIN), revents: 0) }
        for connection in connections {
            for lane in connection.lanes where lane.size < Self.limit && !isStalled(lane, weather) {
                watched.append(pollfd(fd: lane.source, events: Int16(POLLIN), revents: 0))
            }
        }
        let hasWork = connections.contains { $0.lanes.contains { !$0.waiting.isEmpty } }
        poll(&watched, nfds_t(watched.count), hasWork ? 2 : 20)
        let now = Uptime.milliseconds
        accept(weather)
        for index in connections.indices {
            for lane in connections[index].lanes.indices { move(index, lane, weather, now) }
        }
        lastTurn = now
        for connection in connections where connection.isBroken || weather.refuses {
            for lane in connection.lanes { TCPSocket.reset(lane.source) }
        }
        connections.removeAll { $0.isBroken || weather.refuses }
    }

    func end() {
        for (_, socket) in listeners { close(socket) }
        for connection in connections { for lane in connection.lanes { TCPSocket.reset(lane.source) } }
    }

    private mutating func accept(_ weather: Weather) {
        for (port, socket) in listeners {
            while let peer = TCPSocket.accepted(from: socket) {
                guard !weather.refuses, let hub = try? TCPSocket.connecting(host: target, port: port) else {
                    TCPSocket.reset(peer)
                    continue
                }
                let lanes = [
                    Lane(source: peer, sink: hub, isToHub: true), Lane(source: hub, sink: peer, isToHub: false),
                ]
                connections.append(Connection(lanes: lanes))
            }
        }
    }

    private func isStalled(_ lane: Lane, _ weather: Weather) -> Bool {
        lane.isToHub ? weather.stallsToHub : weather.stallsToPeer
    }

    private mutating func move(_ index: Int, _ place: Int, _ weather: Weather, _ now: Int64) {
        var lane = connections[index].lanes[place]
        defer { connections[index].lanes[place] = lane }
        guard !isStalled(lane, weather) else { return }
        if lane.size < Self.limit {
            var buffer = [UInt8](repeating: 0, count: 65536)
            let count = read(lane.source, &buffer, buffer.count)
            if count > 0 {
                lane.waiting.append((now + weather.delay, buffer[..<count]))
                lane.size += count
            } else if count == 0 || (errno != EAGAIN && errno != EINTR && errno != ENOTCONN) {
                connections[index].isBroken = true
                return
            }
        }
        lane.allowance = min(
            lane.allowance + Double(now - lastTurn) * Double(weather.bytesPerSecond ?? 0) / 1000,
            Double(Self.limit)
        )
        while let first = lane.waiting.first, first.due <= now {
            var piece = first.bytes
            if weather.bytesPerSecond != nil { piece = piece.prefix(Int(lane.allowance)) }
            guard !piece.isEmpty else { return }
            let count = piece.withUnsafeBytes { write(lane.sink, $0.baseAddress, $0.count) }
            guard count > 0 else {
                if errno != EAGAIN && errno != EINTR && errno != ENOTCONN { connections[index].isBroken = true }
                return
            }
            lane.size -= count
            lane.allowance -= weather.bytesPerSecond == nil ? 0 : Double(count)
            if count == first.bytes.count {
                lane.waiting.removeFirst()
            } else {
                lane.waiting[0].bytes = first.bytes.dropFirst(count)
            }
        }
    }
}
