// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHubProtocol

extension HubCore {
    mutating func handle(_ packet: Packet<ClientCommand>, fromClient peer: PeerID) {
        if case .hello(let hello) = packet.content {
            greet(hello, peer, correlation: packet.correlation)
            return
        }
        guard packet.epoch == epoch, clients[peer]?.session == packet.session else {
            effects.append(.sendToClient(peer, Packet(.resync, correlation: packet.correlation, epoch: epoch)))
            return
        }
        clients[peer]?.lastHeard = now.uptime
        heard(peer)
        switch packet.content {
        case .hello: break
        case .submit(let submission): submit(submission, peer, correlation: packet.correlation)
        case .answered(let limit): forgetKeys(ofSubmissionsBelow: limit, peer)
        case .resultWait(let taskIDs): wait(for: taskIDs, peer, correlation: packet.correlation)
        case .resultCancel(let taskIDs): for taskID in taskIDs { forgetWait(TaskKey(taskID), peer) }
        case .received(let bytes):
            clients.update(peer) { $0.noteRead(bytes) }
            sendOwed(to: peer)
        case .standing(let taskID): tellStanding(of: taskID, peer, correlation: packet.correlation)
        case .resultDrop(let taskIDs): drop(resultsOf: taskIDs)
        case .call(let call): perform(call, for: peer, correlation: packet.correlation)
        case .heartbeat: reply(.heartbeat, to: peer, correlation: packet.correlation)
        case .bye:
            reply(.byeOK, to: peer, correlation: packet.correlation)
            forgetClient(peer)
        }
    }

    private mutating func greet(_ hello: ClientHello, _ peer: PeerID, correlation: UInt64) {
        guard
            (hello.protocolMinimum...max(hello.protocolMinimum, hello.protocolMaximum))
                .contains(ProtocolLimits.version)
        else {
            let message = versionMessage("client \(hello.application)", hello.protocolMinimum, hello.protocolMaximum)
            effects.append(.sendToClient(peer, Packet(.reject(message: message), correlation: correlation)))
            effects.append(.notice(.peerProblem(message)))
            return
        }
        // The same client on a new connection: what it waited for, it asks for again.
        for (old, client) in clients.pairs where client.identity == hello.identity || old == peer { forgetClient(old) }
        guard hasRoomForSession else {
            effects.append(.sendToClient(peer, Packet(.error(message: tooManySessions()), correlation: correlation)))
            return
        }
        clients[peer] = ClientSession(identity: hello.identity, session: newSession(), lastHeard: now.uptime)
        let welcome = ClientWelcome(
            maximumBody: configuration.maximumBody,
            workersEndpoint: configuration.workersEndpoint
        )
        reply(.welcome(welcome), to: peer, correlation: correlation)
    }

    /// Whether one more peer may have a session; one without goes on asking for one.
    var hasRoomForSession: Bool { clients.count + workers.count < configuration.maximumSessions }

    /// What a peer is told that finds no room, and people too, once in a while.
    mutating func tooManySessions() -> String {
        let message = "the hub has \(configuration.maximumSessions) sessions, its limit"
        if now.uptime >= nextCrowdNotice {
            nextCrowdNotice = now.uptime + 60_000
            effects.append(.notice(.peerProblem(message)))
        }
        return message
    }

    mutating func newSession() -> UInt64 {
        defer { nextSession += 1 }
        return nextSession
    }

    func versionMessage(_ who: String, _ minimum: UInt16, _ maximum: UInt16) -> String {
        "\(who) speaks versions \(minimum) to \(maximum) of the protocol, this hub speaks \(ProtocolLimits.version): "
            + "bring both to the same release"
    }

    mutating func reply(_ reply: ClientReply, to peer: PeerID, correlation: UInt64 = 0) {
        guard let session = clients[peer]?.session else { return }
        let packet = Packet(reply, correlation: correlation, session: session, epoch: epoch)
        effects.append(.sendToClient(peer, packet))
    }

    mutating func forgetClient(_ peer: PeerID) {
        strikes[peer] = nil
        operations.subscriptions[peer] = nil
        guard let client = clients.removeValue(forKey: peer) else { return }
        for task in client.waits { removeWaiter(peer, of: task) }
    }

    // MARK: Submitting

    private mutating func submit(_ submission: Submission, _ peer: PeerID, correlation: UInt64) {
        clients[peer]?.expectAnswer(to: correlation, submission.key)
        let hash = SubmissionKeys.hash(submission.body)
        if let known = keys[submission.key] {
            guard known.bodyHash == hash else {
                let message = "this submission's key was used for another message"
                reply(.refused(SubmitRefusal(code: .keyReuse, message: message)), to: peer, correlation: correlation)
                return
            }
            accept(known.sequence, isDuplicate: true, peer, correlation)
            if submission.wantsResult { wait(for: [submission.taskID], peer, correlation: 0) }
            return
        }
        if let refusal = refusal(of: submission) {
            reply(.refused(refusal), to: peer, correlation: correlation)
            return
        }
        let until = now.wall.adding(configuration.keyLifetime)
        let key = SubmissionKey(key: submission.key, bodyHash: hash, until: until)
        var message = StoredMessage(
            sequence: takeSequence(),
            queue: submission.queue,
            taskName: submission.taskName,
            taskID: submission.taskID,
            priority: submission.priority,
            enqueuedAt: now.wall,
            body: submission.body
        )
        message.dueAt = submission.delay > 0 ? now.wall.adding(.milliseconds(submission.delay)) : nil
        message.expiresAt = submission.expires > 0 ? now.wall.adding(.milliseconds(submission.expires)) : nil
        message.uniqueKey = submission.uniqueKey
        message.isFenced = submission.isFenced
        message.scheduleID = submission.scheduleID
        message.scheduledAt = submission.scheduledAt
        message.key = key
        let lifetime = now.uptime.adding(configuration.keyLifetime)
        keys.insert(key, sequence: message.sequence, until: lifetime)
        insert(message)
        // With too many waits it has to ask, and is told.
        if submission.wantsResult { _ = addWaiter(peer, of: TaskKey(submission.taskID)) }
        accept(message.sequence, isDuplicate: false, peer, correlation)
    }

    private func refusal(of submission: Submission) -> SubmitRefusal? {
        if isDraining {
            return SubmitRefusal(code: .draining, message: "the hub is stopping", retryAfter: 1000)
        }
        if isDiskLow {
            return SubmitRefusal(
                code: .disk,
                message: "the hub's disk is nearly full, so no new messages are taken: free some space",
                retryAfter: 5000
            )
        }
        if submission.body.count > configuration.maximumBody {
            return SubmitRefusal(
                code: .tooLarge,
                message: "the message has \(submission.body.count) bytes, \(configuration.maximumBody) are allowed: "
                    + "send a reference to the data in its place"
            )
        }
        if messages.count >= configuration.maximumMessages {
            return SubmitRefusal(
                code: .full,
                message: "the hub holds \(messages.count) messages, its limit: start workers, or send less",
                retryAfter: 1000
            )
        }
        if bodyBytes + submission.body.count > configuration.maximumMessageBytes {
            return SubmitRefusal(
                code: .full,
                message: "the messages that wait have \(bodyBytes) bytes, \(configuration.maximumMessageBytes) are "
                    + "allowed: start workers, or send references to the data",
                retryAfter: 1000
            )
        }
        if let key = submission.uniqueKey, let holder = uniqueKeys[key], let taskID = messages[holder]?.taskID {
            return SubmitRefusal(
                code: .notUnique,
                message: "task \(taskID) with the same unique key \"\(key)\" waits or runs"
            )
        }
        return nil
    }

    /// Answers when everything stored so far is on disk.
    private mutating func accept(_ sequence: Int64, isDuplicate: Bool, _ peer: PeerID, _ correlation: UInt64) {
        let receipt = SubmitReceipt(correlation: correlation, sequence: sequence, isDuplicate: isDuplicate)
        afterCommit(.accepted(peer, receipt))
    }

    /// A client has the answers to its submissions: it does not say them again.
    private mutating func forgetKeys(ofSubmissionsBelow limit: UInt64, _ peer: PeerID) {
        while let key = clients[peer]?.nextAnswered(below: limit) { keys.forget(key) }
    }

    // MARK: Results

    private mutating func wait(for taskIDs: [String], _ peer: PeerID, correlation: UInt64) {
        var unknown: [String] = []
        for taskID in taskIDs {
            let task = TaskKey(taskID)
            guard addWaiter(peer, of: task) else { return tellTooManyWaits(to: peer, correlation: correlation) }
            if let sequence = sequenceOfTask[task], !(messages[sequence].map(hasResult) ?? false) {
                reply(standing(of: sequence, taskID), to: peer, correlation: correlation)
            } else if clients.update(peer, { $0.isBehind }) == true {
                // Not worth reading before it has read others.
                clients.update(peer) { $0.owe(taskID) }
            } else {
                unknown.append(taskID)
            }
        }
        // Read after what is being stored now, so that a result that is on its way is found; not too many at a time, as
        // all of their bodies are in memory then.
        for some in unknown.chunks(of: Self.resultsReadAtOnce) {
            afterCommit(.readResults(peer, correlation: correlation, taskIDs: some))
        }
    }

    private static let resultsReadAtOnce = 32

    /// What a client is told of a task that has no result yet.
    private func standing(of sequence: Int64, _ taskID: String) -> ClientReply {
        guard let entry = messages[sequence], isUnroutable(entry) else {
            return .result(taskID: taskID, status: .pending, body: [])
        }
        return .result(taskID: taskID, status: .unroutable, body: Array(routes[entry.route].taskName.utf8))
    }

    mutating func handleResults(
        _ peer: PeerID,
        _ correlation: UInt64,
        _ asked: [String],
        _ found: [String: StoredBody]
    ) {
        for taskID in asked {
            if let stored = found[taskID] {
                send(result: body(of: stored, taskID), of: taskID, to: peer, correlation: correlation)
            } else {
                let status: ResultStatus = sequenceOfTask[TaskKey(taskID)] != nil ? .pending : .unknown
                reply(.result(taskID: taskID, status: status, body: []), to: peer, correlation: correlation)
            }
        }
        sendOwed(to: peer)
    }

    /// Looks up the next results that a client is owed; what is sent of them leads on to the next.
    private mutating func sendOwed(to peer: PeerID) {
        let owed = clients.update(peer) { $0.takeOwed() } ?? []
        wait(for: owed, peer, correlation: 0)
    }

    /// Sends a result, or remembers that it is owed to a client that does not read fast enough: what waits for such a
    /// one is in memory, and there is a store for it.
    mutating func send(result body: [UInt8], of taskID: String, to peer: PeerID, correlation: UInt64 = 0) {
        let mustWait = clients.update(peer) { $0.mustWait(for: taskID, size: body.count) } ?? true
        guard !mustWait else { return }
        forgetWait(TaskKey(taskID), peer)
        reply(.result(taskID: taskID, status: .ready, body: body), to: peer, correlation: correlation)
    }

    // MARK: Waits

    /// Notes who waits; false if there are too many.
    private mutating func addWaiter(_ peer: PeerID, of task: TaskKey) -> Bool {
        guard let isNew = clients.update(peer, { $0.waits.insert(task).inserted }), isNew else { return true }
        guard waitCount < configuration.maximumWaits else {
            clients[peer]?.waits.remove(task)
            return false
        }
        waitCount += 1
        waiters[task, default: []].append(peer)
        return true
    }

    private mutating func tellTooManyWaits(to peer: PeerID, correlation: UInt64) {
        let message = "\(waitCount) results are waited for at this hub, its limit: wait for fewer at a time"
        reply(.error(message: message), to: peer, correlation: correlation)
        guard now.uptime >= nextCrowdNotice else { return }
        nextCrowdNotice = now.uptime + 60_000
        effects.append(.notice(.peerProblem(message)))
    }

    private mutating func forgetWait(_ task: TaskKey, _ peer: PeerID) {
        if clients.update(peer, { $0.forgetWait(for: task) }) == true { removeWaiter(peer, of: task) }
    }

    private mutating func removeWaiter(_ peer: PeerID, of task: TaskKey) {
        guard var peers = waiters.removeValue(forKey: task) else { return }
        if let place = peers.firstIndex(of: peer) {
            peers.remove(at: place)
            waitCount -= 1
        }
        if !peers.isEmpty { waiters[task] = peers }
    }
}
