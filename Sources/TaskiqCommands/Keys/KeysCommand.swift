// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser

/// `keys`: who may connect to a hub.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Makes keys, and says whose a hub admits.",
        discussion: """
            On the hub's machine: 'taskiq keys new --role hub --out /etc/taskiq/keys', then start it with \
            '--keys /etc/taskiq/keys'. For each program: 'taskiq keys new NAME --role client|worker|both', and \
            'taskiq keys allow NAME.pub --keys /etc/taskiq/keys' where the hub is. The program then connects with \
            '--key NAME.key', hub.pub beside it. docs/security.md walks through it.
            """,
        subcommands: [KeysNewCommand.self, KeysAllowCommand.self, KeysListCommand.self, KeysRevokeCommand.self]
    )
}
