// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

package import ArgumentParser
import Taskiq
import TaskiqZeroMQ

/// Where the broker is.
package struct ConnectionOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The hub to connect to: ipc://PATH or tcp://HOST:PORT.",
            discussion: "Default: $TASKIQ_BROKER, else a socket in a private directory of yours, where "
                + "taskiq-scheduler listens by default. Beside Python's ZeroMQBroker: zmq-pubsub+tcp://HOST:PORT, "
                + "without a hub, and lossy.",
            valueName: "address"
        )
    )
    package var broker: String?

    package init() {}

    /// The address that was given, or the environment's, or the standard one.
    package func address() throws -> String {
        if let broker = broker ?? ProcessEnvironment["TASKIQ_BROKER"], !broker.isEmpty {
            return try checked(broker)
        }
        return try HubAddress.standard(runtimeDirectory: ProcessEnvironment["XDG_RUNTIME_DIR"]).description
    }

    private func checked(_ text: String) throws -> String {
        do {
            if PubSubAddress.isNamed(by: text) { return try PubSubAddress(text).description }
            return try HubAddress(text).description
        } catch {
            throw CommandExit(.usage, error.message)
        }
    }
}
