// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

package import Taskiq

/// A file with a key: lines of `name = value`, and comments.
package struct KeyFile: Sendable {
    /// Whose key it is.
    package var name: String
    /// What it admits to; nil for a hub's.
    package var role: KeyRole?
    /// The public half.
    package var publicKey: String
    /// Both halves; nil in a file that may be given away.
    package var pair: CurveKeyPair?

    /// Makes the content of a file with a secret key.
    ///
    /// - Parameters:
    ///   - name: whose key it is.
    ///   - role: what it admits to; nil for a hub's.
    ///   - pair: the key pair.
    package init(name: String, role: KeyRole?, pair: CurveKeyPair) {
        self.name = name
        self.role = role
        self.pair = pair
        publicKey = pair.publicKey
    }

    /// Reads a file with a secret key, which must be private.
    ///
    /// - Parameter path: its path.
    /// - Throws: `TaskiqError` with code `configuration`.
    package init(secret path: String) throws(TaskiqError) {
        try self.init(try PrivateFile(path: path).text, path)
        guard pair != nil else {
            throw Self.problem(path, "it has no secret-key: name the .key file that 'taskiq keys new' made")
        }
    }

    /// Reads a file with a public key.
    ///
    /// - Parameter path: its path.
    /// - Throws: `TaskiqError` with code `configuration`.
    package init(public path: String) throws(TaskiqError) {
        try self.init(try PrivateFile(path: path, isPublic: true).text, path)
    }

    private init(_ text: String, _ path: String) throws(TaskiqError) {
        var values: [String: String] = [:]
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.trimmed
            if line.isEmpty || line.hasPrefix("#") { continue }
            // A key may have any sign in it but spaces, so only the first one counts.
            let parts = line.split(separator: "=", maxSplits: 1).map(\.trimmed)
            guard parts.count == 2, ["name", "role", "public-key", "secret-key"].contains(parts[0]) else {
                throw Self.problem(path, "line \(number + 1) is none of name, role, public-key and secret-key = …")
            }
            values[parts[0]] = parts[1]
        }
        role = try values["role"].map { text throws(TaskiqError) in
            guard let role = KeyRole(rawValue: text) else {
                throw Self.problem(path, "role is \(KeyRole.words), found \"\(text)\"")
            }
            return role
        }
        if let secret = values["secret-key"] {
            do {
                pair = try CurveKeyPair(secretKey: secret)
            } catch {
                throw Self.problem(path, "secret-key is no key of 40 characters")
            }
        }
        guard let key = values["public-key"] ?? pair?.publicKey, CurveKeyPair.isKey(key) else {
            throw Self.problem(path, "public-key is no key of 40 characters")
        }
        if let pair, pair.publicKey != key { throw Self.problem(path, "public-key and secret-key are of two pairs") }
        publicKey = key
        name = values["name"] ?? "unnamed"
        guard AllowList.isName(name) else { throw Self.problem(path, "the name may have letters, digits and ._@+-") }
    }

    /// What the private file holds.
    package var secretText: String {
        """
        # The secret key of \(name). Whoever has it is \(name) to a taskiq hub: nobody else may read this file.
        \(lines)secret-key = \(pair?.secretKey ?? "")

        """
    }

    /// What the file holds that may be given away.
    package var publicText: String {
        """
        # The public key of \(name).
        \(lines)
        """
    }

    private var lines: String {
        "name = \(name)\n" + (role.map { "role = \($0.rawValue)\n" } ?? "") + "public-key = \(publicKey)\n"
    }

    private static func problem(_ path: String, _ reason: String) -> TaskiqError {
        TaskiqError(.configuration, "\(path) is no file with a key: \(reason)")
    }
}

extension StringProtocol {
    /// Without spaces at its ends.
    var trimmed: String {
        func isSpace(_ character: Character) -> Bool { character == " " || character == "\t" || character == "\r" }
        let front = drop(while: isSpace)
        return String(front.reversed().drop(while: isSpace).reversed())
    }
}
