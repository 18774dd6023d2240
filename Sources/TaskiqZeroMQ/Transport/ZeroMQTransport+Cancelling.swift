// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq
import TaskiqHubProtocol

extension ZeroMQTransport: TaskCancelling {
    /// Has the hub end a task that waits, or ask the worker of one that runs to cancel it.
    ///
    /// The hub remembers it: a task whose worker is lost meanwhile does not run again.
    public func cancel(_ taskID: TaskID, reason: String) async throws -> TaskCancellation {
        var parameters = OperationParameters()
        parameters.taskIDs = [taskID.rawValue]
        parameters.reason = reason.isEmpty ? nil : reason
        do {
            let answer = try await HubClient(self).call(.cancelTask, parameters, timeout: sendTimeout)
            switch try answer.decode(OperationOutcome.self).outcome {
            case .cancelled: return .cancelled
            case .requested: return .requested
            default: return .ended
            }
        } catch let refusal as HubClient.Refusal {
            switch refusal.status {
            case .notFound: throw TaskiqError(.unknownTaskID, refusal.description)
            case .invalid: throw TaskiqError(.invalidArguments, refusal.description)
            default: throw TaskiqError(.conflict, refusal.description)
            }
        }
    }
}
