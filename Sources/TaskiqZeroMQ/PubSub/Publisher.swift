// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import Synchronization
import Taskiq

/// The client's end: one thread that owns the publishing socket, and the ways to it from everywhere else.
final class Publisher: Sendable {
    /// What other threads want of the publisher's.
    enum Command: Sendable {
        case send(id: UInt64, [UInt8], deadline: Int64)
        case cancel(id: UInt64)
        case shutdown
    }

    private enum Opening {
        case pending([CheckedContinuation<String, any Error>])
        case bound(String)
        case failed(TaskiqError)
    }

    private struct State {
        var opening = Opening.pending([])
        var sends: [UInt64: CheckedContinuation<Void, any Error>] = [:]
        var lastID: UInt64 = 0
        var thread: SocketThread?
    }

    let address: PubSubAddress
    let configuration: PubSubTransport.Configuration
    let mailbox: Mailbox<Command>
    let logger: Logger
    private let state = Mutex(State())

    /// Begins to bind the address.
    ///
    /// - Throws: `ZeroMQError` when the system has no more descriptors or threads.
    static func start(
        _ address: PubSubAddress,
        _ configuration: PubSubTransport.Configuration,
        logger: Logger
    ) throws -> Publisher {
        let publisher = Publisher(address, configuration, wakeup: try Wakeup(), logger: logger)
        let parameters = PublisherLoop.Parameters(publisher: publisher, context: try ZeroMQContext())
        let thread = try SocketThread(name: "taskiq-pub") { PublisherLoop.run(parameters) }
        publisher.state.withLock { $0.thread = thread }
        return publisher
    }

    private init(
        _ address: PubSubAddress,
        _ configuration: PubSubTransport.Configuration,
        wakeup: Wakeup,
        logger: Logger
    ) {
        self.address = address
        self.configuration = configuration
        self.logger = logger
        mailbox = Mailbox(wakeup: wakeup)
    }

    /// Whether it can be used, or may be soon.
    var isUsable: Bool {
        if case .failed = state.withLock({ $0.opening }) { false } else { true }
    }

    /// Where it listens, once it does, as ZeroMQ writes it.
    var boundEndpoint: String? {
        if case .bound(let endpoint) = state.withLock({ $0.opening }) { endpoint } else { nil }
    }

    /// Waits until the address is bound.
    func waitUntilBound() async throws {
        _ = try await withCheckedThrowingContinuation { continuation in
            let outcome: Result<String, any Error>? = state.withLock { state in
                switch state.opening {
                case .bound(let endpoint): return .success(endpoint)
                case .failed(let error): return .failure(error)
                case .pending(let waiting):
                    state.opening = .pending(waiting + [continuation])
                    return nil
                }
            }
            if let outcome { continuation.resume(with: outcome) }
        }
    }

    /// Returns when ZeroMQ has the message, for every worker that is subscribed.
    func send(_ payload: [UInt8]) async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let deadline = Uptime.milliseconds(after: max(.zero, configuration.subscriptionTimeout))
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                state.withLock { $0.sends[id] = continuation }
                if !mailbox.post(.send(id: id, payload, deadline: deadline)) {
                    answer(id, .failure(unavailable))
                } else if Task.isCancelled {
                    cancel(id)
                }
            }
        } onCancel: {
            cancel(id)
        }
    }

    /// Hands out what was sent, for a bounded time, and waits for the thread to end.
    func shutdown() async {
        mailbox.post(.shutdown)
        await state.withLock { $0.thread }?.join()
    }

    private func cancel(_ id: UInt64) {
        guard let continuation = state.withLock({ $0.sends.removeValue(forKey: id) }) else { return }
        mailbox.post(.cancel(id: id))
        continuation.resume(throwing: CancellationError())
    }

    // MARK: What the thread tells

    /// The address is bound; or it could not be, or is no more.
    func opened(_ outcome: Result<String, TaskiqError>) {
        let waiting: [CheckedContinuation<String, any Error>] = state.withLock { state in
            let waiting =
                if case .pending(let waiting) = state.opening { waiting } else {
                    [CheckedContinuation<String, any Error>]()
                }
            switch outcome {
            case .success(let endpoint): state.opening = .bound(endpoint)
            case .failure(let error): state.opening = .failed(error)
            }
            return waiting
        }
        for continuation in waiting { continuation.resume(with: outcome.mapError { $0 }) }
    }

    func answer(_ id: UInt64, _ result: Result<Void, TaskiqError>) {
        state.withLock { $0.sends.removeValue(forKey: id) }?.resume(with: result.mapError { $0 })
    }

    /// Takes no more messages; whoever waits for one to be sent is told why it is not.
    func close() {
        mailbox.close()
        let error = unavailable
        let sends = state.withLock { state in
            defer { state.sends = [:] }
            return state.sends.values
        }
        for continuation in sends { continuation.resume(throwing: error) }
    }

    private var unavailable: TaskiqError {
        if case .failed(let error) = state.withLock({ $0.opening }) { return error }
        return TaskiqError(.shutdown, "the broker has been shut down")
    }
}
