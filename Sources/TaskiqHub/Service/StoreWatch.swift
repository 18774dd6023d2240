// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Dispatch
import Logging
import Synchronization

/// Looks after a store once a second, on the queue of its groups: whether its disk has room, and, when no group was
/// made for a while, whether its rows are still what was stored.
///
/// All else in it is touched on that queue alone.
final class StoreWatch: @unchecked Sendable {
    /// How many rows are looked at each second: 17 million a day, and less than a thousandth of a processor.
    static let rowsAtOnce = 200

    private let store: any HubStore
    private let logger: Logger
    private let tell: @Sendable (HubEvent) -> Void
    private let timer: any DispatchSourceTimer
    private var disk = DiskState.ok
    private let wasBusy = Atomic(false)
    /// Where the next look at rows begins; nil until the next day.
    private var position: Int64? = 0
    private var passBegan = HubClock.uptime

    init(
        _ store: any HubStore,
        on queue: DispatchQueue,
        logger: Logger,
        tell: @escaping @Sendable (HubEvent) -> Void
    ) {
        self.store = store
        self.logger = logger
        self.tell = tell
        timer = DispatchSource.makeTimerSource(queue: queue)
        timer.setEventHandler { [weak self] in self?.look() }
    }

    /// Begins to look, at once.
    func start() {
        timer.schedule(deadline: .now(), repeating: .seconds(1), leeway: .milliseconds(200))
        timer.activate()
    }

    /// Ends, before the store is closed.
    func stop() {
        timer.cancel()
    }

    /// Notes that the store has better things to do.
    func noteWork() {
        wasBusy.store(true, ordering: .relaxed)
    }

    private func look() {
        let state = store.diskState()
        if state != disk {
            disk = state
            tell(.disk(isLow: state == .low))
        }
        if !wasBusy.exchange(false, ordering: .relaxed) { scrub() }
    }

    private func scrub() {
        if position == nil, HubClock.uptime - passBegan >= 24 * 3_600_000 {
            position = 0
            passBegan = HubClock.uptime
        }
        guard let start = position else { return }
        do {
            let report = try store.scrub(from: start, limit: Self.rowsAtOnce)
            position = report.next
            if !report.damaged.isEmpty { tell(.damaged(report.damaged)) }
            for problem in report.others {
                logger.error("a stored row is damaged", metadata: ["reason": "\(problem)"])
            }
        } catch {
            // What cannot be read here is told again, and acted upon, when it is needed.
            position = nil
            logger.error("the store's rows cannot be checked", metadata: ["error.message": "\(error)"])
        }
    }
}
