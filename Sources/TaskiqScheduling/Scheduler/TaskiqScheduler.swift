// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Logging
public import ServiceLifecycle
public import Taskiq
import TaskiqCron

/// Sends tasks when they are due.
///
/// It follows its sources, sleeps until the next slot of any of their schedules, and asks the ledger to decide the
/// slots that are due: to enqueue the task of each one, exactly once.
///
/// - A source that fails keeps its last schedules in force, and harms no other source.
/// - A ledger that refuses, or is away, is asked again after 0.1 to 5 seconds; meanwhile everything stays due.
/// - A clock that is set back fires nothing again; one that is set forward is treated like a downtime.
public final class TaskiqScheduler: Service {
    /// The sizes and times of a scheduler.
    public struct Configuration: Sendable {
        /// How many decisions are asked of the ledger at once, at least 1.
        public var decisionsPerRequest = 512
        /// How long a start waits for sources that have not been read yet, before it goes on with those that have.
        public var firstReadTimeout = Duration.seconds(5)

        /// How often to look whether the data of time zones were updated, at least 1 millisecond.
        public var zoneCheckInterval = Duration.seconds(60)

        /// The usual sizes and times.
        public init() {}
    }

    private let sources: [any ScheduleSource]
    private let ledger: any SlotLedger
    private let clock: any SchedulerClock
    private let formatter: any TaskiqFormatter
    private let configuration: Configuration
    private let observer: (any SchedulerObserver)?
    private let logger: Logger

    /// Makes a scheduler.
    ///
    /// - Parameters:
    ///   - sources: where schedules come from; of two schedules with one id that of the first source is taken. They
    ///     must heed cancellation, which is how they learn that the scheduler stops.
    ///   - ledger: where slots are decided.
    ///   - clock: the wall clock.
    ///   - formatter: turns messages into bytes.
    ///   - configuration: sizes and times.
    ///   - observer: who is told what happens.
    ///   - logger: what everything here logs to.
    public init(
        sources: [any ScheduleSource],
        ledger: any SlotLedger,
        clock: any SchedulerClock,
        formatter: any TaskiqFormatter = JSONFormatter(),
        configuration: Configuration = Configuration(),
        observer: (any SchedulerObserver)? = nil,
        logger: Logger = Logger(label: "taskiq.scheduler")
    ) {
        self.sources = sources
        self.ledger = ledger
        self.clock = clock
        self.formatter = formatter
        self.configuration = configuration
        self.observer = observer
        self.logger = logger
    }

    /// Schedules until graceful shutdown or cancellation.
    ///
    /// - Throws: what a clock throws that cannot wait.
    public func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await self.serve()
        }
    }

    private func serve() async throws {
        let inbox = SourceInbox()
        var limits = Planner.Limits()
        limits.decisionsPerRequest = max(1, configuration.decisionsPerRequest)
        var loop = SchedulerLoop(
            planner: Planner(formatter: formatter, limits: limits),
            standings: SourceStandings(sources, logger: logger),
            inbox: inbox,
            ledger: ledger,
            clock: clock,
            observer: observer,
            logger: logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, source) in sources.enumerated() {
                let follower = SourceFollower(source: source, number: number, inbox: inbox, clock: clock)
                group.addTask { try await follower.run() }
            }
            let zones = ZoneWatch(interval: max(.milliseconds(1), configuration.zoneCheckInterval), inbox: inbox)
            group.addTask { try await zones.run() }
            defer { group.cancelAll() }
            try await loop.run(firstReadTimeout: configuration.firstReadTimeout)
        }
    }
}
