// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import HeapModule
import Taskiq
import TaskiqCron
import TaskiqHubProtocol

extension HubCore {
    /// Takes the time over.
    ///
    /// After a pause of its own (suspended, stopped, starved) the hub has heard of nobody, which is no news of anybody:
    /// every deadline moves by the length of the pause.
    mutating func advance(to time: HubTime) {
        let gap = time.uptime - now.uptime
        if gap > 2000 {
            for identity in workers.keys {
                workers[identity]?.lastHeard += gap
                if let gone = workers[identity]?.goneSince { workers[identity]?.goneSince = gone + gap }
            }
            for peer in clients.keys { clients[peer]?.lastHeard += gap }
            if let deadline = adoptionDeadline { adoptionDeadline = deadline.adding(.milliseconds(gap)) }
            postponeUnacknowledged(by: gap)
            keys.postpone(by: gap)
        }
        now = time
        wakeDelayed()
    }

    private mutating func wakeDelayed() {
        while let first = expiring.min, first.dueAt <= now.wall.millisecondsSinceEpoch {
            expiring.removeMin()
            // One that runs may end.
            guard let entry = messages[first.sequence], entry.leaseHolder == nil else { continue }
            bury(first.sequence, reason: Self.expired)
        }
        while let first = delayed.min, first.dueAt <= now.wall.millisecondsSinceEpoch {
            delayed.removeMin()
            if case .delayed? = messages[first.sequence]?.state { queue(first.sequence) }
        }
        wakePausing()
    }

    /// Lets those go whose pause is over.
    private mutating func wakePausing() {
        while let first = pausing.min, first.dueAt <= now.uptime {
            pausing.removeMin()
            let isOver = messages.update(first.sequence) { $0.endPause(first.dueAt) }
            if isOver == true { queue(first.sequence) }
        }
    }

    mutating func tick() {
        let isTimeToSpeak = now.uptime >= nextHeartbeat
        // Asked at every turn: nothing is sorted unless there is something to see.
        if isTimeToSpeak || workers.values.contains(where: { $0.goneSince != nil }) {
            loseSilent()
        }
        loseInherited()
        giveUpUnacknowledged()
        giveUpPings()
        if isTimeToSpeak {
            nextHeartbeat = now.uptime + ProtocolLimits.heartbeatInterval.inMilliseconds
            for worker in workers.values.sorted(by: { $0.session < $1.session }) {
                reply(.heartbeat, to: worker.identity)
            }
            // A client that is alive says so every second.
            for (peer, client) in clients.pairs where now.uptime - client.lastHeard >= 60_000 { forgetClient(peer) }
        }
        if now.uptime >= nextForget || rowsToForget >= 2500 { forget() }
    }

    /// Gives up the workers that cannot be reached any more, or say nothing.
    mutating func loseSilent() {
        for (identity, worker) in workers.pairs.sorted(by: { $0.value.session < $1.value.session }) {
            guard let reason = reasonToGiveUp(worker) else {
                // It came back: what was found out meanwhile is of the past.
                if !begunRuns.isEmpty { begunRuns[identity] = nil }
                continue
            }
            if hasLookedAt(identity) { lose(identity, reason: reason, begun: takeBegun(identity)) }
        }
    }

    private func reasonToGiveUp(_ worker: WorkerSession) -> String? {
        if let gone = worker.goneSince, now.uptime - gone >= configuration.goneGrace.inMilliseconds {
            return "its connection is gone"
        }
        if now.uptime - worker.lastHeard >= configuration.silence.inMilliseconds {
            return "nothing was heard of it for \(configuration.silence.formattedShortly)"
        }
        return nil
    }

    /// Forgets the deadlines of messages that are over: those that are far away would be remembered until then.
    private mutating func forgetDeadlines() {
        guard expiring.count + delayed.count + pausing.count > 4 * messages.count + 1000 else { return }
        let live = messages
        expiring = Heap(expiring.unordered.filter { live.contains($0.sequence) })
        delayed = Heap(delayed.unordered.filter { live.contains($0.sequence) })
        pausing = Heap(pausing.unordered.filter { live.contains($0.sequence) })
    }

    /// Has the store remove keys that nobody asks for any more.
    ///
    /// Only a bounded range at a time, so that no group waits for it; four times as fast as they can come.
    private mutating func forgetStoredKeys() {
        let limit = min(keys.firstSequence ?? nextSequence, keysForgottenBelow + 10_000)
        guard limit > keysForgottenBelow else { return }
        keysForgottenBelow = limit
        store(.forgetSubmissions(below: limit))
    }

    /// Forgets results and keys whose time is over.
    ///
    /// A store removes a few thousand rows at a time, so that no group waits for it; asked each time that about as many
    /// were added, it keeps up with any load.
    private mutating func forget() {
        nextForget = now.uptime + 60_000
        rowsToForget = 0
        keys.forget(expiredBefore: now.uptime)
        forgetStoredKeys()
        forgetDeadlines()
        // Some leave their notes behind: their hub died with them, or they were away at their end.
        if adoptionDeadline == nil { effects.append(.forgetAllBegun(except: Set(workers.keys))) }
        let live = sequenceOfTask
        progress.forget(expiredBefore: now.wall) { live[TaskKey($0)] != nil }
        store(.forget(expiredBefore: now.wall))
    }
}
