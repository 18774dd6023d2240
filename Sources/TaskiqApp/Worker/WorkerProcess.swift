// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
package import ServiceLifecycle
package import Taskiq
import UnixSignals

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// One process that runs tasks, from its start to its stop.
package enum WorkerProcess {
    /// What a process ends with that was drained: its supervisor alone sees it, and starts no other in its place.
    static let drainedStatus: Int32 = 100

    /// Runs until SIGTERM, SIGINT, the end of whoever supervises it, or until the hub drains it.
    ///
    /// A process that was drained ends with a code of its own, and does not return.
    ///
    /// - Parameters:
    ///   - broker: the broker, with its tasks.
    ///   - configuration: how the worker works.
    ///   - reporter: what reports the process's metrics; stopped last, so that it tells of everything.
    ///   - supervisor: the process to end with; whoever started this one when not said.
    /// - Throws: what the broker throws when it cannot start.
    package static func run(
        _ broker: Broker,
        configuration: Worker.Configuration,
        reporter: (any Service)? = nil,
        supervisor: Int32? = nil
    ) async throws {
        let worker = Worker(broker: broker, configuration: configuration)
        var group = ServiceGroupConfiguration(
            services: (reporter.map { [.init(service: $0)] } ?? []) + [
                // It ends by itself when the hub asks it to.
                .init(service: worker, successTerminationBehavior: .gracefullyShutdownGroup),
                // Its end is the supervisor's.
                .init(
                    service: ParentWatch(supervisor: supervisor),
                    successTerminationBehavior: .gracefullyShutdownGroup
                ),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint],
            cancellationSignals: [.sigquit],
            logger: broker.logger
        )
        group.maximumGracefulShutdownDuration = configuration.waitTasksTimeout + .seconds(5)
        try await ServiceGroup(configuration: group).run()
        if worker.wasDrained { exit(drainedStatus) }
    }
}
