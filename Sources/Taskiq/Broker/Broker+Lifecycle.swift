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
    /// A broker that is started already stays as it is, and so does one whose handlers or middlewares call this while they
    /// run at its start or stop. What had started when something fails is stopped again. A client whose transport runs the
    /// tasks in its own process, as the one in memory does, runs the handlers of both sides.
    ///
    /// Several who start it at the same time wait for one start, which is given up when all of them are cancelled.
    ///
    /// - Parameter role: on which side of the queue it works.
    /// - Throws: what a handler, a middleware or the transport throws, or the `TaskiqError` of a task that could not be
    ///   registered.
    public func startup(role: Role = .client) async throws {
        if LifecycleHook.isRunning(of: self) { return }
        while true {
            let phase = contents.withLock { contents in
                if case .stopped = contents.phase {
                    contents.role = role
                    contents.phase = .starting(BrokerStart { try await self.start() })
                }
                return contents.phase
            }
            switch phase {
            case .stopped, .started: return
            case .starting(let start): if try await start.wait() { return }
            case .stopping(let task): await task.value
            }
        }
    }

    /// Runs code between a start and a stop of the broker.
    ///
    /// - Parameters:
    ///   - role: on which side of the queue it works.
    ///   - body: the code.
    /// - Returns: what the code returns.
    /// - Throws: what the start or the code throws; the broker is stopped then, too.
    public func withStartup<Value>(
        role: Role = .client,
        _ body: (Broker) async throws -> Value
    ) async throws -> Value {
        try await startup(role: role)
        do {
            let value = try await body(self)
            await shutdown()
            return value
        } catch {
            await shutdown()
            throw error
        }
    }

    /// Stops the broker, in the reverse order of its startup.
    ///
    /// A broker that is not started stays as it is, and so does one whose handlers or middlewares call this while they run
    /// at its start or stop.
    public func shutdown() async {
        if LifecycleHook.isRunning(of: self) {
            logger.warning("a broker cannot be shut down by what runs at its start or stop; it goes on")
            return
        }
        while true {
            let phase = contents.withLock { contents in
                if case .started = contents.phase {
                    // Unstructured: a stop goes through to its end, whoever asked for it.
                    contents.phase = .stopping(
                        Task {
                            await self.stop(.transport)
                            self.contents.withLock { $0.phase = .stopped }
                        }
                    )
                }
                return contents.phase
            }
            switch phase {
            case .stopped, .started: return
            case .starting(let start): _ = await start.task.result
            case .stopping(let task): return await task.value
            }
        }
    }

    /// The parts of a broker in the order of their start.
    private enum Part: Int, Comparable {
        case nothing, handlers, middlewares, resultBackend, transport

        static func < (left: Part, right: Part) -> Bool { left.rawValue < right.rawValue }
    }

    private func start() async throws {
        var reached = Part.nothing
        do {
            let (handlers, problem) = contents.withLock { contents in
                (
                    contents.handlers(of: .clientStartup, .workerStartup, inProcess: transport.runsTasksInProcess),
                    contents.registrationErrors.first
                )
            }
            // The shared broker never starts; its tasks are run here.
            let shared = Broker.shared.contents.withLock { $0.registrationErrors.first }
            if let problem = problem ?? shared { throw problem }
            for handler in handlers {
                reached = .handlers
                try await LifecycleHook.run(of: self) { try await handler(self) }
            }
            for middleware in chain.middlewares {
                reached = .middlewares
                try await LifecycleHook.run(of: self) { try await middleware.startup(self) }
            }
            reached = .resultBackend
            try await resultBackend.startup()
            reached = .transport
            try await transport.startup()
            try await startWorkerInProcess()
            contents.withLock { $0.phase = .started }
        } catch {
            await stop(reached)
            contents.withLock { $0.phase = .stopped }
            throw error
        }
    }

    private func startWorkerInProcess() async throws {
        guard transport.runsTasksInProcess, contents.withLock({ $0.role }) == .client else { return }
        let worker = Worker(broker: self)
        // Here and not in the task: a shutdown that comes at once must find the channel that it is to end.
        let channel = try await worker.listen()
        // Unstructured, because it lives from this call to that of `shutdown`, which awaits it.
        let task = Task { await worker.serve(channel) }
        contents.withLock { $0.inProcessWorker = task }
    }

    /// Stops what was started, down from a part.
    private func stop(_ reached: Part) async {
        let (worker, handlers) = contents.withLock { contents in
            defer { contents.inProcessWorker = nil }
            return (
                contents.inProcessWorker,
                contents.handlers(of: .clientShutdown, .workerShutdown, inProcess: transport.runsTasksInProcess)
            )
        }
        if let worker {
            await transport.stopListening()
            let limit = Task {
                try await Task.sleep(for: Worker.Configuration().waitTasksTimeout)
                worker.cancel()
            }
            await worker.value
            limit.cancel()
        }
        if reached >= .transport { await transport.shutdown() }
        // No task runs any more, and what the handlers put aside is still there.
        await dependencies.dispose(after: nil, isFinal: false, logger: self.logger)
        if reached >= .resultBackend { await resultBackend.shutdown() }
        if reached >= .middlewares {
            for middleware in chain.middlewares.reversed() {
                await LifecycleHook.run(of: self) { await middleware.shutdown(self) }
            }
        }
        guard reached >= .handlers else { return }
        for handler in handlers.reversed() {
            do {
                try await LifecycleHook.run(of: self) { try await handler(self) }
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
