// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Which commands a worker runs for others.
package struct CommandPolicy: Sendable {
    /// All of them: whoever can reach the broker can run anything as this user.
    private let allowsAll: Bool
    /// Patterns as in a shell (`*`, `?`, `[…]`); a command that matches one of them is run.
    private let patterns: [String]

    /// Makes a policy.
    ///
    /// - Parameters:
    ///   - allowsAll: whether every command is allowed.
    ///   - patterns: shell patterns of allowed commands, compared with the whole command line.
    package init(allowsAll: Bool, patterns: [String]) {
        self.allowsAll = allowsAll
        self.patterns = patterns
    }

    /// Whether any command at all is allowed.
    package var allowsAny: Bool { allowsAll || !patterns.isEmpty }

    /// Whether a command is allowed.
    ///
    /// - Parameter commandLine: its words, with a space between them.
    /// - Returns: whether it may be run.
    package func allows(_ commandLine: String) -> Bool {
        allowsAll || patterns.contains { fnmatch($0, commandLine, 0) == 0 }
    }
}
