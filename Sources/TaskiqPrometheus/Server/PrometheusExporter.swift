// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Dispatch
public import Logging
import ServiceLifecycle
import Synchronization
public import Taskiq
public import TaskiqApp

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Serves metrics at `/metrics`: those that worker processes report, and those of this process if it has any.
///
/// It listens from the time it is made, and answers while it runs. Whatever clients do, there are at most 32 at a time,
/// each for at most ten seconds, with a request of at most 8 KiB.
public final class PrometheusExporter: WorkerMetricsExporter {
    private struct State {
        var isRunning = false
        var isStopping = false
        /// Ends of connections to worker processes, not taken over yet.
        var workers: [Int32] = []
    }

    /// Where the metrics are.
    public let url: String
    private let listener: ListeningSocket
    private let registry: PrometheusRegistry?
    private let logger: Logger
    private let wakeReader: Int32
    private let wakeWriter: Int32
    private let state = Mutex(State())

    /// Begins to listen.
    ///
    /// - Parameters:
    ///   - host: a name or a number of this machine.
    ///   - port: a port; 0 lets the system choose one.
    ///   - registry: the metrics of this process.
    ///   - logger: what is logged to.
    /// - Throws: `TaskiqError` with `conflict` when somebody else listens there, with `configuration` when nobody can.
    public init(
        host: String,
        port: UInt16,
        registry: PrometheusRegistry? = nil,
        logger: Logger = Logger(label: "taskiq.metrics")
    ) throws(TaskiqError) {
        (wakeReader, wakeWriter) = try Sockets.makePair()
        for descriptor in [wakeReader, wakeWriter] { Sockets.prepare(descriptor) }
        do {
            listener = try ListeningSocket(host: host, port: port)
        } catch {
            close(wakeReader)
            close(wakeWriter)
            throw error
        }
        url = "http://\(host.contains(":") ? "[\(host)]" : host):\(listener.port)/metrics"
        self.registry = registry
        self.logger = logger
    }

    deinit {
        for descriptor in [wakeReader, wakeWriter, listener.descriptor] + state.withLock({ $0.workers }) {
            close(descriptor)
        }
    }

    /// Makes a connection for one more worker process; what it has reported until its end stays in the totals.
    ///
    /// - Returns: the process's end of the connection, which the caller owns.
    /// - Throws: `TaskiqError` when the system has no more descriptors.
    public func connectWorker() throws -> Int32 {
        let (own, others) = try Sockets.makePair()
        Sockets.prepare(own)
        _ = fcntl(others, F_SETFD, FD_CLOEXEC)
        state.withLock { $0.workers.append(own) }
        wake()
        return others
    }

    /// Serves until graceful shutdown or cancellation.
    ///
    /// - Throws: `TaskiqError` with code `conflict` when it runs already, or has run.
    public func run() async throws {
        let isFirst = state.withLock { state in
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard isFirst else { throw TaskiqError(.conflict, "an exporter of metrics runs once") }
        logger.info("metrics are served", metadata: ["url": "\(url)"])
        // A thread of its own, because it waits on sockets, which must not hold up Swift's shared threads.
        let queue = DispatchQueue(label: "taskiq-metrics")
        await withTaskCancellationOrGracefulShutdownHandler {
            await withCheckedContinuation { continuation in
                queue.async {
                    self.serve()
                    continuation.resume()
                }
            }
        } onCancelOrGracefulShutdown: {
            self.state.withLock { $0.isStopping = true }
            self.wake()
        }
    }

    private func serve() {
        var loop = ExporterLoop(listener: listener.descriptor, wake: wakeReader, registry: registry, logger: logger)
        defer { loop.close() }
        while true {
            let (isStopping, workers) = state.withLock { state in
                defer { state.workers = [] }
                return (state.isStopping, state.workers)
            }
            for worker in workers { loop.adopt(worker) }
            if isStopping { return }
            loop.turn()
        }
    }

    private func wake() {
        // Should there be no room, the other side has reason enough to wake.
        _ = Sockets.write([0], to: wakeWriter)
    }
}
