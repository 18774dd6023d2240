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

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The .key file to connect with, where the hub admits keys alone.",
            discussion: "Default: $TASKIQ_KEY. See 'taskiq keys new'.",
            valueName: "file"
        )
    )
    package var key: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The file with the hub's public key.",
            discussion: "Default: $TASKIQ_HUB_KEY, else hub.pub beside the file of --key.",
            valueName: "file"
        )
    )
    package var hubKey: String?

    package init() {}

    /// The address that was given, or the environment's, or the standard one; with the files of keys in it.
    package func address() throws -> String {
        if let broker = broker ?? ProcessEnvironment["TASKIQ_BROKER"], !broker.isEmpty {
            return try checked(broker)
        }
        return try checked(HubAddress.standard(runtimeDirectory: ProcessEnvironment["XDG_RUNTIME_DIR"]).description)
    }

    private func checked(_ text: String) throws -> String {
        do {
            if PubSubAddress.isNamed(by: text) {
                let address = try PubSubAddress(text).description
                guard key == nil, hubKey == nil else {
                    throw CommandExit(.usage, "--key and --hub-key are for hubs; zmq-pubsub+tcp:// knows no keys")
                }
                return address
            }
            let address = try HubAddress(try withKeys(text))
            if let file = address.keyFile { _ = try CurveKeys(file: file, hubFile: address.hubKeyFile) }
            return address.description
        } catch let error as TaskiqError {
            throw CommandExit(.usage, error.message)
        }
    }

    /// Puts the files into the address, which every part of the program gets.
    private func withKeys(_ text: String) throws -> String {
        let address = try HubAddress(text)
        if address.keyFile != nil || address.hubKeyFile != nil {
            guard key == nil, hubKey == nil else {
                throw CommandExit(.usage, "the address names files of keys already: leave --key and --hub-key out")
            }
            return text
        }
        let environment = (key: ProcessEnvironment["TASKIQ_KEY"], hubKey: ProcessEnvironment["TASKIQ_HUB_KEY"])
        guard let key = key ?? environment.key, !key.isEmpty else {
            guard hubKey == nil else { throw CommandExit(.usage, "--hub-key needs --key, the file with your own key") }
            return text
        }
        let files = [("key", key), ("hub-key", hubKey ?? environment.hubKey ?? "")].filter { !$0.1.isEmpty }
        guard files.allSatisfy({ !$0.1.contains("&") }) else {
            throw CommandExit(.usage, "the path of a file of keys cannot have an & in it")
        }
        return text + "?" + files.map { "\($0)=\($1)" }.joined(separator: "&")
    }
}
