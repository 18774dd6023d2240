// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq

/// A fresh, empty result backend for one check: how to reach it, and what it promises.
public struct ResultBackendUnderTest: Sendable {
    /// How long results are kept, and how to let that time pass.
    public struct Expiry: Sendable {
        /// How long results are kept.
        public var lifetime: Duration
        /// Lets time pass for the backend: by a clock that it was given, say.
        public var letPass: @Sendable (Duration) async throws -> Void

        /// Says how long results are kept.
        ///
        /// - Parameters:
        ///   - lifetime: how long results are kept.
        ///   - letPass: lets time pass for the backend.
        public init(lifetime: Duration, letPass: @escaping @Sendable (Duration) async throws -> Void) {
            self.lifetime = lifetime
            self.letPass = letPass
        }
    }

    /// What the backend promises.
    public var capabilities: ResultBackendCapabilities
    /// The backend.
    public var backend: any ResultBackend
    /// How long a check waits for what was promised, before it counts as broken.
    public var timeLimit: Duration
    /// Makes a task known that has no result yet, where the backend wants to know; it may be asked for any task once.
    public var prepare: @Sendable (TaskID) async throws -> Void
    /// Stores a result as a worker would, and returns when it is stored.
    public var store: @Sendable (StoredResult, TaskID) async throws -> Void
    /// Makes another instance on the same store; nil where there is none.
    public var reopen: (@Sendable () async throws -> any ResultBackend)?
    /// How many results are kept; nil when all are.
    public var keptResults: Int?
    /// How long results are kept; nil when they are kept for ever, or longer than a check can wait.
    public var expiry: Expiry?
    /// Ends the backend for good.
    public var stop: @Sendable () async -> Void

    /// Describes a backend that stores results by `setResult`.
    ///
    /// - Parameters:
    ///   - backend: the backend.
    ///   - capabilities: what it promises.
    ///   - timeLimit: how long a check waits for what was promised.
    ///   - reopen: makes another instance on the same store.
    ///   - keptResults: how many results are kept; nil when all are.
    ///   - expiry: how long results are kept.
    ///   - stop: ends the backend for good.
    public init(
        _ backend: any ResultBackend,
        capabilities: ResultBackendCapabilities,
        timeLimit: Duration = .seconds(20),
        reopen: (@Sendable () async throws -> any ResultBackend)? = nil,
        keptResults: Int? = nil,
        expiry: Expiry? = nil,
        stop: @escaping @Sendable () async -> Void = {}
    ) {
        self.backend = backend
        self.capabilities = capabilities
        self.timeLimit = timeLimit
        self.reopen = reopen
        self.keptResults = keptResults
        self.expiry = expiry
        self.stop = stop
        prepare = { _ in }
        store = { result, taskID in try await backend.setResult(result, for: taskID) }
    }

    /// Describes the backend of a transport that stores results in one step with the acknowledgement: each is stored by
    /// sending a message, taking it, and completing it.
    ///
    /// - Parameters:
    ///   - transport: the engine.
    ///   - capabilities: what its backend promises.
    ///   - keptResults: how many results are kept; nil when all are.
    ///   - expiry: how long results are kept.
    /// - Throws: what the transport throws, or `ConformanceFailure` when it has no result backend.
    public init(
        settlingThrough transport: TransportUnderTest,
        capabilities: ResultBackendCapabilities,
        keptResults: Int? = nil,
        expiry: Expiry? = nil
    ) async throws {
        let settler = try await ResultSettler(transport)
        let backend = settler.backend
        self.init(
            backend,
            capabilities: capabilities,
            timeLimit: transport.timeLimit,
            reopen: { try await settler.reopen() },
            keptResults: keptResults,
            expiry: expiry,
            stop: {
                await settler.close()
                await transport.stop()
            }
        )
        prepare = { try await settler.prepare($0) }
        store = { result, taskID in try await settler.store(result, taskID) }
    }
}
