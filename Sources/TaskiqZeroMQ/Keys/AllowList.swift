// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The keys that a hub admits: a file with a line for each, `ROLE NAME KEY`.
///
/// The key comes last, because it may begin with the sign that begins a comment.
package struct AllowList: Sendable, Hashable {
    /// A line of it.
    package struct Entry: Sendable, Hashable {
        /// What the key admits to.
        package var role: KeyRole
        /// Whose it is, for logs and for people.
        package var name: String
        /// The public key.
        package var key: String

        /// Makes an entry.
        ///
        /// - Parameters:
        ///   - role: what the key admits to.
        ///   - name: whose it is.
        ///   - key: the public key.
        package init(role: KeyRole, name: String, key: String) {
            self.role = role
            self.name = name
            self.key = key
        }

        /// The line.
        package var line: String { "\(role.rawValue) \(name) \(key)" }
    }

    /// A line that could not be read, and says so: the others count.
    package struct Problem: Sendable, Hashable, CustomStringConvertible {
        /// Which line, from 1.
        package var line: Int
        /// What is wrong with it, and what to do.
        package var reason: String

        /// Both.
        package var description: String { "line \(line): \(reason)" }
    }

    /// What can be read, in its order.
    package private(set) var entries: [Entry] = []
    /// What cannot.
    package private(set) var problems: [Problem] = []

    /// Reads a list.
    ///
    /// - Parameter text: the file's text.
    package init(_ text: String) {
        var keys: Set<String> = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.trimmed
            if line.isEmpty || line.hasPrefix("#") { continue }
            let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
            let problem: String?
            if words.count != 3 {
                problem = "a line is ROLE NAME KEY, this one has \(words.count) words"
            } else if KeyRole(rawValue: words[0]) == nil {
                problem = "the role is \(KeyRole.words), found \"\(words[0].prefix(20))\""
            } else if !Self.isName(words[1]) {
                problem = "the name may have letters, digits and ._@+-"
            } else if !CurveKeyPair.isKey(words[2]) {
                problem = "the key must have 40 characters of Z85, as in a .pub file"
            } else if !keys.insert(words[2]).inserted {
                problem = "this key stands in an earlier line, which counts"
            } else {
                problem = nil
            }
            if let problem {
                problems.append(Problem(line: index + 1, reason: problem))
            } else if let role = KeyRole(rawValue: words[0]) {
                entries.append(Entry(role: role, name: words[1], key: words[2]))
            }
        }
    }

    /// Whether a text may name a key's holder.
    ///
    /// - Parameter text: the text.
    /// - Returns: whether it has 1 to 64 letters of ASCII, digits, or signs of `._@+-`.
    package static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._@+-".contains($0)) }
            && !text.hasPrefix(".") && !text.hasPrefix("-")
    }
}
