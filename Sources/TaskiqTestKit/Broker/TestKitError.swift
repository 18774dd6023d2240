// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What a test broker has to complain of: thrown, so that any test framework shows it where the test called.
public struct TestKitError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of complaint it is.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private let name: String

        /// What was expected to be sent was not, or what was not expected was.
        public static let expectation = Code(name: "expectation")
        /// More tasks ran than a test runs: they send, or retry, themselves without end.
        public static let limit = Code(name: "limit")

        /// The code's name.
        public var description: String { name }
    }

    /// What kind of complaint it is.
    public let code: Code
    /// What was expected, and what came instead.
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// What was expected, and what came instead.
    public var description: String { message }
}
