// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Sends no task a second time while it is under way: the second sender gets a handle on the first task.
///
/// Which messages are the same task is said by `UniqueIdentity`; for how long, by the labels `unique_for` (seconds) and
/// `unique_until_ended`, or by `period` for tasks without them. A task that could not be sent holds nothing; one that
/// may have been sent (error `sendTimeout`) does.
///
/// It works where tasks are sent. A task has ended when a worker of this process says so, when its result is there, or
/// when a hub knows it no more; a broker that keeps no results, or gives each out once, therefore only knows the end of
/// tasks that run in its own process. What is known to be under way is kept in this process unless another
/// `UniqueKeyStore` is given.
public struct UniqueMiddleware: TaskiqMiddleware {
    /// For how long a task is unique.
    public struct Period: Sendable, Hashable {
        let longest: Duration
        let endsWithTask: Bool

        /// For a time from sending on, whether the task has ended or not.
        public static func lasting(_ time: Duration) -> Period { Period(longest: time, endsWithTask: false) }

        /// Until the task has ended, or a time is over.
        ///
        /// The time is for tasks that never end because they were lost: they must not block the next one for ever.
        public static func untilEnded(atMost time: Duration = .seconds(86_400)) -> Period {
            Period(longest: time, endsWithTask: true)
        }
    }

    private let period: Period?
    private let identity: UniqueIdentity
    private let store: any UniqueKeyStore
    private let broker = BrokerReference()
    /// What has claimed a key and is not accepted yet: a hub knows nothing of it, and it has not ended.
    private let sending = TaskIDSet()

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - period: for how long tasks are unique that do not say it by labels; nil for not at all.
    ///   - identity: what makes two messages the same task.
    ///   - store: where it is kept what is under way.
    public init(
        period: Period? = nil,
        identity: UniqueIdentity = UniqueIdentity(),
        store: any UniqueKeyStore = InMemoryUniqueKeyStore()
    ) {
        self.period = period
        self.identity = identity
        self.store = store
    }

    /// Keeps the broker, to ask it for results.
    public func startup(_ broker: Broker) async throws { self.broker.set(broker) }

    /// Claims the message's key, or gives the message the id of the task that holds it.
    public func preSend(_ message: inout TaskiqMessage) async throws {
        message.labels[.duplicate] = nil
        guard let period = try period(of: message) else { return }
        let key = try identity.key(of: message)
        var holder = try await store.claim(key, for: message.taskID, period: period.longest)
        if holder != message.taskID, period.endsWithTask, await hasEnded(holder) {
            await store.release(holder)
            holder = try await store.claim(key, for: message.taskID, period: period.longest)
        }
        guard holder != message.taskID else { return sending.insert(holder) }
        message.taskID = holder
        message.labels[.duplicate] = true
    }

    /// Sends what is not under way already.
    public func send(_ message: TaskiqMessage, next: NextSend) async throws {
        guard message.labels[.duplicate] == nil else { return }
        try await next(message)
    }

    /// Notes that the message is under way.
    public func postSend(_ message: TaskiqMessage) async {
        if message.labels[.duplicate] == nil { sending.remove(message.taskID) }
    }

    /// Frees the key of a message that was not sent.
    public func onSendError(_ error: any Error, message: TaskiqMessage) async {
        defer { if message.labels[.duplicate] == nil { sending.remove(message.taskID) } }
        // The key of a duplicate is the first task's; and what may have been sent may be under way.
        guard message.labels[.duplicate] == nil, (error as? TaskiqError)?.code != .sendTimeout else { return }
        await store.release(message.taskID)
    }

    /// Frees the key of a task that has ended and was unique until then.
    public func postExecute(_ message: TaskiqMessage, result: inout StoredResult, context: Context) async throws {
        // A label that is no period is told to whoever sends; the task that has run is not to suffer from it.
        guard context.outcome?.isFinal ?? true, (try? period(of: message))?.endsWithTask == true else { return }
        await store.release(message.taskID)
    }

    private func period(of message: TaskiqMessage) throws(TaskiqError) -> Period? {
        let endsWithTask = message.labels[.uniqueUntilEnded] ?? period?.endsWithTask ?? false
        guard let label = message.labels[Label<Double>.uniqueFor.name] else {
            let longest = period?.longest ?? (endsWithTask ? Period.untilEnded().longest : nil)
            return longest.map { Period(longest: $0, endsWithTask: endsWithTask) }
        }
        guard let seconds = label.doubleValue, !seconds.isNaN else {
            throw TaskiqError(
                .invalidArguments,
                "task \"\(message.taskName)\", label \"unique_for\": expected seconds, found \"\(label.text.prefix(60))\""
            )
        }
        guard seconds > 0 else { return nil }
        return Period(longest: .seconds(min(seconds, 1e10)), endsWithTask: endsWithTask)
    }

    /// A backend that cannot be asked does not say that the task has ended.
    private func hasEnded(_ taskID: TaskID) async -> Bool {
        guard let broker = broker.value, !sending.contains(taskID) else { return false }
        do {
            return try await broker.resultBackend.isResultReady(for: taskID)
        } catch let error as TaskiqError {
            // It was accepted once, and is over: its result was read and dropped, or it had none.
            return error.code == .unknownTaskID
        } catch {
            return false
        }
    }
}
