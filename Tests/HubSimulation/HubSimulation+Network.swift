// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHub
import TaskiqHubProtocol
import TestSupport

// The network: frames take time, stay in order on one connection, and are lost with it.
extension HubSimulation {
    mutating func newConnection(_ side: HubSide, owner: Int) -> Int {
        connectionCount += 1
        connections[connectionCount] = Connection(number: connectionCount, side: side, owner: owner)
        return connectionCount
    }

    /// Breaks a connection.
    ///
    /// What the hub's machine has received by then it still reads; the rest is lost.
    mutating func close(_ number: Int) {
        guard let connection = connections.removeValue(forKey: number), hub != nil else { return }
        for frames in connection.toHub.prefix(Int(random.number(0...4))) {
            if let event = event(frames, of: connection) { hubInbox.append(event) }
        }
    }

    /// The socket connects anew by itself, and its link hears nothing of it.
    mutating func reconnect(client place: Int) {
        close(clients[place].connection)
        clients[place].connection = newConnection(.front, owner: place)
    }

    mutating func reconnect(worker place: Int) {
        close(workers[place].connection)
        workers[place].connection = newConnection(.back, owner: place)
    }

    // MARK: To the hub

    mutating func send(_ frames: [[UInt8]], over number: Int) {
        connections[number]?.toHub.append(frames)
        if hub != nil { planArrivalAtHub(number) }
    }

    mutating func planArrivalAtHub(_ number: Int) {
        guard let connection = connections[number] else { return }
        let time = max(connection.lastAtHub, connection.toHubPartedUntil, uptime + random.number(0...20))
        connections[number]?.lastAtHub = time
        agenda.plan(.arriveAtHub(connection: number), at: time)
    }

    mutating func arriveAtHub(_ number: Int) throws {
        guard let connection = connections[number], !connection.toHub.isEmpty, hub != nil else { return }
        let frames = connections[number]?.toHub.removeFirst() ?? []
        guard let event = event(frames, of: connection) else { throw BrokenRule("a frame was not understood") }
        try tell(event)
        // The hub's turn ends with a look at the clock.
        if random.chance(30) { try tell(.tick) }
    }

    private func event(_ frames: [[UInt8]], of connection: Connection) -> HubEvent? {
        switch connection.side {
        case .front: (try? Packet<ClientCommand>(frames: frames)).map { .client(connection.peer, $0) }
        case .back: (try? Packet<WorkerCommand>(frames: frames)).map { .worker(connection.peer, $0) }
        }
    }

    // MARK: To a peer

    /// - Returns: whether it is on its way.
    mutating func send(_ frames: [[UInt8]], to peer: PeerID, _ side: HubSide) -> Bool {
        let number = Int(String(decoding: peer.bytes, as: UTF8.self)) ?? 0
        guard let connection = connections[number], uptime >= connection.fullUntil else {
            hubInbox.append(.unreachable(peer, side))
            return false
        }
        let time = max(connection.lastAtPeer, connection.toPeerPartedUntil, uptime + random.number(0...20))
        connections[number]?.toPeer.append(frames)
        connections[number]?.lastAtPeer = time
        agenda.plan(.arriveAtPeer(connection: number), at: time)
        return true
    }

    mutating func arriveAtPeer(_ number: Int) throws {
        guard let connection = connections[number], !connection.toPeer.isEmpty else { return }
        switch connection.side {
        case .front:
            let frames = connections[number]?.toPeer.removeFirst() ?? []
            let packet = try Packet<ClientReply>(frames: frames)
            carryOut(clients[connection.owner].link.handle(.packet(packet), at: uptime), client: connection.owner)
        case .back:
            let pause = workers[connection.owner].pausedUntil
            if uptime < pause {
                agenda.plan(.arriveAtPeer(connection: number), at: pause)
                return
            }
            let frames = connections[number]?.toPeer.removeFirst() ?? []
            let packet = try Packet<WorkerReply>(frames: frames)
            try carryOut(workers[connection.owner].link.handle(.packet(packet), at: uptime), worker: connection.owner)
        }
    }
}
