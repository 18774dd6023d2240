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
    /// A pattern sees the command's words as a shell would write them, so that no word can pass for two. Text for the
    /// shell is compared too, unless it holds anything that a shell acts on: what follows a `;` no pattern can see.
    ///
    /// - Parameter command: the command.
    /// - Returns: whether it may be run.
    func allows(_ command: CommandTask.Command) -> Bool {
        if allowsAll { return true }
        let line: String
        switch command {
        case .words(let words): line = words.map(Self.quoted).joined(separator: " ")
        case .shell(let text):
            guard Self.isPlain(text) else { return false }
            line = text
        }
        return patterns.contains { fnmatch($0, line, 0) == 0 }
    }

    /// A word as a shell would have to write it.
    private static func quoted(_ word: String) -> String {
        let isOneWord = !word.isEmpty && isPlain(word) && !word.contains(" ")
        return isOneWord
            ? word : "'\(word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
    }

    /// Whether a shell takes every character of a text as it stands, spaces apart.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
                true
            default: " %+,-./:=@_".utf8.contains(byte)
            }
        }
    }
}
