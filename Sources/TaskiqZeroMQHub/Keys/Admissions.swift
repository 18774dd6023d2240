// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHub
import TaskiqHubProtocol
import TaskiqZeroMQ

/// What the hub's thread checks of each message when its peers have keys.
///
/// libzmq asks for a key when a connection is made, and never again. So each message is looked at: its sender's key is
/// still in the list, and is the one that greeted from there. A peer chooses the name of its own connection, and could
/// take one that somebody else had; and it could greet with the identity of another.
final class Admissions {
    /// What becomes of a message of a client.
    enum Verdict: Equatable {
        /// It is the hub's.
        case pass
        /// Nobody looks at it.
        case drop
        /// The sender must greet first.
        case resync
        /// The sender is told why not.
        case answer(ClientReply)
    }

    private struct Session {
        let user: Int
        let side: HubSide
        let identity: PeerIdentity
        var heardAt: Int64
    }

    /// Peers say each second that they are there; after this long the hub has forgotten them too.
    private static let forgetAfter: Int64 = 120_000

    private var holders: [KeyRing.Holder?] = []
    private var sessions: [PeerID: Session] = [:]
    private var users: [PeerIdentity: Int] = [:]
    private var nextSweep: Int64 = 0

    /// Takes the list over.
    ///
    /// - Parameter holders: what each number stands for.
    /// - Returns: what the hub has to hear: that those whose keys are gone cannot be reached any more.
    func adopt(_ holders: [KeyRing.Holder?]) -> [HubEvent] {
        self.holders = holders
        let ended = sessions.filter { !mayUse($0.value.side, $0.value.user) }
        for peer in ended.keys { forget(peer) }
        return ended.map { .unreachable($0.key, $0.value.side) }
    }

    /// Whether a sender may use a side at all.
    func mayUse(_ side: HubSide, _ user: Int?) -> Bool {
        holder(user)?.mayUse(side) ?? false
    }

    func verdict(
        on packet: Packet<ClientCommand>,
        from peer: PeerID,
        user: Int?,
        at now: Int64
    ) -> Verdict {
        guard let user, let holder = holder(user), holder.mayUse(.front) else { return .drop }
        if case .hello(let hello) = packet.content { return greet(hello.identity, peer, user, .front, at: now) }
        guard isTheirs(peer, user, .front, at: now) else { return .resync }
        switch packet.content {
        case .bye:
            forget(peer)
            return .pass
        case .hello, .heartbeat: return .pass
        case .call(let call) where !Self.mayCall(call, holder.role): return .answer(Self.forbidden(call, holder))
        case _ where holder.role.isClient: return .pass
        case .submit:
            let message = "its key is a worker's, and may not send: give it the role both in the hub's authorized_keys"
            return .answer(.refused(SubmitRefusal(code: .bad, message: message)))
        default:
            return .answer(.error(message: "this key is a worker's, and may not ask for results"))
        }
    }

    private static func mayCall(_ call: OperationCall, _ role: KeyRole) -> Bool {
        switch role {
        case .admin: true
        case .client, .both: HubOperation.forClients.contains(HubOperation(rawValue: call.operation))
        case .worker: false
        }
    }

    private static func forbidden(_ call: OperationCall, _ holder: KeyRing.Holder) -> ClientReply {
        let isForClients = HubOperation.forClients.contains(HubOperation(rawValue: call.operation))
        let message =
            "the key \(holder.name) has the role \(holder.role.rawValue), and \(call.operation) needs the role "
            + "\(isForClients ? "client" : "admin"): it is given in the hub's authorized_keys"
        return .called(OperationReply(.forbidden, message))
    }

    func verdict(
        on packet: Packet<WorkerCommand>,
        from peer: PeerID,
        user: Int?,
        at now: Int64
    ) -> Verdict {
        guard let user, mayUse(.back, user) else { return .drop }
        if case .hello(let hello) = packet.content { return greet(hello.identity, peer, user, .back, at: now) }
        guard isTheirs(peer, user, .back, at: now) else { return .resync }
        if case .bye = packet.content { forget(peer) }
        return .pass
    }

    /// Forgets a connection that is gone.
    func forget(_ peer: PeerID) {
        guard let session = sessions.removeValue(forKey: peer) else { return }
        // The same program may have greeted from a new connection already.
        if !sessions.values.contains(where: { $0.identity == session.identity }) { users[session.identity] = nil }
    }

    private func holder(_ user: Int?) -> KeyRing.Holder? {
        guard let user, holders.indices.contains(user) else { return nil }
        return holders[user]
    }

    private func greet(
        _ identity: PeerIdentity,
        _ peer: PeerID,
        _ user: Int,
        _ side: HubSide,
        at now: Int64
    ) -> Verdict {
        sweep(at: now)
        if let owner = users[identity], owner != user { return .drop }
        if let session = sessions[peer], session.user != user { return .drop }
        users[identity] = user
        sessions[peer] = Session(user: user, side: side, identity: identity, heardAt: now)
        return .pass
    }

    private func isTheirs(_ peer: PeerID, _ user: Int, _ side: HubSide, at now: Int64) -> Bool {
        guard let session = sessions[peer], session.user == user, session.side == side else { return false }
        if session.heardAt != now { sessions[peer]?.heardAt = now }
        return true
    }

    private func sweep(at now: Int64) {
        guard now >= nextSweep else { return }
        nextSweep = now + Self.forgetAfter / 2
        for (peer, session) in sessions where now - session.heardAt > Self.forgetAfter { forget(peer) }
    }
}
