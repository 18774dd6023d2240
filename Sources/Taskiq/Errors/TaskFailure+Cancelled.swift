// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension TaskFailure {
    /// The type's name of the error that a cancelled task ends with.
    public static let cancelledType = "TaskCancelledError"

    /// The error that a task ends with when somebody cancels it, before it begins or while it runs.
    ///
    /// - Parameter reason: why, for people; empty when nobody said.
    /// - Returns: the error, of the type ``cancelledType``.
    package static func cancelled(_ reason: String) -> TaskFailure {
        let message = reason.isEmpty ? "the task was cancelled" : "the task was cancelled: \(reason)"
        return TaskFailure(type: cancelledType, module: "Taskiq", message: message)
    }

    /// Whether the task was cancelled by somebody, before it began or while it ran.
    public var isCancellation: Bool { type == Self.cancelledType && module == "Taskiq" }
}
