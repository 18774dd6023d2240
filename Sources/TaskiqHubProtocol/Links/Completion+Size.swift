// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

extension Completion {
    /// The completion, or one that says that its body is too large to be sent.
    ///
    /// - Parameter limit: the largest body that the hub takes, in bytes.
    /// - Returns: a completion that the hub takes.
    func fitting(_ limit: Int) -> Completion {
        guard body.count > limit else { return self }
        let size = "has \(body.count) bytes, the hub takes \(limit): put the data elsewhere and send a reference to it"
        var fitting = self
        switch outcome {
        case .ok, .error:
            let failure = TaskFailure(type: "ResultTooLargeError", module: "Taskiq", message: "the result \(size)")
            fitting.outcome = .error
            fitting.body = StoredResult(error: failure, executionTime: .microseconds(executionTime)).json()
        case .requeue:
            fitting.outcome = .reject
            fitting.reason = "the message to be put back \(size)"
            fitting.body = []
        case .reject, .noResult, .release:
            fitting.body = []
        }
        return fitting
    }
}
