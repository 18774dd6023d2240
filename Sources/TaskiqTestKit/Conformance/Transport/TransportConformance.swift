// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What every transport must keep of what it promises, as a list of checks.
///
/// Any test framework can run them:
///
/// ```swift
/// @Test(arguments: TransportConformance.checks(for: capabilities))
/// func conforms(check: TransportConformance.Check) async throws {
///     try await check.run {
///         let server = try await MyServer.start()
///         return TransportUnderTest(capabilities: capabilities, stop: { await server.stop() }) {
///             MyTransport(server.address)
///         }
///     }
/// }
/// ```
///
/// A broken promise is a thrown `ConformanceFailure`. No check sleeps: each waits for what was promised, for at most
/// the time limit.
public enum TransportConformance {
    /// One promise, and how to see whether it is kept.
    public struct Check: Sendable, CustomStringConvertible {
        /// The promise.
        public let name: String
        /// The abilities that it concerns; a transport that lacks one of them is not held to it.
        public let capabilities: TransportCapabilities
        private let body: @Sendable (TransportStage) async throws -> Void

        init(
            _ name: String,
            _ capabilities: TransportCapabilities = [],
            _ body: @escaping @Sendable (TransportStage) async throws -> Void
        ) {
            self.name = name
            self.capabilities = capabilities
            self.body = body
        }

        /// The promise.
        public var description: String { name }

        /// Runs the check on a fresh engine, which is stopped afterwards.
        ///
        /// - Parameter make: makes the engine.
        /// - Throws: `ConformanceFailure`, or what the transport throws where it should not.
        public func run(_ make: () async throws -> TransportUnderTest) async throws {
            let subject = try await make()
            guard capabilities.isSubset(of: subject.capabilities) else { return await subject.stop() }
            let stage = TransportStage(subject)
            do {
                try await body(stage)
                try await stage.close()
                await subject.stop()
            } catch {
                try? await stage.close()
                await subject.stop()
                throw error
            }
        }
    }

    /// All checks.
    public static let checks: [Check] = delivery + order + settling + life + load

    /// The checks that concern a transport.
    ///
    /// - Parameter capabilities: what the transport promises.
    /// - Returns: the checks that it is held to.
    public static func checks(for capabilities: TransportCapabilities) -> [Check] {
        checks.filter { $0.capabilities.isSubset(of: capabilities) }
    }
}
