// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
import Taskiq

/// The queue of a test broker: what is sent is written down, and run at once or when the test asks for it.
final class TestTransport: BrokerTransport {
    fileprivate struct Waiting {
        let message: BrokerMessage
        let order: UInt64
        let due: ManualClock.Instant
        var attempt = 1
        /// Held for a task that has ended and may still acknowledge it.
        var isHeld = false
    }

    struct State {
        fileprivate var waiting: [Waiting] = []
        fileprivate var running: [TaskID: Int] = [:]
        fileprivate var idle: [CheckedContinuation<Void, Never>] = []
        fileprivate var lastOrder: UInt64 = 0
        fileprivate var channel: DeliveryChannel?
        fileprivate var isShutDown = false
        fileprivate weak var broker: Broker?
        /// What went on without end; whoever sent the first task is told.
        fileprivate var endless: TestKitError?
        var sent: [BrokerMessage] = []
        var executions: [TaskExecution] = []
        var deadLetters: [DeadLetter] = []
    }

    /// How deep tasks that run in place may send each other.
    private static let deepest = 100
    @TaskLocal private static var depth = 0

    let address = "test://"
    let runsTasksInProcess = true
    let mode: TestBroker.Mode
    let clock: ManualClock
    let errors = ErrorRecorder()
    let state = Mutex(State())
    private let executionLimit: Int
    private let manualAcknowledgeTimeout: Duration

    init(mode: TestBroker.Mode, clock: ManualClock, executionLimit: Int, manualAcknowledgeTimeout: Duration) {
        self.mode = mode
        self.clock = clock
        self.executionLimit = max(1, executionLimit)
        self.manualAcknowledgeTimeout = manualAcknowledgeTimeout
    }

    func attach(_ broker: Broker) {
        state.withLock { $0.broker = broker }
    }

    // MARK: As a transport

    func startup() async throws {
        state.withLock { $0.isShutDown = false }
    }

    func kick(_ message: BrokerMessage) async throws {
        try message.validateNames()
        guard !state.withLock({ $0.isShutDown }) else { throw TaskiqError(.shutdown, "the broker has been shut down") }
        state.withLock { $0.sent.append(message) }
        switch mode.kind {
        case .manual: put(message, after: message.delay ?? .zero)
        case .inPlace(let throwsTaskErrors):
            let result: Result<Void, any Error>
            do {
                result = .success(try await runInPlace(message, throwsTaskErrors))
            } catch {
                result = .failure(error)
            }
            // Tasks catch the errors of what they send, or fail of them, and nobody would hear of it.
            if Self.depth == 0, let endless = state.withLock({ $0.endless.take() }) { throw endless }
            try result.get()
        }
    }

    /// Nothing comes through the channel: a broker that runs tasks in its process wants one.
    func listen(_ subscription: WorkerSubscription) async throws -> DeliveryChannel {
        let channel = DeliveryChannel()
        state.withLock { $0.channel = channel }
        return channel
    }

    func stopListening() async {
        state.withLock { state in
            defer { state.channel = nil }
            return state.channel
        }?.finish()
    }

    func shutdown() async {
        state.withLock { $0.isShutDown = true }
        await stopListening()
    }

    // MARK: Queueing

    private func put(_ message: BrokerMessage, after delay: Duration, attempt: Int = 1, isHeld: Bool = false) {
        let now = clock.now
        state.withLock { state in
            state.lastOrder += 1
            state.waiting.append(
                Waiting(
                    message: message,
                    order: state.lastOrder,
                    due: now.advanced(by: max(.zero, delay)),
                    attempt: attempt,
                    isHeld: isHeld
                )
            )
        }
    }

    /// The messages that wait to be run.
    var pending: [BrokerMessage] { state.withLock { $0.waiting.map(\.message) } }

    /// Whether a message waits, or runs just now.
    func isUnderWay(_ taskID: TaskID) -> Bool {
        state.withLock { state in
            state.running[taskID] != nil || state.waiting.contains { $0.message.taskID == taskID }
        }
    }

    // MARK: Running

    /// Runs what is due next, moving the clock there if need be.
    ///
    /// - Parameter limit: the moment up to which the clock may be moved; nil for any.
    /// - Returns: false when nothing was due.
    /// - Throws: `CancellationError`.
    func step(until limit: ManualClock.Instant? = nil) async throws -> Bool {
        try Task.checkCancellation()
        let now = clock.now
        let next = state.withLock { state -> Waiting? in
            // What is due goes by priority, then by age, as in any queue; what is not, by its time.
            let index = state.waiting.indices.min { left, right in
                Self.precedes(state.waiting[left], state.waiting[right], now: now)
            }
            guard let index, limit.map({ state.waiting[index].due <= max($0, now) }) ?? true else { return nil }
            let next = state.waiting.remove(at: index)
            state.running[next.message.taskID, default: 0] += 1
            return next
        }
        guard let next else { return false }
        clock.advance(to: next.due)
        await run(next)
        return true
    }

    private static func precedes(_ left: Waiting, _ right: Waiting, now: ManualClock.Instant) -> Bool {
        let dues = (max(left.due, now), max(right.due, now))
        if dues.0 != dues.1 { return dues.0 < dues.1 }
        if left.message.priority != right.message.priority { return left.message.priority > right.message.priority }
        return left.order < right.order
    }

    /// Runs a message, and again for as long as it asks for it: delays and retries take no time.
    private func runInPlace(_ message: BrokerMessage, _ throwsTaskErrors: Bool) async throws {
        let depth = Self.depth + 1
        guard depth <= Self.deepest else {
            throw giveUp(
                "task \"\(message.taskName)\" was sent in place by a task that was sent in place, \(Self.deepest) deep: "
                    + "it sends itself without end, or needs a broker in manual mode"
            )
        }
        var next: Waiting? = Waiting(message: message, order: 0, due: clock.now)
        var last: TaskExecution?
        var count = 0
        while let waiting = next {
            try Task.checkCancellation()
            count += 1
            guard count <= executionLimit else {
                throw giveUp(
                    "task \"\(message.taskName)\" (\(message.taskID)) was run \(executionLimit) times and asks to be run "
                        + "again: it retries without end"
                )
            }
            state.withLock { $0.running[message.taskID, default: 0] += 1 }
            last = await Self.$depth.withValue(depth) { await run(waiting) }
            next = nil
            if case .requeued(let message, _)? = last?.settlement {
                next = Waiting(message: message, order: 0, due: clock.now)
            }
        }
        guard throwsTaskErrors, let last, last.result?.isError ?? last.isRejected else { return }
        let reason = last.result?.error.map { "\($0)" } ?? "it was rejected"
        throw TaskiqError(
            .sendTask,
            "task \"\(last.taskName)\" was sent, ran in place and failed: \(reason)",
            cause: last.error ?? last.result?.error
        )
    }

    private func giveUp(_ reason: String) -> TestKitError {
        let error = TestKitError(.limit, reason)
        state.withLock { $0.endless = $0.endless ?? error }
        return error
    }

    @discardableResult
    private func run(_ waiting: Waiting) async -> TaskExecution? {
        let message = waiting.message
        defer { ended(message.taskID) }
        guard let broker = state.withLock({ $0.broker }) else { return nil }
        let receipt = TestReceipt()
        let startedAt = clock.now
        let info = DeliveryInfo(attempt: waiting.attempt, isRedelivered: waiting.attempt > 1, queue: message.queue)
        await broker.receive(AckableMessage(data: message.message, info: info, receipt: receipt))
        let settlement = receipt.settlement ?? .completed(nil)
        let execution = TaskExecution(
            message: try? broker.formatter.loads(message.message),
            taskID: message.taskID,
            taskName: message.taskName,
            delivery: info,
            startedAt: startedAt,
            settlement: settlement,
            result: (broker.resultBackend as? TestResultBackend)?.take(message.taskID),
            error: errors.take(message.taskID)
        )
        state.withLock { state in
            state.executions.append(execution)
            if case .rejected(let reason, _) = settlement {
                state.deadLetters.append(
                    DeadLetter(taskID: message.taskID, taskName: message.taskName, reason: reason)
                )
            }
        }
        settle(waiting, settlement, receipt)
        return execution
    }

    private func settle(_ waiting: Waiting, _ settlement: Settlement, _ receipt: TestReceipt) {
        switch settlement {
        case .completed, .rejected: break
        case .requeued(let message, let delay): if mode.kind == .manual { put(message, after: delay) }
        case .released:
            if mode.kind == .manual, !receipt.isAcknowledged {
                put(waiting.message, after: .zero, attempt: waiting.attempt)
            }
        case .unacknowledged:
            guard mode.kind == .manual, !receipt.isAcknowledged else { break }
            put(waiting.message, after: manualAcknowledgeTimeout, attempt: waiting.attempt + 1, isHeld: true)
            receipt.whenAcknowledged { [weak self] in
                self?.state.withLock { state in
                    state.waiting.removeAll { $0.isHeld && $0.message.taskID == waiting.message.taskID }
                }
            }
        }
    }

    private func ended(_ taskID: TaskID) {
        let idle = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            let count = (state.running[taskID] ?? 1) - 1
            state.running[taskID] = count > 0 ? count : nil
            guard state.running.isEmpty else { return [] }
            defer { state.idle = [] }
            return state.idle
        }
        for continuation in idle { continuation.resume() }
    }

    /// Waits until nothing runs.
    func waitUntilIdle() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if !state.running.isEmpty { state.idle.append(continuation) }
                return state.running.isEmpty
            }
            if isIdle { continuation.resume() }
        }
    }
}
