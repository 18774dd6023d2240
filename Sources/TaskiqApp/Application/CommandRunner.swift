// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import ArgumentParser
import Taskiq

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Runs a command and ends the process with one of taskiq's exit codes.
public enum CommandRunner {
    /// Runs the command that the process's arguments name.
    ///
    /// - Parameter command: the root command.
    public static func run(_ command: any ParsableCommand.Type) async -> Never {
        let failure: any Error
        do {
            var parsed = try command.parseAsRoot()
            if var asynchronous = parsed as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try parsed.run()
            }
            exit(0)
        } catch {
            failure = error
        }
        exit(end(command, failure).rawValue)
    }

    private static func end(_ command: any ParsableCommand.Type, _ error: any Error) -> CommandExit.Code {
        if let exit = error as? CommandExit {
            if let message = exit.message { Output.error("error: \(message)") }
            return exit.code
        }
        if let error = error as? TaskiqError {
            Output.error("error: \(error)")
            return CommandExit.Code(of: error)
        }
        if error is CancellationError { return .problem }
        // What is left is the argument parser's own: help, version, wrong usage.
        let code = command.exitCode(for: error)
        if code == .success {
            Output.line(command.fullMessage(for: error))
            return .success
        }
        if code == .validationFailure {
            Output.error(command.fullMessage(for: error))
            return .usage
        }
        Output.error("error: \(error)")
        return .problem
    }
}
