// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHubProtocol

/// What peers are told at the end of a turn, in one frame for each of them.
struct AnswerBatch {
    /// As many as fit into a control frame.
    static let mostInAFrame = 2000

    private(set) var receipts: [(peer: PeerID, list: [SubmitReceipt])] = []
    private(set) var verdicts: [(worker: PeerIdentity, list: [LeaseVerdict])] = []

    var isEmpty: Bool { receipts.isEmpty && verdicts.isEmpty }

    mutating func add(_ receipt: SubmitReceipt, for peer: PeerID) {
        // Few peers take part in a turn, and mostly the same one again.
        if let index = receipts.lastIndex(where: { $0.peer == peer }) {
            receipts[index].list.append(receipt)
        } else {
            receipts.append((peer, [receipt]))
        }
    }

    mutating func add(_ verdict: LeaseVerdict, for worker: PeerIdentity) {
        if let index = verdicts.lastIndex(where: { $0.worker == worker }) {
            verdicts[index].list.append(verdict)
        } else {
            verdicts.append((worker, [verdict]))
        }
    }
}
