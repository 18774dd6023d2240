// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron
import TaskiqHubProtocol

// What tasks say while they run, and what clients may ask without fetching a result.
extension HubCore {
    /// How long what is stored now is kept.
    var resultExpiry: Timestamp { configuration.resultLifetime.map { now.wall.adding($0) } ?? .latest }

    /// Keeps how far a task is; only from the worker that has it, so that a run that was given up says nothing more.
    mutating func take(_ report: ProgressReport, of taskID: String, from identity: PeerIdentity) {
        guard let sequence = sequenceOfTask[TaskKey(taskID)], messages[sequence]?.leaseHolder == identity else {
            return
        }
        progress.put(report, for: taskID, until: resultExpiry)
    }

    /// Says how a task stands, without looking into the store if that is not needed.
    mutating func tellStanding(of taskID: String, _ peer: PeerID, correlation: UInt64) {
        guard let sequence = sequenceOfTask[TaskKey(taskID)], let entry = messages[sequence], !hasResult(entry) else {
            // After what is being stored now, so that a result that is on its way is found.
            afterCommit(.findResult(peer, correlation: correlation, taskID: taskID))
            return
        }
        tell(isUnroutable(entry) ? .unroutable : .pending, of: taskID, peer, correlation)
    }

    mutating func handleFound(_ peer: PeerID, _ correlation: UInt64, _ taskID: String, isThere: Bool) {
        let status: ResultStatus = isThere ? .ready : sequenceOfTask[TaskKey(taskID)] != nil ? .pending : .unknown
        tell(status, of: taskID, peer, correlation)
    }

    private mutating func tell(_ status: ResultStatus, of taskID: String, _ peer: PeerID, _ correlation: UInt64) {
        let standing = TaskStanding(taskID: taskID, status: status, progress: progress[taskID])
        reply(.standing(standing), to: peer, correlation: correlation)
    }

    /// Whether a message waits and no worker that is connected knows its task.
    func isUnroutable(_ entry: MessageEntry) -> Bool {
        guard entry.leaseHolder == nil else { return false }
        let route = routes[entry.route]
        return !workers.values.contains { $0.serves(route) }
    }

    /// Forgets results that were read by the only one who wanted them.
    mutating func drop(resultsOf taskIDs: [String]) {
        for taskID in Set(taskIDs).sorted() {
            if let sequence = sequenceOfTask[TaskKey(taskID)], messages[sequence]?.hasDetails == true {
                messages[sequence]?.details.result = nil
            }
            progress.remove(taskID)
            store(.dropResults(taskID: taskID))
        }
    }
}
