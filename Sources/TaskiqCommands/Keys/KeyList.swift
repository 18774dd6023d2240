// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Taskiq
import TaskiqApp
import TaskiqZeroMQ

/// The list of a hub's directory of keys, for the commands that read and change it.
struct KeyList: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("The hub's directory of keys, with authorized_keys in it.", valueName: "dir")
    )
    var keys = "."

    var path: String { "\(keys)/\(HubKeys.listName)" }

    /// The file's text, which keeps comments and lines that cannot be read.
    func text() throws -> String {
        do {
            return try PrivateFile(path: path).text
        } catch {
            throw CommandExit(.notFound, "\(error.message): name the hub's directory of keys with --keys")
        }
    }

    func replace(with text: String) throws {
        do {
            try PrivateFile.write(text, to: path, replaces: true)
        } catch {
            throw CommandExit(.problem, error.message)
        }
    }
}
