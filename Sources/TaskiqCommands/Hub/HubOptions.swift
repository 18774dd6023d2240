// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Taskiq
import TaskiqApp
import TaskiqSQLite
import TaskiqZeroMQ

/// What a hub is told, alone or with a scheduler.
struct HubOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where the hub listens: ipc://PATH or tcp://HOST:PORT (workers use the next port).",
            discussion: "Default: a socket in a private directory of yours, where workers and clients look first.",
            valueName: "address"
        )
    )
    var listen: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The data directory: queue, results and the ledger of slots.",
            discussion: "Default: $XDG_STATE_HOME/taskiq, else ~/.local/state/taskiq.",
            valueName: "dir"
        )
    )
    var data: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What accepted tasks survive: full (a power cut), normal (the end of the hub's process; a power cut may "
                + "take the last ones back) or memory (the same, but a power cut may damage the store).",
            valueName: "level"
        )
    )
    var durability = DurabilityLevel.full

    @Flag(name: .long, help: "Allow listening where other machines can connect, although nothing protects it.")
    var insecure = false

    @Flag(name: .long, help: "Go on with a store that is older than it was, as after restoring a copy.")
    var acceptRollback = false

    /// Where to listen.
    func address() throws -> HubAddress {
        guard let listen else {
            return try HubAddress.standard(runtimeDirectory: ProcessEnvironment["XDG_RUNTIME_DIR"])
        }
        let address: HubAddress
        do {
            address = try HubAddress(listen)
        } catch {
            throw CommandExit(.usage, error.message)
        }
        guard address.isLocal || insecure else {
            throw CommandExit(
                .usage,
                "\(address) can be reached by other machines, and whoever reaches it can run tasks: listen at "
                    + "tcp://127.0.0.1:PORT or ipc://PATH, or say --insecure if the network is yours alone"
            )
        }
        return address
    }

    /// The data directory.
    func dataDirectory() throws -> String { try DataDirectoryOption.path(data) }

    /// How the store is opened.
    var storeOptions: SQLiteHubStoreOptions {
        var options = SQLiteHubStoreOptions(durability: durability.durability)
        options.acceptsRollback = acceptRollback
        return options
    }
}

/// What a hub's store survives, as it is written on the command line.
enum DurabilityLevel: String, ExpressibleByArgument, CaseIterable {
    case full, normal, memory

    var durability: Durability {
        switch self {
        case .full: .full
        case .normal: .normal
        case .memory: .memory
        }
    }
}
