// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq

/// What a hub needs to know who connects: its own key, and the list of those whom it admits.
public struct HubKeys: Sendable {
    /// The name of the file with the hub's key in a directory of keys.
    package static let keyName = "hub.key"
    /// The name of the file with the hub's public key.
    package static let publicName = "hub.pub"
    /// The name of the file with the keys that are admitted.
    package static let listName = "authorized_keys"

    package let pair: CurveKeyPair
    /// The file with the keys that are admitted; it is read again when it changes.
    package let listPath: String
    package let list: AllowList

    /// Reads a directory of keys: `hub.key` and `authorized_keys`, both for their owner alone.
    ///
    /// - Parameter directory: the directory's path; `taskiq keys new --role hub` makes one.
    /// - Throws: `TaskiqError` with code `configuration` for files that are not there, cannot be read, or are open to
    ///   other users.
    public init(directory: String) throws(TaskiqError) {
        guard ZeroMQContext.has(.curve) else {
            throw TaskiqError(.configuration, "this machine's libzmq was built without CURVE: install one that has it")
        }
        guard let pair = try KeyFile(secret: "\(directory)/\(Self.keyName)").pair else {
            throw TaskiqError(.configuration, "\(directory)/\(Self.keyName) has no secret-key")
        }
        self.pair = pair
        listPath = "\(directory)/\(Self.listName)"
        list = AllowList(try PrivateFile(path: listPath).text)
    }
}
