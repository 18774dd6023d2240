// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// How a task, or a hook on its behalf, leaves by another door than returning or failing.
enum TaskControl: Error {
    case requeue(TaskiqMessage, after: Duration)
    case reject(String)
    case noResult

    /// What an error asks for; nil for one that is simply an error.
    init?(_ error: any Error) {
        if let control = error as? TaskControl {
            self = control
        } else if let error = error as? TaskiqError, error.code == .noResult {
            self = .noResult
        } else {
            return nil
        }
    }
}

extension TaskControl: CustomStringConvertible {
    /// What hooks that log errors show.
    var description: String {
        switch self {
        case .requeue(_, let delay): delay > .zero ? "to be run again after \(delay)" : "to be run again"
        case .reject(let reason): "rejected: \(reason)"
        case .noResult: "no result"
        }
    }
}
