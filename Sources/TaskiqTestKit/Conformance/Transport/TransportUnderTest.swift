// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq

/// A fresh, empty engine for one check: how to reach it, and what it promises.
///
/// Each check makes its own, so that nothing is left over from another.
public struct TransportUnderTest: Sendable {
    /// What the transport promises.
    public var capabilities: TransportCapabilities
    /// How long a check waits for what was promised, before it counts as broken.
    public var timeLimit: Duration
    /// Makes a transport that is connected to nothing yet; several calls reach the same queue, as several processes would.
    public var connect: @Sendable () async throws -> any BrokerTransport
    /// Stops the engine and starts it anew on what it stored; nil where that cannot be done.
    public var restart: (@Sendable () async throws -> Void)?
    /// Stops the engine for good.
    public var stop: @Sendable () async -> Void

    /// Describes an engine.
    ///
    /// - Parameters:
    ///   - capabilities: what the transport promises.
    ///   - timeLimit: how long a check waits for what was promised.
    ///   - restart: stops the engine and starts it anew on what it stored.
    ///   - stop: stops the engine for good.
    ///   - connect: makes a transport; several calls reach the same queue.
    public init(
        capabilities: TransportCapabilities,
        timeLimit: Duration = .seconds(20),
        restart: (@Sendable () async throws -> Void)? = nil,
        stop: @escaping @Sendable () async -> Void = {},
        connect: @escaping @Sendable () async throws -> any BrokerTransport
    ) {
        self.capabilities = capabilities
        self.timeLimit = timeLimit
        self.restart = restart
        self.stop = stop
        self.connect = connect
    }
}
