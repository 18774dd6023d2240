// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Logging

extension Logger.MetadataProvider {
    /// Puts `taskiq.task.id` and `taskiq.task.name` on whatever is logged while a task runs, by any logger.
    ///
    /// Give it to `LoggingSystem.bootstrap(_:metadataProvider:)`.
    public static var taskiq: Logger.MetadataProvider {
        Logger.MetadataProvider {
            guard let message = Context.current?.message else { return [:] }
            return ["taskiq.task.id": "\(message.taskID)", "taskiq.task.name": "\(message.taskName)"]
        }
    }
}
