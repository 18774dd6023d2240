// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

package import ArgumentParser
package import Logging
import Taskiq

/// How much is logged, to standard error.
package struct LoggingOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "What to log: trace, debug, info, notice, warning, error or critical.",
            discussion: "Default: $TASKIQ_LOG_LEVEL, else info, and error for commands that print an answer.",
            valueName: "level"
        )
    )
    package var logLevel: String?

    package init() {}

    package func validate() throws {
        if let logLevel, Logger.Level(rawValue: logLevel) == nil {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("'\(logLevel)' is no log level; levels are \(levels).")
        }
    }

    /// Sets the process's logging up; to be called once, before anything is logged.
    ///
    /// - Parameter standard: the level when none is asked for.
    package func bootstrap(standard: Logger.Level = .info) {
        let text = logLevel ?? ProcessEnvironment["TASKIQ_LOG_LEVEL"] ?? ""
        let level = Logger.Level(rawValue: text) ?? standard
        LoggingSystem.bootstrap(
            { label, provider in
                var handler = StreamLogHandler.standardError(label: label, metadataProvider: provider)
                handler.logLevel = level
                return handler
            },
            metadataProvider: .taskiq
        )
    }
}
