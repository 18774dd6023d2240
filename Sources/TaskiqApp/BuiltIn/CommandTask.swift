// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// `taskiq.command`: a process, its output and its exit code.
struct CommandTask: TaskContract {
    static let taskName: TaskName = "taskiq.command"

    /// A list of words, run as it is, or one text, run by `/bin/sh -c`.
    var command: Command
    /// More environment variables.
    var env: [String: String]?
    /// Where it runs; the worker's directory by default.
    var cwd: String?
    /// How long it may take, in seconds.
    var timeout: Double?
    /// What it reads.
    var stdin: String?

    /// What a command printed, and how it ended.
    struct Output: Codable, Sendable {
        var exitCode: Int32
        var stdout: String
        var stderr: String

        enum CodingKeys: String, CodingKey {
            case exitCode = "exit_code"
            case stdout, stderr
        }
    }

    /// A command in either of its forms.
    enum Command: Codable, Sendable {
        case words([String])
        case shell(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .shell(text)
            } else {
                let words = try container.decode([String].self)
                guard !words.isEmpty else {
                    throw DecodingError.dataCorruptedError(in: container, debugDescription: "the list is empty")
                }
                self = .words(words)
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .words(let words): try container.encode(words)
            case .shell(let text): try container.encode(text)
            }
        }

        /// The words to run.
        var words: [String] {
            switch self {
            case .words(let words): words
            case .shell(let text): ["/bin/sh", "-c", text]
            }
        }

        /// The command as one line, for people and for patterns.
        var line: String {
            switch self {
            case .words(let words): words.joined(separator: " ")
            case .shell(let text): text
            }
        }
    }
}

/// A command that ended with another exit code than 0.
struct CommandFailure: Error, CustomStringConvertible {
    let command: String
    let status: String
    let stderr: String

    var description: String {
        let text = stderr.split(separator: "\n").suffix(5).joined(separator: "\n")
        return "\(command): \(status)" + (text.isEmpty ? "" : "\n\(text)")
    }
}
