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
                + "take the last ones back) or memory (nothing: they are lost with the hub's process).",
            valueName: "level"
        )
    )
    var durability = DurabilityLevel.full

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Admit only the keys in this directory's authorized_keys, over encrypted connections.",
            discussion: "Make it with 'taskiq keys new --role hub'. Needed to listen where other machines can connect.",
            valueName: "dir"
        )
    )
    var keys: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Stop, and say so, when the process takes more memory: 512M, 2G. Default: no limit.",
            valueName: "size"
        )
    )
    var memoryLimit: ByteSize?

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
        guard address.keyFile == nil, address.hubKeyFile == nil else {
            throw CommandExit(.usage, "a hub's keys are a directory of their own: leave key= out, and say --keys DIR")
        }
        guard address.isLocal || keys != nil || insecure else {
            throw CommandExit(
                .usage,
                "\(address) can be reached by other machines, and whoever reaches it can run tasks: admit keys alone "
                    + "with --keys DIR (see 'taskiq keys new --help'), listen at tcp://127.0.0.1:PORT or ipc://PATH, "
                    + "or say --insecure if the network is yours alone"
            )
        }
        return address
    }

    /// The keys that are admitted; nil for everybody who reaches the address.
    func hubKeys() throws -> HubKeys? {
        do {
            return try keys.map { directory throws(TaskiqError) in try HubKeys(directory: directory) }
        } catch {
            throw CommandExit(.usage, error.message)
        }
    }

    /// The data directory.
    func dataDirectory() throws -> String { try DataDirectoryOption.path(data) }

    /// How the store is opened; nil for one in memory.
    var storeOptions: SQLiteHubStoreOptions? {
        guard let durability = durability.durability else { return nil }
        var options = SQLiteHubStoreOptions(durability: durability)
        options.acceptsRollback = acceptRollback
        return options
    }
}

/// What a hub's store survives, as it is written on the command line.
enum DurabilityLevel: String, ExpressibleByArgument, CaseIterable {
    case full, normal, memory

    /// That of the store; nil when there is none on a disk.
    var durability: Durability? {
        switch self {
        case .full: .full
        case .normal: .normal
        case .memory: nil
        }
    }
}
