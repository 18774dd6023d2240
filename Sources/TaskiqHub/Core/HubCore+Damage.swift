// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqHubProtocol

// What is done about rows of the store that are not what was stored.
extension HubCore {
    /// Puts a message aside that must not be delivered; whoever waits for its result gets an error, the others go on.
    mutating func quarantine(_ sequence: Int64, reason: String) {
        guard let entry = remove(sequence) else { return }
        let taskID = entry.taskID
        let body = Self.failure("MessageDamagedError", reason)
        let outcome = outcome(of: entry, isError: true, body: body)
        store(.quarantine(sequence: sequence, reason: reason, at: now.wall, result: outcome))
        if let outcome { afterCommit(.result(taskID: taskID, body: outcome.body)) }
        let taskName = routes[entry.route].taskName
        effects.append(.notice(.quarantined(taskID: taskID, taskName: taskName, reason: reason)))
        afterCommit(.effect(.notice(.runEnded(report(of: entry, executionTime: 0, isError: true, result: body)))))
    }

    /// Puts messages aside that the store found damaged by itself.
    ///
    /// One that runs, or whose body the hub still has, needs nothing more from the store than its end.
    mutating func quarantine(_ damaged: [ScrubReport.Damage]) {
        for damage in damaged {
            guard let entry = messages[damage.sequence], !entry.hasBody, entry.leaseHolder == nil else { continue }
            quarantine(damage.sequence, reason: damage.reason)
        }
    }

    /// What a client is sent for a stored result: an error in the place of one that cannot be trusted.
    mutating func body(of stored: StoredBody, _ taskID: String) -> [UInt8] {
        switch stored {
        case .intact(let body): return body
        case .damaged(let reason):
            effects.append(.notice(.damagedResult(taskID: taskID, reason: reason)))
            return Self.failure("ResultDamagedError", reason)
        }
    }

    private static func failure(_ type: String, _ reason: String) -> [UInt8] {
        let failure = TaskFailure(type: type, module: "Taskiq", message: reason)
        return StoredResult(error: failure, executionTime: .zero).json()
    }
}
