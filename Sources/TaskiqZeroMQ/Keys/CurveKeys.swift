// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq

/// What a program needs to connect to a hub that admits keys alone: the hub's public key, and its own key pair.
///
/// `taskiq keys new` makes the files.
public struct CurveKeys: Sendable, Hashable {
    let hub: String
    let own: CurveKeyPair

    /// Takes keys as text, 40 characters of Z85 each.
    ///
    /// - Parameters:
    ///   - hub: the hub's public key.
    ///   - secretKey: the program's secret key; it is never logged.
    /// - Throws: `TaskiqError` with code `configuration` for what is no key.
    public init(hub: String, secretKey: String) throws(TaskiqError) {
        guard CurveKeyPair.isKey(hub) else {
            throw TaskiqError(.configuration, "the hub's public key must have 40 characters of Z85, as in hub.pub")
        }
        do {
            own = try CurveKeyPair(secretKey: secretKey)
        } catch {
            throw TaskiqError(.configuration, "the secret key must have 40 characters of Z85, as in a .key file")
        }
        self.hub = hub
    }

    /// Reads keys from files.
    ///
    /// - Parameters:
    ///   - file: the program's `.key` file, which nobody else may read.
    ///   - hubFile: the file with the hub's public key; `hub.pub` beside the other one when not given.
    /// - Throws: `TaskiqError` with code `configuration`.
    public init(file: String, hubFile: String? = nil) throws(TaskiqError) {
        guard let pair = try KeyFile(secret: file).pair else {
            throw TaskiqError(.configuration, "\(file) has no secret-key")
        }
        own = pair
        let folder = file.lastIndex(of: "/").map { file[...$0] } ?? ""
        hub = try KeyFile(public: hubFile ?? "\(folder)\(HubKeys.publicName)").publicKey
    }

    var options: CurveOptions { .client(own, server: hub) }
}

extension CurveKeys: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The public keys alone.
    public var description: String { "\(own) for the hub \(hub)" }
    /// The public keys alone.
    public var debugDescription: String { description }
    /// The public keys alone.
    public var customMirror: Mirror { Mirror(self, children: ["own": own.publicKey, "hub": hub]) }
}
