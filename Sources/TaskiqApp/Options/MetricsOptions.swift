// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

package import ArgumentParser

/// Where a supervisor serves the metrics of its worker processes.
package struct MetricsOptions: ParsableArguments {
    // Off unless asked for: a port that is opened unasked is open to whoever reaches the machine, and the second worker
    // of a machine would not start, or, as with Python's port 9000, silently count for nobody.
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Serve the metrics of all worker processes there, at /metrics; port 0 takes a free one.",
            discussion: "Default: no metrics. Whoever reaches the address can read them.",
            valueName: "host:port"
        )
    )
    package var metricsAddress: MetricsAddress?

    package init() {}
}

/// A host and a port: `127.0.0.1:9000`, `localhost:9000`, `[::1]:9000`.
package struct MetricsAddress: ExpressibleByArgument {
    package let host: String
    package let port: UInt16

    package init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let port = UInt16(argument[argument.index(after: colon)...])
        else { return nil }
        var host = argument[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(where: { ":[]".contains($0) }) {
            // The last group of an IPv6 address would be taken for a port.
            return nil
        }
        guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || $0 == "/" || $0 == "@" }) else { return nil }
        self.host = String(host)
        self.port = port
    }
}
