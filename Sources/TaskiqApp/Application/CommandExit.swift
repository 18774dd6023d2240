// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// A command's end with a code, and perhaps a sentence.
public struct CommandExit: Error {
    /// The exit codes, these alone.
    public enum Code: Int32, Sendable {
        /// All is well.
        case success = 0
        /// Problems were found, or the task failed.
        case problem = 1
        /// The command was written wrongly.
        case usage = 2
        /// What was asked for does not exist.
        case notFound = 3
        /// Somebody else has it.
        case conflict = 4
        /// The broker was never reached.
        case unreachable = 5
        /// The time was over before there was an answer.
        case timedOut = 6

        /// The code of an error.
        init(of error: TaskiqError) {
            self =
                switch error.code {
                case .unreachable, .refused: .unreachable
                case .resultTimeout, .sendTimeout: .timedOut
                case .invalidArguments: .usage
                case .conflict: .conflict
                default: .problem
                }
        }
    }

    /// The code.
    public var code: Code
    /// What is said on standard error.
    public var message: String?

    /// Makes an end.
    ///
    /// - Parameters:
    ///   - code: the code.
    ///   - message: what is said on standard error.
    public init(_ code: Code, _ message: String? = nil) {
        self.code = code
        self.message = message
    }
}
