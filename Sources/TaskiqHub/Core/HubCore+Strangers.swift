// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHubProtocol

// Frames that are well formed and cannot be understood: of a later version, or written by a program with a mistake in it.
// They do no harm, so they end no session; whoever sent one is told.
extension HubCore {
    mutating func handleNotUnderstood(_ peer: PeerID, _ side: HubSide, _ header: FrameHeader, _ reason: String) {
        if header.opcode != nil { complain("a peer sent a frame that makes no sense: \(reason)", about: peer) }
        switch side {
        case .front:
            let reply: ClientReply
            if header.opcode != .submit {
                reply = .error(message: reason)
            } else if header.epoch == epoch, clients[peer]?.session == header.session {
                reply = .refused(SubmitRefusal(code: .bad, message: reason))
            } else {
                reply = .resync
            }
            effects.append(.sendToClient(peer, answer(reply, to: header)))
        case .back:
            effects.append(.sendToWorker(peer, answer(.error(message: reason), to: header)))
        }
    }

    private func answer<Reply>(_ reply: Reply, to header: FrameHeader) -> Packet<Reply> {
        Packet(reply, correlation: header.correlation, session: header.session, epoch: epoch)
    }

    /// Tells people what a peer sends; once a minute of each, however much of it comes.
    mutating func complain(_ message: String, about peer: PeerID) {
        if let last = complaints[peer], now.uptime - last < 60_000 { return }
        if complaints.count >= 4096 { complaints = complaints.filter { now.uptime - $0.value < 60_000 } }
        // So many at once are an attack, of which people know by now.
        guard complaints.count < 4096 else { return }
        complaints[peer] = now.uptime
        effects.append(.notice(.peerProblem(message)))
    }
}
