// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

package import Logging
package import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// How a worker process finds the connection over which it reports its metrics: it is its standard input.
///
/// So there is no path to guard, nothing is left in the file system, and the connection ends with either process.
package enum WorkerReporting {
    /// Begins to report, if the supervisor asked for it; to be called first of all.
    ///
    /// - Parameters:
    ///   - metrics: the program's metrics.
    ///   - options: what the supervisor said.
    ///   - logger: what is logged to.
    /// - Returns: what reports, or nil.
    package static func start(
        _ metrics: (any WorkerMetrics)?,
        _ options: SupervisionOptions,
        logger: Logger
    ) -> (any Service)? {
        guard options.reportsMetrics else { return nil }
        guard let descriptor = takeStandardInput() else {
            logger.warning("there is no connection to report metrics over; they are not counted")
            return nil
        }
        guard let metrics else {
            close(descriptor)
            logger.warning("this program declares no metrics (static var metrics); its tasks are not counted")
            return nil
        }
        return metrics.startReporting(to: descriptor, logger: logger)
    }

    /// Moves the connection away from where tasks, and the processes that they start, would read from it.
    private static func takeStandardInput() -> Int32? {
        var status = stat()
        guard fstat(0, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
        let descriptor = fcntl(0, F_DUPFD_CLOEXEC, 3)
        guard descriptor >= 0 else { return nil }
        let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
        if nothing >= 0 {
            dup2(nothing, 0)
            close(nothing)
        } else {
            close(0)
        }
        return descriptor
    }
}
