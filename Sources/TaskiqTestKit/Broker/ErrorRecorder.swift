// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import Taskiq

/// Keeps the errors of tasks as they were thrown, before they become what can travel.
final class ErrorRecorder: TaskiqMiddleware {
    private let errors = Mutex<[TaskID: any Error]>([:])

    func onError(
        _ error: any Error,
        message: TaskiqMessage,
        result: inout StoredResult,
        context: Context
    ) async throws {
        errors.withLock { $0[message.taskID] = error }
    }

    func take(_ taskID: TaskID) -> (any Error)? {
        errors.withLock { $0.removeValue(forKey: taskID) }
    }
}
