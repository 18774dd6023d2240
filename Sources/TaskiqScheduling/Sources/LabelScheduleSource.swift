// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
public import Taskiq

/// The schedules in the `schedule` labels of tasks, as Python's source of this name reads them.
///
/// - A schedule without `schedule_id` has an id made from its task's name, timing and arguments: the name, a colon and
///   eight hexadecimal digits. Changing one of them makes another schedule. Two entries of one task that agree in all of
///   them need ids of their own.
/// - A task that several programs announce with the same schedule is scheduled once, as the first program by name
///   announces it.
/// - The message has the entry's labels, with the task's labels laid over them.
/// - An entry that cannot be read is a problem of its own, and harms no other entry.
public final class LabelScheduleSource: ProblemReportingSource {
    /// The source's name, for people.
    public let name: String
    private let readCatalogues: @Sendable () async throws -> [TaskCatalogue]
    private let makeChanges: @Sendable () -> AsyncStream<Void>
    private let lastProblems = Mutex<[ScheduleProblem]>([])

    /// Makes a source of the tasks that are registered in this process.
    ///
    /// - Parameters:
    ///   - broker: the broker with the tasks; register them before the scheduler starts.
    ///   - application: what the program is called, for people.
    ///   - name: the source's name, for people.
    public convenience init(broker: Broker, application: String = "this program", name: String = "labels") {
        self.init(
            name: name,
            catalogues: { [broker.catalogue(application: application)] },
            changes: { AsyncStream { $0.finish() } }
        )
    }

    /// Makes a source of task catalogues that somebody keeps, such as a hub to which workers announce them.
    ///
    /// - Parameters:
    ///   - name: the source's name, for people.
    ///   - catalogues: reads the catalogues as they are now.
    ///   - changes: signals that they may have changed.
    public init(
        name: String = "labels",
        catalogues: @escaping @Sendable () async throws -> [TaskCatalogue],
        changes: @escaping @Sendable () -> AsyncStream<Void>
    ) {
        self.name = name
        readCatalogues = catalogues
        makeChanges = changes
    }

    /// What was wrong when the labels were last read.
    public var problems: [ScheduleProblem] { lastProblems.withLock { $0 } }

    /// The schedules of all tasks.
    public func schedules() async throws -> [ScheduledTask] {
        let reader = LabelScheduleReader(try await readCatalogues())
        lastProblems.withLock { $0 = reader.problems }
        return reader.tasks
    }

    /// Signals that the catalogues may have changed.
    public func changes() -> AsyncStream<Void> {
        makeChanges()
    }
}
