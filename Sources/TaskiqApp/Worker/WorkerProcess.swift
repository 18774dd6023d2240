// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
package import ServiceLifecycle
package import Taskiq
import UnixSignals

/// One process that runs tasks, from its start to its stop.
package enum WorkerProcess {
    /// Runs until SIGTERM, SIGINT, or the end of whoever supervises it.
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
                .init(service: worker),
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
    }
}
