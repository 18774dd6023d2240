// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import Taskiq
import TaskiqCron

/// The one task that owns the planner: it takes in what sources have read, asks the ledger, and sleeps.
struct SchedulerLoop {
    private var planner: Planner
    private var standings: SourceStandings
    private let inbox: SourceInbox
    private let ledger: any SlotLedger
    private let clock: any SchedulerClock
    private let observer: (any SchedulerObserver)?
    private let logger: Logger

    /// When the schedules became others than the planner's; nil if they did not.
    private var changedAt: Timestamp?
    private var backoff = Backoff(.milliseconds(100), upTo: .seconds(5))
    /// When the ledger, which failed, is asked again.
    private var retryAt: Timestamp?
    /// Whether the ledger may have accepted a plan without saying so.
    private var isInDoubt = false

    init(
        planner: Planner,
        standings: SourceStandings,
        inbox: SourceInbox,
        ledger: any SlotLedger,
        clock: any SchedulerClock,
        observer: (any SchedulerObserver)?,
        logger: Logger
    ) {
        self.planner = planner
        self.standings = standings
        self.inbox = inbox
        self.ledger = ledger
        self.clock = clock
        self.observer = observer
        self.logger = logger
    }

    /// Runs until the task is cancelled.
    mutating func run(firstReadTimeout: Duration) async throws {
        try await awaitSources(until: clock.now + firstReadTimeout)
        while !Task.isCancelled {
            takeDeliveries()
            if let retryAt, retryAt <= clock.now { self.retryAt = nil }
            if retryAt == nil {
                if isInDoubt { await learn() }
                if retryAt == nil, let changedAt { await update(changedAt: changedAt) }
                if retryAt == nil, let plan = planner.due(at: clock.now) {
                    await fire(plan)
                    continue
                }
            }
            let reason = try await clock.wait(until: retryAt ?? planner.nextWake ?? .latest, or: inbox.signal)
            if reason == .clockWasSet {
                logger.notice("the wall clock was set", metadata: ["taskiq.now": "\(clock.now)"])
                // An instant of the old time says nothing.
                retryAt = nil
            }
        }
    }

    /// Waits for all sources, so that the first one wins where two have the same id, but not for ever.
    private mutating func awaitSources(until deadline: Timestamp) async throws {
        takeDeliveries()
        while standings.isAnyAwaited, !Task.isCancelled, clock.now < deadline {
            // A clock that is set makes the wait shorter or ends it; it must not make it longer.
            if try await clock.wait(until: deadline, or: inbox.signal) == .clockWasSet { break }
            takeDeliveries()
        }
    }

    private mutating func takeDeliveries() {
        for delivery in inbox.take() where standings.take(delivery) {
            changedAt = delivery.instant
        }
        let zones = inbox.takeZones()
        if !zones.isEmpty, standings.take(zones) { changedAt = clock.now }
        if changedAt == nil { standings.report(nil, to: observer) }
    }

    private mutating func learn() async {
        do {
            planner.learn(try await ledger.scheduleStates())
            isInDoubt = false
        } catch {
            ledgerFailed(error)
        }
    }

    private mutating func update(changedAt instant: Timestamp) async {
        do {
            let tasks = standings.tasks
            let states = planner.needsStates(for: tasks) ? try await ledger.scheduleStates() : [:]
            ledgerAccepted()
            changedAt = nil
            standings.report(planner.update(tasks, states: states, now: instant), to: observer)
            logger.debug("schedules in force", metadata: ["taskiq.schedules": "\(planner.scheduleCount)"])
        } catch {
            ledgerFailed(error)
        }
    }

    private mutating func fire(_ plan: FirePlan) async {
        do {
            try await ledger.fire(plan.request)
            planner.confirm(plan)
            ledgerAccepted()
            log(plan.request.decisions)
            if !plan.request.decisions.isEmpty { observer?.decided(plan.request.decisions, at: clock.now) }
        } catch {
            planner.retry(plan)
            isInDoubt = true
            ledgerFailed(error)
        }
    }

    private mutating func ledgerAccepted() {
        if backoff.failures > 0 {
            logger.notice(
                "the slot ledger accepts decisions again",
                metadata: ["taskiq.failures": "\(backoff.failures)"]
            )
        }
        backoff.succeed()
    }

    private mutating func ledgerFailed(_ error: any Error) {
        guard !Task.isCancelled else { return }
        let retry = clock.now + backoff.fail()
        retryAt = retry
        if backoff.isWorthALine {
            logger.warning(
                "the slot ledger did not accept decisions; everything stays due and is tried again",
                metadata: ["taskiq.failures": "\(backoff.failures)", "error.message": "\(error)"]
            )
        }
        observer?.ledgerFailed(error, failures: backoff.failures, retry: retry)
    }

    /// One line for each slot that fired, and one for all that one schedule missed.
    private func log(_ decisions: [SlotDecision]) {
        var missed: [ScheduleID: (count: Int, reason: String)] = [:]
        for decision in decisions {
            let slot = decision.slot
            switch decision.verdict {
            case .fired(let message):
                logger.debug(
                    "slot fired",
                    metadata: [
                        "taskiq.schedule": "\(slot.scheduleID)", "taskiq.scheduled_at": "\(slot.instant)",
                        "taskiq.task_id": "\(message.taskID)",
                    ]
                )
            case .missed(let reason):
                missed[slot.scheduleID] = (missed[slot.scheduleID, default: (0, "")].count + 1, reason)
            }
        }
        for (id, (count, reason)) in missed {
            logger.notice(
                "slots missed",
                metadata: ["taskiq.schedule": "\(id)", "taskiq.count": "\(count)", "taskiq.reason": "\(reason)"]
            )
        }
    }
}
