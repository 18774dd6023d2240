// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHub
import TaskiqHubProtocol

/// What a turn says to each peer, put into as few messages as possible; each peer hears it in the order it was said.
struct OutgoingBatches {
    /// Sends the frames of a message.
    ///
    /// The deliveries are those that the message hands out: nobody has them when it cannot be sent.
    typealias Send = (HubSide, PeerID, _ frames: [[UInt8]], _ deliveries: [LeaseKey]) -> Void

    private struct Peer: Hashable {
        var side: HubSide
        var id: PeerID
    }

    private struct Open {
        var peer: Peer
        var batch = FrameBatch()
        var deliveries: [LeaseKey] = []
    }

    private var open: [Open] = []
    private var places: [Peer: Int] = [:]
    private var last = 0

    /// Goes through what is to be sent.
    static func collect(_ outgoing: [HubTurn.Outgoing], _ send: Send) {
        var batches = OutgoingBatches()
        for message in outgoing {
            switch message {
            case .client(let id, let packet):
                let place = batches.place(of: Peer(side: .front, id: id))
                if packet.isShort {
                    packet.append(to: &batches.open[place].batch)
                    if batches.open[place].batch.isFull { batches.close(place, send) }
                } else {
                    batches.close(place, send)
                    send(.front, id, packet.frames(), [])
                }
            case .worker(let id, let packet):
                let place = batches.place(of: Peer(side: .back, id: id))
                var delivery: LeaseKey?
                if case .task(let task) = packet.content { delivery = task.lease }
                if packet.isShort {
                    packet.append(to: &batches.open[place].batch)
                    if let delivery { batches.open[place].deliveries.append(delivery) }
                    if batches.open[place].batch.isFull { batches.close(place, send) }
                } else {
                    batches.close(place, send)
                    send(.back, id, packet.frames(), delivery.map { [$0] } ?? [])
                }
            }
        }
        for place in batches.open.indices { batches.close(place, send) }
    }

    /// Where what is said to a peer is collected; mostly it is the one before.
    private mutating func place(of peer: Peer) -> Int {
        if last < open.count, open[last].peer == peer { return last }
        if let known = places[peer] {
            last = known
        } else {
            last = open.count
            places[peer] = last
            open.append(Open(peer: peer))
        }
        return last
    }

    private mutating func close(_ place: Int, _ send: Send) {
        guard open[place].batch.count > 0 else { return }
        let frames = open[place].batch.takeFrames()
        send(open[place].peer.side, open[place].peer.id, frames, open[place].deliveries)
        open[place].deliveries.removeAll(keepingCapacity: true)
    }
}
