// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Taskiq
import TaskiqApp
import TaskiqZeroMQ

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What the daemon is told.
struct SchedulerOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp("Files and folders with schedules.", discussion: "Default: ./schedules, if it is there.")
    )
    var schedules: [String] = []

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

    @Flag(name: .long, help: "Do not print a line for each run.")
    var quiet = false

    @Flag(
        name: .long,
        help: ArgumentHelp(
            "End the line of each run with what the task returned, or why it failed.",
            discussion: "On a terminal it is done anyway; elsewhere the lines become logs."
        )
    )
    var showResults = false

    var showsResults: Bool { showResults || isatty(1) == 1 }

    /// The schedules to read; none when none were named and the standard folder is not there.
    var schedulePaths: [String] {
        if !schedules.isEmpty { return schedules }
        return access("schedules", F_OK) == 0 ? ["schedules"] : []
    }

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
    func dataDirectory() throws -> String {
        if let data { return data }
        if let state = ProcessEnvironment["XDG_STATE_HOME"], state.hasPrefix("/") { return "\(state)/taskiq" }
        if let home = ProcessEnvironment["HOME"], home.hasPrefix("/") { return "\(home)/.local/state/taskiq" }
        throw CommandExit(.usage, "there is no $HOME to keep the data in: name a directory with --data")
    }
}
