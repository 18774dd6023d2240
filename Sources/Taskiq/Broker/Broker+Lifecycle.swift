// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
public import ServiceLifecycle
import Synchronization

extension Broker {
    /// Registers code for a moment in the broker's life.
    ///
    /// - Parameters:
    ///   - event: the moment.
    ///   - action: the code; an error it throws at a startup aborts the startup.
    public func on(_ event: TaskiqEvent, perform action: @escaping @Sendable (Broker) async throws -> Void) {
        contents.withLock { $0.handlers.append((event, action)) }
    }

    /// Starts the broker: event handlers, middlewares, result backend, transport, in this order.
    ///
    /// A second call does nothing. A client whose transport runs the tasks in its own process, as the one in memory does,
    /// runs the handlers of both sides.
    ///
    /// - Parameter role: on which side of the queue it works.
    /// - Throws: what a handler, a middleware or the transport throws, or the `TaskiqError` of a task that could not be
    ///   registered.
    public func startup(role: Role = .client) async throws {
        let (isFirst, handlers, problem) = contents.withLock { contents in
            let isFirst = !contents.isStarted
            contents.isStarted = true
            if isFirst { contents.role = role }
            return (
                isFirst,
                contents.handlers(of: .clientStartup, .workerStartup, inProcess: transport.runsTasksInProcess),
                contents.registrationErrors.first
            )
        }
        guard isFirst else { return }
        do {
            if let problem { throw problem }
            for handler in handlers { try await handler(self) }
            for middleware in chain.middlewares { try await middleware.startup(self) }
            try await resultBackend.startup()
            try await transport.startup()
            if transport.runsTasksInProcess, role == .client {
                let worker = Worker(broker: self)
                // Here and not in the task: a shutdown that comes at once must find the channel that it is to end.
                let channel = try await worker.listen()
                // Unstructured, because it lives from this call to that of `shutdown`, which awaits it.
                let task = Task { await worker.serve(channel) }
                contents.withLock { $0.inProcessWorker = task }
            }
        } catch {
            contents.withLock { $0.isStarted = false }
            throw error
        }
    }

    /// Stops the broker, in the reverse order of its startup.
    ///
    /// A second call does nothing.
    public func shutdown() async {
        let (wasStarted, worker, handlers) = contents.withLock { contents in
            defer {
                contents.isStarted = false
                contents.inProcessWorker = nil
            }
            return (
                contents.isStarted, contents.inProcessWorker,
                contents.handlers(of: .clientShutdown, .workerShutdown, inProcess: transport.runsTasksInProcess)
            )
        }
        guard wasStarted else { return }
        if let worker {
            await transport.stopListening()
            await worker.value
        }
        await transport.shutdown()
        await resultBackend.shutdown()
        for middleware in chain.middlewares.reversed() { await middleware.shutdown(self) }
        for handler in handlers.reversed() {
            do {
                try await handler(self)
            } catch {
                logger.error("a shutdown handler failed", metadata: ["error.message": "\(error)"])
            }
        }
    }
}

extension Broker.Contents {
    /// The handlers for this side's moment, in the order of registration; a client that runs its tasks itself is on both
    /// sides.
    fileprivate func handlers(
        of client: TaskiqEvent,
        _ worker: TaskiqEvent,
        inProcess: Bool
    ) -> [@Sendable (Broker) async throws -> Void] {
        let events: [TaskiqEvent] = role == .worker ? [worker] : inProcess ? [client, worker] : [client]
        return handlers.filter { events.contains($0.event) }.map(\.action)
    }
}

extension Broker: Service {
    /// Keeps the broker started until graceful shutdown or cancellation.
    public func run() async throws {
        try await startup()
        try? await gracefulShutdown()
        await shutdown()
    }
}
