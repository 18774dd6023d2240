// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A handler or a hook that runs while a broker starts or stops.
///
/// If it asks for a start or a stop of the same broker, it would wait for itself. What it has begun and left behind
/// inherits the task-local value, but not for longer than the hook runs.
final class LifecycleHook: Sendable {
    @TaskLocal private static var current: LifecycleHook?

    private let broker: Broker
    private let hasEnded = Flag()

    private init(_ broker: Broker) {
        self.broker = broker
    }

    /// Whether the running code is such a hook of this broker.
    static func isRunning(of broker: Broker) -> Bool {
        guard let current else { return false }
        return current.broker === broker && !current.hasEnded.isRaised
    }

    /// Runs a hook.
    static func run(of broker: Broker, _ body: () async throws -> Void) async rethrows {
        let hook = LifecycleHook(broker)
        defer { hook.hasEnded.raise() }
        try await $current.withValue(hook, operation: body)
    }
}
