// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Taskiq
import TaskiqApp
import TaskiqZeroMQ

/// `keys list`: whose keys are admitted.
struct KeysListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the keys that a hub admits.",
        discussion: "Exit codes: 0 listed, 1 a line could not be read, 3 no list is there."
    )

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    @OptionGroup var list: KeyList

    func run() throws {
        let content = AllowList(try list.text())
        if json {
            // Neither names nor keys can have a sign in them that JSON escapes.
            let entries = content.entries.map { entry in
                #"{"role":"\#(entry.role.rawValue)","name":"\#(entry.name)","key":"\#(entry.key)"}"#
            }
            Output.line("[\(entries.joined(separator: ","))]")
        } else {
            for entry in content.entries { Output.line(entry.line) }
        }
        for problem in content.problems { Output.error("error: \(list.path), \(problem)") }
        if !content.problems.isEmpty { throw CommandExit(.problem) }
    }
}
