// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import Synchronization
import Taskiq
import TaskiqCron
import TaskiqHubProtocol

/// A program's connection to a hub: one thread that owns its sockets, and the ways to it from everywhere else.
final class HubConnection: Sendable {
    /// What other threads want of the connection's.
    enum Command: Sendable {
        case submit(id: UInt64, Submission, deadline: Int64)
        case cancel(id: UInt64)
        case wait(taskID: String)
        case awaitResult(ResultDeadline?, taskID: String)
        case cancelWait(taskID: String)
        case ask(taskID: String)
        case dropResult(taskID: String)
        case call(id: UInt64, OperationCall, deadline: Int64)
        case forgetCall(id: UInt64)
        case progress(taskID: String, ProgressReport)
        case listen(WorkerHello, catalogue: [UInt8], credit: Int)
        case announce(catalogue: [UInt8], hash: String)
        case started(LeaseKey)
        case acknowledge(LeaseKey)
        case settle(Completion)
        case stopListening
        case shutdown(deadline: Int64)
    }

    struct State {
        var submissions: [UInt64: CheckedContinuation<Int64, any Error>] = [:]
        var acknowledgements = PendingAnswers<LeaseKey, Void>()
        var waiters = ResultWaiters()
        var lookups = PendingAnswers<TaskID, StoredResult?>()
        var questions = PendingAnswers<TaskID, TaskStanding>()
        var calls: [UInt64: CheckedContinuation<OperationReply, any Error>] = [:]
        var events: AsyncStream<HubClient.Event>.Continuation?
        /// How many events were left out since the last one that somebody took.
        var missingEvents: Int64 = 0
        /// Tasks that are waited for although no worker knew them when the hub was asked, with their names.
        var unroutable: [TaskID: String] = [:]
        var lastID: UInt64 = 0
        var channel: DeliveryChannel?
        /// Where this process notes what it runs, for a hub on this machine.
        var board: StartBoard?
        var thread: SocketThread?
        /// Whether the end has begun; nothing is listened for after that.
        var isEnding = false
    }

    let address: HubAddress
    let application: String
    let keys: CurveKeys?
    let identity = PeerIdentity.generate()
    let mailbox: Mailbox<Command>
    let logger: Logger
    let state = Mutex(State())

    init(address: HubAddress, application: String, keys: CurveKeys? = nil, logger: Logger) throws {
        self.address = address
        self.application = application
        self.keys = keys
        self.logger = logger
        mailbox = Mailbox(wakeup: try Wakeup())
    }

    // MARK: Life

    /// Whether it was shut down; it does not start again.
    var isClosed: Bool { mailbox.isClosed }

    /// Starts the thread; one that runs stays.
    func start() throws {
        try address.checkOwner()
        try state.withLock { state in
            guard state.thread == nil else { return }
            let loop = ConnectionLoop.Parameters(connection: self, context: try ZeroMQContext())
            state.thread = try SocketThread(name: "taskiq-link") { ConnectionLoop.run(loop) }
        }
    }

    /// Without a thread nobody would look at what is asked, nor at the time it may take: it would never be answered.
    func checkStarted() throws(TaskiqError) {
        guard !isClosed else { throw Self.closed }
        guard state.withLock({ $0.thread != nil }) else {
            throw TaskiqError(.configuration, "the broker of \(address) is not started: call startup() first")
        }
    }

    /// Reports what is left, says goodbye, and waits for the thread to end.
    func shutdown(within limit: Duration) async {
        let channel = state.withLock { state in
            state.isEnding = true
            return state.channel
        }
        // Before the goodbye, so that what nobody has taken yet is given back; a worker that is still there ends too.
        channel?.finish()
        mailbox.post(.shutdown(deadline: Uptime.milliseconds(after: limit)))
        let thread = state.withLock { $0.thread }
        await thread?.join()
        mailbox.close()
        let (calls, events) = state.withLock { state in
            defer { state.calls = [:] }
            return (state.calls.values, state.events)
        }
        for continuation in calls { continuation.resume(throwing: Self.closed) }
        events?.finish()
        let (submissions, acknowledgements, waiters, lookups, questions) = state.withLock { state in
            defer { state.submissions = [:] }
            return (
                state.submissions.values, state.acknowledgements.takeAll(), state.waiters.takeAll(),
                state.lookups.takeAll(), state.questions.takeAll()
            )
        }
        for continuation in submissions { continuation.resume(throwing: Self.closed) }
        for continuation in acknowledgements { continuation.resume(throwing: Self.closed) }
        for continuation in waiters { continuation.resume(throwing: Self.closed) }
        for continuation in lookups { continuation.resume(throwing: Self.closed) }
        for continuation in questions { continuation.resume(throwing: Self.closed) }
    }

    static let closed = TaskiqError(.shutdown, "the broker has been shut down")

    // MARK: Sending

    /// Returns when the hub has stored the message.
    func submit(_ submission: Submission, timeout: Duration) async throws {
        try checkStarted()
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let deadline = Uptime.milliseconds(after: timeout)
        try await withTaskCancellationHandler {
            _ = try await withCheckedThrowingContinuation { continuation in
                state.withLock { $0.submissions[id] = continuation }
                if !mailbox.post(.submit(id: id, submission, deadline: deadline)) {
                    answer(id, .failure(Self.closed))
                } else if Task.isCancelled {
                    cancel(id)
                }
            }
        } onCancel: {
            cancel(id)
        }
    }

    private func cancel(_ id: UInt64) {
        guard let continuation = state.withLock({ $0.submissions.removeValue(forKey: id) }) else { return }
        mailbox.post(.cancel(id: id))
        continuation.resume(throwing: CancellationError())
    }

    func answer(_ id: UInt64, _ result: Result<Int64, TaskiqError>) {
        state.withLock { $0.submissions.removeValue(forKey: id) }?.resume(with: result.mapError(explained))
    }

    /// A hub that does not admit a key does not answer at all, so it looks like none.
    func explained(_ error: TaskiqError) -> any Error {
        guard error.code == .unreachable, keys != nil || address.path == nil else { return error }
        var error = error
        error.message +=
            keys == nil
            ? "; a hub that admits keys alone does not answer without one (--key FILE)"
            : "; or the hub there does not admit this key: see its log, and 'taskiq keys allow'"
        return error
    }

    // MARK: Results

    func waitForResult(of taskID: TaskID, timeout: Duration?) async throws -> StoredResult {
        try checkStarted()
        defer { state.withLock { $0.unroutable[taskID] = nil } }
        do {
            return try await awaitResult(of: taskID, timeout: timeout)
        } catch let error as TaskiqError where error.code == .resultTimeout {
            guard let name = state.withLock({ $0.unroutable[taskID] }) else { throw error }
            throw TaskiqError(
                .resultTimeout,
                "no worker that is connected knows the task \"\(name)\": start one that does, or check the name; "
                    + "\(taskID) waits in the queue"
            )
        }
    }

    private func awaitResult(of taskID: TaskID, timeout: Duration?) async throws -> StoredResult {
        let token = ResultWaiters.newToken()
        let deadline = timeout.map { ResultDeadline(timeout: $0, taskID: taskID, token: token) }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // Told to the thread under the lock, as its end is: the last word then agrees with who waits.
                let isTold = state.withLock { state in
                    state.waiters.add(continuation, token: token, for: taskID)
                    return mailbox.post(.awaitResult(deadline, taskID: taskID.rawValue))
                }
                if !isTold {
                    endWait(token, of: taskID, Self.closed)
                } else if Task.isCancelled {
                    // The handler may have run before there was anybody to take back.
                    endWait(token, of: taskID, CancellationError())
                }
            }
        } onCancel: {
            endWait(token, of: taskID, CancellationError())
        }
    }

    /// Ends a wait that was not answered yet.
    private func endWait(_ token: UInt64, of taskID: TaskID, _ error: any Error) {
        let waiter = state.withLock { state in
            let waiter = state.waiters.remove(token, for: taskID)
            // Somebody else may have just looked the result up: the answer is for them.
            if !state.waiters.taskIDs.contains(taskID), !state.lookups.contains(taskID) {
                mailbox.post(.cancelWait(taskID: taskID.rawValue))
            }
            return waiter
        }
        waiter?.resume(throwing: error)
    }

    /// Ends a wait whose time is up, if it was not answered.
    func end(_ deadline: ResultDeadline) {
        endWait(deadline.token, of: deadline.taskID, TaskiqError.resultTimeout(deadline.taskID, deadline.timeout))
    }

    /// Those of the deadlines that somebody still waits with.
    func live(_ deadlines: some Sequence<ResultDeadline>) -> [ResultDeadline] {
        state.withLock { state in deadlines.filter { state.waiters.contains($0.token, for: $0.taskID) } }
    }

    func answer(_ taskID: String, _ status: ResultStatus, _ body: [UInt8]) {
        let id = TaskID(rawValue: taskID)
        let isAwaited = state.withLock { state in
            let isAwaited = state.waiters.taskIDs.contains(id)
            if status != .ready, !isAwaited { mailbox.post(.cancelWait(taskID: taskID)) }
            return isAwaited
        }
        switch status {
        case .pending: endLookups(of: id, .success(nil))
        case .unroutable:
            // Remembered for whoever waits in vain; a worker may still come.
            let name = String(decoding: body, as: UTF8.self)
            if isAwaited { state.withLock { $0.unroutable[id] = name } }
            endLookups(of: id, .success(nil))
        case .unknown:
            endLookups(of: id, .failure(unknown(id)))
        case .ready:
            let result = Result { () throws(TaskiqError) in try StoredResult(json: body) }
            for waiter in state.withLock({ $0.waiters.take(id) }) { waiter.resume(with: result.mapError { $0 }) }
            endLookups(of: id, result.map { $0 }.mapError { $0 })
        }
    }

    func unknown(_ taskID: TaskID) -> TaskiqError {
        TaskiqError(
            .unknownTaskID,
            "neither a task nor a result of the id \(taskID) is known to the hub at \(address)"
        )
    }

    // MARK: Working

    /// Begins to take deliveries; once in a connection's life, which is one worker to the hub.
    func listen(_ hello: WorkerHello, catalogue: [UInt8], credit: Int) throws(TaskiqError) -> DeliveryChannel {
        try checkStarted()
        let channel = DeliveryChannel()
        let problem: TaskiqError? = state.withLock { state in
            if state.isEnding { return Self.closed }
            guard state.channel == nil else {
                return TaskiqError(
                    .conflict,
                    "a broker of \(address) has one worker, and there is one already: use a second broker for another"
                )
            }
            state.channel = channel
            return nil
        }
        if let problem { throw problem }
        guard mailbox.post(.listen(hello, catalogue: catalogue, credit: credit)) else {
            channel.finish()
            throw Self.closed
        }
        return channel
    }

    /// Begins to note what runs, once the hub is there; nothing may run yet.
    ///
    /// - Parameter identity: the worker's.
    func openBoard(for identity: PeerIdentity) {
        // A folder that was made anew, as systemd does when a service is stopped, has lost the file.
        guard let path = address.path, state.withLock({ $0.board?.isThere != true }) else { return }
        guard let board = StartBoard(in: StartBoards(besides: path), for: identity) else { return }
        state.withLock { $0.board = board }
    }

    /// Notes that the hub knows what became of a delivery.
    func noteSettled(_ lease: LeaseKey) {
        state.withLock { $0.board }?.end(lease)
    }

    /// Removes the notes of a worker that has said goodbye.
    func closeBoard() {
        state.withLock { $0.board }?.remove()
    }

    func deliver(_ deliveries: [TaskDelivery]) {
        let (channel, board) = state.withLock { ($0.channel, $0.board) }
        guard let channel else { return }
        channel.offer(
            deliveries.map { delivery in
                AckableMessage(
                    data: delivery.body,
                    info: DeliveryInfo(
                        attempt: Int(delivery.lease.attempt),
                        isRedelivered: delivery.isRedelivered,
                        queue: delivery.queue,
                        enqueuedAt: delivery.enqueuedAt
                    ),
                    receipt: HubDeliveryReceipt(connection: self, board: board, lease: delivery.lease)
                )
            }
        )
    }

    /// Returns when the hub has stored the acknowledgement.
    ///
    /// Cancellation ends the wait and does not take the acknowledgement back: the hub may have it already.
    func acknowledge(_ lease: LeaseKey) async throws {
        let token = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let end: @Sendable (any Error) -> Void = { error in
            self.state.withLock { $0.acknowledgements.remove(token, for: lease) }?.resume(throwing: error)
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                state.withLock { $0.acknowledgements.add(continuation, token: token, for: lease) }
                if !mailbox.post(.acknowledge(lease)) { end(Self.closed) }
                if Task.isCancelled { end(CancellationError()) }
            }
        } onCancel: {
            end(CancellationError())
        }
    }

    func answer(_ lease: LeaseKey, isStored: Bool) {
        let waiting = state.withLock { $0.acknowledgements.take(lease) }
        for continuation in waiting {
            if isStored {
                continuation.resume()
            } else {
                continuation.resume(
                    throwing: TaskiqError(.conflict, "the hub has given this delivery to somebody else")
                )
            }
        }
    }
}
