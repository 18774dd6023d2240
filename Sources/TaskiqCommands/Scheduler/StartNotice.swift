// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import ServiceLifecycle

/// Says that the daemon has started, once it can be stopped by a signal as well.
struct StartNotice: Service {
    let logger: Logger
    let address: String
    let directory: String
    let printer: RunPrinter

    func run() async throws {
        printer.note("listening at \(address)")
        logger.info("started", metadata: ["taskiq.broker": "\(address)", "taskiq.data": "\(directory)"])
        try await gracefulShutdown()
    }
}
