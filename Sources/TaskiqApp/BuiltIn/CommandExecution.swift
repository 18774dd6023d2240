// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import Subprocess
import SystemPackage
import Taskiq

/// Runs the process of a `taskiq.command`.
enum CommandExecution {
    /// More output than this, of either kind, is read and dropped, so that the result fits into a message.
    static let outputLimit = 256 * 1024

    static func run(_ task: CommandTask, policy: CommandPolicy, logger: Logger) async throws -> CommandTask.Output {
        guard policy.allows(task.command) else {
            throw TaskiqError(
                .taskRejected,
                "this worker does not run \"\(task.command.line)\": allow it with --allow-command, and send it as a list "
                    + "of words if a shell would act on its characters"
            )
        }
        guard let seconds = task.timeout else { return try await run(task) }
        guard seconds > 0, seconds < 1e9 else {
            throw TaskiqError(.invalidArguments, "timeout must be a number of seconds above 0, found \(seconds)")
        }
        return try await withThrowingTaskGroup(of: CommandTask.Output?.self) { group in
            group.addTask { try await run(task) }
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let output = first else {
                throw TaskiqError(.taskTimeout, "\(task.command.line): took longer than \(seconds) s and was stopped")
            }
            return output
        }
    }

    private static func run(_ task: CommandTask) async throws -> CommandTask.Output {
        let words = task.command.words
        var options = PlatformOptions()
        // A group of its own, so that what it started ends with it.
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(2)),
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1)),
        ]
        let variables = Dictionary(
            uniqueKeysWithValues: (task.env ?? [:]).compactMap { name, value in
                Environment.Key(rawValue: name).map { ($0, Optional(value)) }
            }
        )
        let configuration = Configuration(
            executable: words[0].contains("/") ? .path(FilePath(words[0])) : .name(words[0]),
            arguments: Arguments(Array(words.dropFirst())),
            environment: .inherit.updating(variables),
            workingDirectory: task.cwd.map { FilePath($0) },
            platformOptions: options
        )
        let result = try await Subprocess.run(
            configuration,
            input: .inputWriter,
            output: .sequence,
            error: .sequence
        ) { execution in
            async let stdout = collect(execution.standardOutput)
            async let stderr = collect(execution.standardError)
            if let input = task.stdin { _ = try? await execution.standardInputWriter.write(input) }
            try? await execution.standardInputWriter.finish()
            return (try await stdout, try await stderr)
        }
        let (stdout, stderr) = result.closureResult
        guard case .exited(let code) = result.terminationStatus, code == 0 else {
            throw CommandFailure(command: task.command.line, status: "\(result.terminationStatus)", stderr: stderr)
        }
        return CommandTask.Output(exitCode: code, stdout: stdout, stderr: stderr)
    }

    private static func collect(_ sequence: SubprocessOutputSequence) async throws -> String {
        var bytes: [UInt8] = []
        for try await buffer in sequence {
            let room = outputLimit - bytes.count
            if room > 0 { buffer.withUnsafeBytes { bytes.append(contentsOf: $0.prefix(room)) } }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
