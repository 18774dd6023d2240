// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Taskiq
import TaskiqApp
import TaskiqHubProtocol

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// `store backup`: a copy of the store, while the hub runs.
struct StoreBackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Has the hub write a copy of its store.",
        discussion: """
            The copy is of one moment, and is written on the hub's machine, by the hub's user, to a file that is not \
            there yet. Tasks go on meanwhile.

            Exit codes: 0 done, 1 it could not be written, 5 no broker was reached.
            """
    )

    @Argument(help: ArgumentHelp("The copy's file.", valueName: "file"))
    var file: String

    @OptionGroup var options: OperationOptions

    func run() async throws {
        var parameters = OperationParameters()
        parameters.path = Self.absolute(file)
        let asked = parameters
        try await options.withHub { session in
            // Whether there is a hub is known soon. A large store takes long, and the hub says nothing before it is done.
            _ = try await session.ask(.showStatus)
            _ = try await session.ask(.backUpStore, asked, timeout: max(session.timeout, .seconds(3600)))
            Output.line(asked.path ?? file)
        }
    }

    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        return "\(String(cString: here))/\(path)"
    }
}
