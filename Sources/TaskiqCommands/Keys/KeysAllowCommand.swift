// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Taskiq
import TaskiqApp
import TaskiqZeroMQ

/// `keys allow`: admits a key.
struct KeysAllowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "allow",
        abstract: "Admits a key: puts it into a hub's authorized_keys.",
        discussion: """
            A hub that runs admits it within a second.

            Exit codes: 0 admitted, 2 the file has no key, 3 no list is there, 4 the key is in the list already.
            """
    )

    @Argument(help: ArgumentHelp("The .pub file that 'taskiq keys new' made.", valueName: "file"))
    var file: String

    @Option(
        name: .long,
        help: ArgumentHelp("What it may do, if not what the file says: \(KeyRole.words).", valueName: "role")
    )
    var role: String?

    @OptionGroup var list: KeyList

    func run() throws {
        let key: KeyFile
        do {
            key = try KeyFile(public: file)
        } catch {
            throw CommandExit(.usage, error.message)
        }
        guard let role = role.map({ KeyRole(rawValue: $0) }) ?? key.role else {
            throw CommandExit(.usage, "say --role \(KeyRole.words): \(self.role ?? "the file") is none of them")
        }
        var text = try list.text()
        if let known = AllowList(text).entries.first(where: { $0.key == key.publicKey }) {
            throw CommandExit(.conflict, "this key is admitted already, as \(known.name) (\(known.role.rawValue))")
        }
        if !text.isEmpty, !text.hasSuffix("\n") { text += "\n" }
        try list.replace(with: text + AllowList.Entry(role: role, name: key.name, key: key.publicKey).line + "\n")
        Output.line("\(key.name) is admitted as \(role.rawValue)")
    }
}
