// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension BrokerMessage {
    /// Checks the names that every engine can carry: of the queue, the task and the message, each 1 to 255 bytes without
    /// control characters.
    ///
    /// - Throws: `TaskiqError` with code `invalidArguments`.
    package func validateNames() throws(TaskiqError) {
        for (kind, name) in [("queue", queue), ("task name", taskName.rawValue), ("task id", taskID.rawValue)] {
            let bytes = name.utf8
            guard (1...255).contains(bytes.count), bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw TaskiqError(
                    .invalidArguments,
                    "the \(kind) must have 1 to 255 bytes and no control characters, found \"\(name.prefix(60))\""
                )
            }
        }
    }
}
