// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHub
import TaskiqHubProtocol

// The rules that must hold whatever happens.
extension HubSimulation {
    /// What the hub says to a client must be on disk.
    mutating func check(_ packet: Packet<ClientReply>) throws {
        switch packet.content {
        case .submitted(let receipts):
            for receipt in receipts {
                if receipt.isDuplicate { sights.insert(.repeatedSubmission) }
                guard store.live[receipt.sequence] != nil || store.ended.contains(receipt.sequence) else {
                    throw BrokenRule("\(receipt.sequence) was accepted before it was stored")
                }
            }
        case .result(let taskID, .ready, let body):
            guard store.results[taskID] == body else {
                throw BrokenRule("a result of \(taskID) was told that is not stored")
            }
        case .standing(let standing) where standing.status == .ready:
            guard store.results[standing.taskID] != nil else {
                throw BrokenRule("\(standing.taskID) was said to have a result, and has none")
            }
        case .standing(let standing) where standing.status == .unknown:
            guard accepted[standing.taskID] == nil || store.results[standing.taskID] == nil else {
                throw BrokenRule("\(standing.taskID) has a result, and was said to be unknown")
            }
        default: break
        }
    }

    /// What the hub says to a worker must be on disk.
    mutating func check(_ packet: Packet<WorkerReply>) throws {
        switch packet.content {
        case .task(let delivery):
            let lease = delivery.lease
            guard store.ended.contains(lease.sequence) || store.live[lease.sequence]?.attempt ?? 0 >= lease.attempt
            else { throw BrokenRule("\(lease) was sent before it was stored") }
            if store.live[lease.sequence]?.unacknowledgedAttempt ?? 0 > 0, !delivery.isRedelivered {
                throw BrokenRule("\(lease) comes after a run and does not say so")
            }
        case .welcome(let welcome):
            for verdict in welcome.verdicts { see(verdict.verdict, .adopted) }
        case .resync: sights.insert(.resync)
        case .completed(let verdicts):
            for verdict in verdicts { see(verdict.verdict, nil) }
            for verdict in verdicts where verdict.verdict == .recorded {
                guard
                    store.ended.contains(verdict.lease.sequence) || store.released.contains(verdict.lease)
                        || store.retained.contains(verdict.lease)
                else {
                    throw BrokenRule("the end of \(verdict.lease) was confirmed before it was stored")
                }
            }
        case .acknowledged(let verdict) where verdict.verdict == .recorded:
            let message = store.live[verdict.lease.sequence]
            // One whose task has ended is over with its acknowledgement.
            guard message.map({ $0.isAcknowledged && $0.unacknowledgedAttempt < $0.attempt }) ?? true else {
                throw BrokenRule("the acknowledgement of \(verdict.lease) was confirmed before it was stored")
            }
        default: break
        }
    }

    private mutating func see(_ verdict: LeaseVerdict.Verdict, _ kept: Sight?) {
        switch verdict {
        case .keep: if let kept { sights.insert(kept) }
        case .stale: sights.insert(.stale)
        case .already: sights.insert(.already)
        case .recorded: break
        }
    }

    func checkEnd() throws {
        guard let hub, hub.messageCount == 0 else {
            throw BrokenRule("after a long calm something is left to do: \(hub?.messagesInWords ?? [])")
        }
        guard store.live.isEmpty else { throw BrokenRule("the store holds what the hub has forgotten") }
        for client in clients where !client.pending.isEmpty {
            throw BrokenRule("after a long calm a client has no answer: \(client.pending.map(\.value.taskID))")
        }
        for task in tasks {
            if accepted[task.taskID] == nil, !abandoned.contains(task.taskID) {
                throw BrokenRule("\(task) was neither accepted nor given up")
            }
            try checkEnd(of: task)
        }
        for client in clients where !client.questions.isEmpty {
            throw BrokenRule("after a long calm a question has no answer: \(client.questions.sorted())")
        }
        for client in clients {
            for taskID in client.waits where store.results[taskID] != nil {
                throw BrokenRule("somebody waits for the result of \(taskID), which is stored")
            }
        }
        try checkSlots()
        for worker in workers where worker.isAlive && !worker.acknowledgingLate.isEmpty {
            throw BrokenRule("a late acknowledgement was never answered")
        }
        for worker in workers where worker.isAlive && worker.running.isEmpty && worker.waiting.isEmpty {
            guard worker.acknowledging.isEmpty else { throw BrokenRule("an acknowledgement was never answered") }
        }
    }

    private func checkEnd(of task: SimulatedTask) throws {
        let sequences = store.sequences[task.taskID] ?? []
        guard let first = sequences.first else {
            if accepted[task.taskID] != nil { throw BrokenRule("\(task) was accepted and is lost") }
            return
        }
        if let known = accepted[task.taskID], known != first { throw BrokenRule("\(task) is not number \(known)") }
        let result = store.results[task.taskID]
        if let reason = store.buried[task.taskID] {
            let isFair =
                switch task.kind {
                case _ where reason.hasPrefix("expired"): store.expiring.contains(task.taskID)
                case .rejects: true
                case .acknowledgesFirst where reason.contains("acknowledged"): true
                default: reason.hasPrefix("poison") && !misfortune.keepsWorkers
                }
            guard isFair else { throw BrokenRule("\(task) was buried: \(reason)") }
            // Over all the messages that took each other's place. Three, or twice as many for one that is put back in
            // between; and some more, because one that ends its worker before the hub has heard of it may hide behind what
            // the worker held ready beside it.
            let count = sequences.reduce(0) { $0 + (starts[$1] ?? 0) }
            if task.kind.isPoison, misfortune.keepsHub, count > (task.kind == .kills ? 10 : 20) {
                throw BrokenRule("\(task) was poison and began \(count) times")
            }
            let counted = count - sequences.reduce(0) { $0 + (staleStarts[$1] ?? 0) }
            if task.kind == .kills, reason.hasPrefix("poison"), misfortune.keepsHub, boards != nil, counted != 3 {
                throw BrokenRule("\(task) was poison and began \(counted) times, not three")
            }
            if result == nil { throw BrokenRule("\(task) was buried without a result") }
        } else {
            if task.kind.isPoison || task.kind == .rejects { throw BrokenRule("\(task) ended well") }
            if result == nil, task.kind != .silent { throw BrokenRule("\(task) has no result") }
        }
        for sequence in sequences where store.buried[task.taskID] == nil && starts[sequence] == nil {
            throw BrokenRule("\(task) ended and was never begun")
        }
    }

    private func checkSlots() throws {
        for schedule in Self.schedules {
            let slots = store.slots(of: schedule)
            for (slot, next) in zip(slots, slots.dropFirst()) {
                let distance = next.slot.instant.millisecondsSinceEpoch - slot.slot.instant.millisecondsSinceEpoch
                guard distance == Self.period else { throw BrokenRule("\(schedule) has no row after \(slot.slot)") }
            }
            for slot in slots {
                guard let sequence = slot.sequence else { continue }
                guard store.ended.contains(sequence) else { throw BrokenRule("\(slot.slot) has a row and no message") }
            }
        }
    }
}
