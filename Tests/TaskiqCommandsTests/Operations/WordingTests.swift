// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Testing

@testable import TaskiqCommands

/// What commands say of counts, and of what was typed.
struct WordingTests {
    @Test(
        arguments: [
            (0, ""), (1, "; 1 damaged row was put aside earlier"), (2, "; 2 damaged rows were put aside earlier"),
        ]
    )
    func rowsThatWerePutAside(count: Int, words: String) {
        #expect(StoreCheckCommand.quarantine(count) == words)
    }

    @Test(
        arguments: [
            ([], "Name ids, or say --all, --task or --queue."),
            (["x", "--all"], "Name ids, or say --all, --task or --queue: not both."),
            (["x", "--queue", "q"], "Name ids, or say --all, --task or --queue: not both."),
        ]
    )
    func deadLettersAreNamedOneWay(arguments: [String], words: String) {
        let error = #expect(throws: (any Error).self) { try DeadDropCommand.parse(arguments + ["--yes"]) }
        #expect(error.map(DeadDropCommand.message) == words)
    }
}
