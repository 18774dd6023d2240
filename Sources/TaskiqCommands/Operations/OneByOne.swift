// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqApp
import TaskiqZeroMQ

/// Does the same to several things: one that is refused keeps nothing from the others.
enum OneByOne {
    /// - Parameters:
    ///   - names: the things.
    ///   - body: does it to one.
    /// - Throws: `CommandExit` with the code of the first refusal, when all were tried.
    static func run(_ names: [String], _ body: (String) async throws -> Void) async throws {
        var code: CommandExit.Code?
        for name in names {
            do {
                try await body(name)
            } catch let refusal as HubClient.Refusal {
                Output.error("error: \(refusal)")
                code = code ?? CommandExit.Code(refusal.status)
            }
        }
        if let code { throw CommandExit(code) }
    }
}
