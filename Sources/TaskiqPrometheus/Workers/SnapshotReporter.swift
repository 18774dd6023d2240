// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import ServiceLifecycle
import Taskiq

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Tells the supervisor of a worker process what the process has counted.
struct SnapshotReporter: Service {
    private let descriptor: Int32
    private let registry: PrometheusRegistry
    private let interval: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - descriptor: a connected stream socket, which is closed at the end of `run`.
    ///   - registry: what is told.
    ///   - interval: how often, if it has changed.
    ///   - logger: what is logged to.
    init(descriptor: Int32, registry: PrometheusRegistry, interval: Duration, logger: Logger) {
        self.descriptor = descriptor
        self.registry = registry
        self.interval = interval
        self.logger = logger
    }

    func run() async throws {
        defer { close(descriptor) }
        var sender = await cancelWhenGracefulShutdown { await reportUntilCancelled() }
        // Without a supervisor there is nothing to do; that it is gone is for others to notice.
        try? await gracefulShutdown()
        // Once more, now that the last task has ended; for a second if the supervisor is slow to take it.
        report(&sender)
        for _ in 0..<100 where !sender.isFlushed {
            guard (try? await Task.sleep(for: .milliseconds(10))) != nil else { return }
            report(&sender)
        }
        report(&sender)
    }

    private func reportUntilCancelled() async -> SnapshotSender {
        var sender = SnapshotSender(descriptor)
        while sender.isConnected {
            report(&sender)
            guard (try? await Task.sleep(for: interval)) != nil else { break }
        }
        return sender
    }

    private func report(_ sender: inout SnapshotSender) {
        do {
            try sender.send(registry.snapshot)
        } catch {
            logger.warning("metrics could not be reported", metadata: ["error.message": "\(error)"])
        }
    }
}
