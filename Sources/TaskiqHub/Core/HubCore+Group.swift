// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqHubProtocol

/// Changes on their way to the disk, and what is to be done when they are there.
struct PendingGroup: Sendable {
    enum Consequence: Sendable {
        case effect(HubEffect)
        /// A result is stored: whoever waits by then is told.
        case result(taskID: String, body: [UInt8])
        /// A task ended without a result.
        case ended(taskID: String)
        /// A submission is stored.
        case accepted(PeerID, SubmitReceipt)
        /// The end of a delivery is stored.
        case judged(PeerIdentity, LeaseVerdict)
        /// A worker was greeted: what it may not have heard is said again.
        case orders(PeerIdentity)
    }

    var number: Int64 = 0
    /// What `storedBelow` is when it is on disk.
    var storedBelow: Int64 = .min
    var operations: [StoreOperation] = []
    var consequences: [Consequence] = []

    var isEmpty: Bool { operations.isEmpty }
}

extension HubCore {
    mutating func store(_ operation: StoreOperation) {
        open.operations.append(operation)
        switch operation {
        case .insert, .retain, .complete, .bury, .quarantine: rowsToForget += 1
        default: break
        }
    }

    /// Does something once everything that was stored so far is on disk.
    mutating func afterCommit(_ effect: HubEffect) {
        afterCommit(.effect(effect))
    }

    mutating func afterCommit(_ consequence: PendingGroup.Consequence) {
        if !open.isEmpty {
            open.consequences.append(consequence)
        } else if inFlight != nil {
            inFlight?.consequences.append(consequence)
        } else {
            carryOut(consequence)
        }
    }

    /// Sends the open group on its way unless another one is.
    mutating func flushGroup() {
        guard inFlight == nil, !open.isEmpty else { return }
        groupCount += 1
        open.number = groupCount
        open.storedBelow = nextSequence
        effects.append(.commit(StoreGroup(number: open.number, operations: open.operations)))
        open.operations = []
        inFlight = open
        open = PendingGroup()
    }

    mutating func handleCommitted(_ number: Int64) {
        guard let group = inFlight, group.number == number else { return }
        inFlight = nil
        storedBelow = max(storedBelow, group.storedBelow)
        for consequence in group.consequences { carryOut(consequence) }
    }

    private mutating func carryOut(_ consequence: PendingGroup.Consequence) {
        switch consequence {
        case .effect(let effect): effects.append(effect)
        case .result(let taskID, let body):
            guard !waiters.isEmpty, let peers = waiters[TaskKey(taskID)] else { break }
            for peer in bySession(peers) { send(result: body, of: taskID, to: peer) }
        case .orders(let identity): repeatOrders(to: identity)
        case .ended(let taskID):
            guard !waiters.isEmpty, let peers = waiters[TaskKey(taskID)] else { break }
            for peer in bySession(peers) {
                reply(.result(taskID: taskID, status: .unknown, body: []), to: peer)
            }
        case .accepted(let peer, let receipt): answers.add(receipt, for: peer)
        case .judged(let worker, let verdict): answers.add(verdict, for: worker)
        }
    }

    /// Says in one frame for each peer what it waits to hear of its submissions and deliveries.
    mutating func sendAnswers() {
        guard !answers.isEmpty else { return }
        for (peer, receipts) in answers.receipts {
            for chunk in receipts.chunks(of: AnswerBatch.mostInAFrame) { reply(.submitted(chunk), to: peer) }
        }
        for (worker, verdicts) in answers.verdicts {
            for chunk in verdicts.chunks(of: AnswerBatch.mostInAFrame) { reply(.completed(chunk), to: worker) }
        }
        answers = AnswerBatch()
    }

    /// Clients in the order in which they came: never by chance, so that a simulation can be replayed.
    private func bySession(_ peers: [PeerID]) -> [PeerID] {
        guard peers.count > 1 else { return peers }
        return peers.map { ($0, clients[$0]?.session ?? 0) }.sorted { $0.1 < $1.1 }.map(\.0)
    }
}
