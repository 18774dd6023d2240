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

/// `keys new`: makes a key pair.
struct KeysNewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Makes a key pair: NAME.key, which is secret, and NAME.pub.",
        discussion: """
            Keys are never overwritten. Make a key where it is used: the .key file need not leave the machine.

            Exit codes: 0 made, 2 wrong usage, 4 there is such a file already.
            """
    )

    enum Role: String, ExpressibleByArgument, CaseIterable {
        case client, worker, both, admin, hub
    }

    @Argument(help: "Whose key it is, as the hub's log shows it. Default: the machine's name; hub for a hub's.")
    var name: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            """
            What it is for: client sends tasks, worker runs them, both does both, admin is a client that may also \
            administer the hub, hub is the hub's own.
            """,
            valueName: "role"
        )
    )
    var role = Role.both

    @Option(
        name: .long,
        help: ArgumentHelp("The directory to put the files into; it is made if needed.", valueName: "dir")
    )
    var out = "."

    func run() throws {
        let name = try checkedName()
        try makeDirectory()
        do {
            try make(name)
        } catch let error as TaskiqError {
            throw CommandExit(error.code == .conflict ? .conflict : .problem, error.message)
        }
    }

    private func checkedName() throws -> String {
        if role == .hub {
            guard name == nil || name == "hub" else {
                throw CommandExit(.usage, "a hub's key is called hub: leave \(name ?? "") out")
            }
            return "hub"
        }
        let name = self.name ?? Self.machine
        guard AllowList.isName(name), name != "hub" else {
            throw CommandExit(
                .usage,
                "\"\(name)\" cannot name a key: letters, digits and ._@+- can, and hub is the hub's own (--role hub)"
            )
        }
        return name
    }

    private func makeDirectory() throws {
        guard mkdir(out, 0o700) == 0 || errno == EEXIST else {
            throw CommandExit(.problem, "the directory \(out) cannot be made: \(String(cString: strerror(errno)))")
        }
    }

    private func make(_ name: String) throws {
        let pair = try CurveKeyPair.generate()
        let file = KeyFile(name: name, role: KeyRole(rawValue: role.rawValue), pair: pair)
        let (secret, shared) = ("\(out)/\(name).key", "\(out)/\(name).pub")
        guard access(shared, F_OK) != 0 else {
            throw TaskiqError(.conflict, "\(shared) is there already, and keys are never overwritten: move it away")
        }
        try PrivateFile.write(file.secretText, to: secret)
        try PrivateFile.write(file.publicText, to: shared, mode: 0o644)
        Output.line("made \(secret) (secret, mode 600) and \(shared)")
        guard role == .hub else { return explain(file, secret, shared) }
        let list = "\(out)/\(HubKeys.listName)"
        if access(list, F_OK) != 0 {
            let text = "# Who may connect to this hub: ROLE NAME KEY, a line each. Read again when it changes.\n"
            try PrivateFile.write(text, to: list)
        }
        Output.line("admit others with: taskiq keys allow NAME.pub --keys \(out)")
        Output.line("then start the hub with: taskiq-scheduler --listen tcp://ADDRESS:PORT --keys \(out)")
    }

    private func explain(_ file: KeyFile, _ secret: String, _ shared: String) {
        guard let role = file.role else { return }
        let entry = AllowList.Entry(role: role, name: file.name, key: file.publicKey)
        Output.line("admit it on the hub's machine with: taskiq keys allow \(shared) --keys DIR")
        Output.line("or put this line into DIR/\(HubKeys.listName): \(entry.line)")
        Output.line("then connect with: --broker tcp://HUB:PORT --key \(secret), with the hub's hub.pub beside it")
    }

    private static var machine: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
