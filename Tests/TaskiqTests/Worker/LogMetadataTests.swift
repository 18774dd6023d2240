// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import Testing

@testable import Taskiq

@Suite("Log metadata")
struct LogMetadataTests {
    @Test("whatever a task logs, by any logger, carries the task's id and name")
    func metadata() async throws {
        let journal = Journal()
        let broker = Broker(transport: RecordingTransport(), resultBackend: RecordingBackend())
        broker.task("add") { () in
            journal.note("\(Logger.MetadataProvider.taskiq.get().sorted { $0.key < $1.key }.map { "\($0)=\($1)" })")
        }
        try await broker.receive(TaskiqMessage(taskID: "i", taskName: "add"))
        #expect(journal.entries == [#"["taskiq.task.id=i", "taskiq.task.name=add"]"#])
        #expect(Logger.MetadataProvider.taskiq.get().isEmpty)
    }
}
