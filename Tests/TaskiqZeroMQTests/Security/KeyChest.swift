// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Taskiq

@testable import TaskiqZeroMQ

/// A hub's directory of keys, and the keys of those who want in.
final class KeyChest: Sendable {
    private let folder: SocketDirectory
    let hub: HubKeys
    var path: String { folder.url.path }
    private var list: String { "\(path)/\(HubKeys.listName)" }

    init() throws {
        folder = try SocketDirectory()
        let path = folder.url.path
        let file = KeyFile(name: "hub", role: nil, pair: try .generate())
        try PrivateFile.write(file.secretText, to: "\(path)/\(HubKeys.keyName)")
        try PrivateFile.write("# nobody yet\n", to: "\(path)/\(HubKeys.listName)")
        hub = try HubKeys(directory: path)
    }

    /// A key that is in nobody's list.
    func stranger() throws -> CurveKeys {
        try CurveKeys(hub: hub.pair.publicKey, secretKey: try CurveKeyPair.generate().secretKey)
    }

    /// A key that the hub admits from now on, or as soon as it looks.
    func admit(_ name: String, _ role: KeyRole) throws -> CurveKeys {
        let keys = try stranger()
        try admit(keys, name, role)
        return keys
    }

    func admit(_ keys: CurveKeys, _ name: String, _ role: KeyRole) throws {
        let text = try PrivateFile(path: list).text
        let entry = AllowList.Entry(role: role, name: name, key: keys.own.publicKey)
        try PrivateFile.write("\(text)\(entry.line)\n", to: list, replaces: true)
    }

    func revoke(_ name: String) throws {
        let lines = try PrivateFile(path: list).text.split(separator: "\n")
        let kept = lines.filter { !$0.contains(" \(name) ") }.map { "\($0)\n" }
        try PrivateFile.write(kept.joined(), to: list, replaces: true)
    }

    /// What the hub reads when it starts now.
    func current() throws -> HubKeys { try HubKeys(directory: path) }
}
