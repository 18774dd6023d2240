// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Taskiq
import TaskiqApp
import TaskiqZeroMQ

/// `keys revoke`: admits a key no more.
struct KeysRevokeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Takes a key out of a hub's authorized_keys.",
        discussion: """
            A hub that runs ends the key's sessions within a second; what its workers ran goes to others.

            Exit codes: 0 done, 3 no such key is in the list.
            """
    )

    @Argument(help: "The name that the list shows, or the key itself.")
    var name: String

    @OptionGroup var list: KeyList

    func run() throws {
        let lines = try list.text().split(separator: "\n", omittingEmptySubsequences: false)
        let kept = lines.filter { line in
            !AllowList(String(line)).entries.contains { $0.name == name || $0.key == name }
        }
        let count = lines.count - kept.count
        guard count > 0 else { throw CommandExit(.notFound, "\(list.path) has no key of the name \"\(name)\"") }
        try list.replace(with: kept.joined(separator: "\n"))
        Output.line("\(name) is admitted no more (\(count) \(count == 1 ? "key" : "keys"))")
    }
}
