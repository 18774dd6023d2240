// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

package import ArgumentParser

/// What a supervisor tells the worker processes that it starts.
package struct SupervisionOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The process to end with.", visibility: .private))
    package var supervisor: Int32?

    @Flag(name: .long, help: ArgumentHelp("Report metrics over standard input.", visibility: .private))
    package var reportMetrics = false

    package var reportsMetrics: Bool { reportMetrics }

    package init() {}
}
