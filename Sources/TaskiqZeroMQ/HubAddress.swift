// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq

/// Where a hub is: the one address that people write.
///
/// It names the front, where clients connect. Workers connect to the back, which lies beside it: a socket file of the
/// same name with `.workers` after it, or the next port. The front announces where that is. Who needs a key to connect
/// can name its file in the address, `tcp://hub.example:5555?key=/etc/taskiq/web-1.key`, so that one text says all.
public struct HubAddress: Sendable, Hashable, CustomStringConvertible {
    /// As it was written: `ipc://PATH` or `tcp://HOST:PORT`, perhaps with files of keys.
    public let description: String
    /// The file with this program's own key, if the address names one.
    public let keyFile: String?
    /// The file with the hub's public key, if the address names one.
    public let hubKeyFile: String?
    private let kind: Kind

    private enum Kind: Sendable, Hashable {
        case ipc(path: String)
        case tcp(host: String, port: UInt16?)
    }

    /// The longest path of a socket file, in bytes (`sun_path` of Linux, less the terminator).
    private static let longestPath = 107
    private static let backSuffix = ".workers"

    /// Reads an address.
    ///
    /// - Parameter text: `ipc://PATH` or `tcp://HOST:PORT`; the port may be `*` where a hub listens. After it there may
    ///   be `?key=FILE` and `&hub-key=FILE`.
    /// - Throws: `TaskiqError` with code `configuration`.
    public init(_ text: String) throws(TaskiqError) {
        let (endpoint, keyFile, hubKeyFile) = try Self.split(text)
        if endpoint.hasPrefix("ipc://") {
            kind = .ipc(path: try Self.path(of: endpoint))
        } else if endpoint.hasPrefix("tcp://") {
            kind = try Self.hostAndPort(of: endpoint)
        } else {
            throw Self.problem(text, "a hub's address begins with ipc:// or tcp://")
        }
        self.keyFile = keyFile
        self.hubKeyFile = hubKeyFile
        description = text
    }

    /// Where clients connect and a hub listens, as ZeroMQ writes it.
    package var front: String {
        switch kind {
        case .ipc(let path): "ipc://\(path)"
        case .tcp(let host, let port): "tcp://\(host):\(port.map { "\($0)" } ?? "*")"
        }
    }

    /// The socket file; nil for an address of the network.
    public var path: String? {
        if case .ipc(let path) = kind { path } else { nil }
    }

    /// Whether only this machine can reach it.
    ///
    /// True for what is certainly so: a socket file, `localhost`, `127.x.y.z` in four full numbers, `[::1]`. Names that
    /// look like it, names of interfaces and IPv4 in IPv6 are taken for addresses that others reach.
    public var isLocal: Bool {
        switch kind {
        case .ipc: true
        case .tcp(let host, _): host == "[::1]" || Self.isLoopback(host)
        }
    }

    /// Where workers connect, if nothing else is announced.
    public var back: String {
        switch kind {
        case .ipc(let path): "ipc://\(path)\(Self.backSuffix)"
        case .tcp(let host, let port?): "tcp://\(host):\(port + 1)"
        case .tcp(let host, nil): "tcp://\(host):*"
        }
    }

    /// What the front announces of the back: the part of the address that a peer cannot know.
    ///
    /// - Parameter back: the back's address, as it was bound.
    /// - Returns: the port, or `ipc` where there is nothing to know.
    package static func announcement(of back: String) -> String {
        if back.hasPrefix("ipc://") { return "ipc" }
        return String(back[(back.lastIndex(of: ":").map(back.index(after:)) ?? back.startIndex)...])
    }

    /// The back's address for a peer that reached the front at this one.
    ///
    /// - Parameter announcement: what the front announced.
    /// - Returns: the address to connect to.
    func back(announced announcement: String) -> String {
        if case .tcp(let host, _) = kind, UInt16(announcement) != nil { return "tcp://\(host):\(announcement)" }
        return back
    }
}

extension HubAddress {
    // MARK: Reading

    private static let parameters = ["key", "hub-key"]

    /// Cuts off what names files of keys.
    ///
    /// A question mark in the path of a socket file begins it only if that follows.
    private static func split(_ text: String) throws(TaskiqError) -> (String, key: String?, hubKey: String?) {
        guard let mark = text.firstIndex(of: "?"), parameters.contains(where: { text[mark...].hasPrefix("?\($0)=") })
        else { return (text, nil, nil) }
        var files: [String: String] = [:]
        for parameter in text[text.index(after: mark)...].split(separator: "&", omittingEmptySubsequences: false) {
            let parts = parameter.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, parameters.contains(parts[0]), files.updateValue(parts[1], forKey: parts[0]) == nil
            else { throw problem(text, "after the question mark only key=FILE and hub-key=FILE may stand, once each") }
        }
        return (String(text[..<mark]), files["key"], files["hub-key"])
    }

    private static func path(of text: String) throws(TaskiqError) -> String {
        let path = String(text.dropFirst(6))
        guard !path.isEmpty, !path.hasPrefix("@") else {
            throw problem(text, "ipc:// needs the path of a socket file, as in ipc:///run/taskiq/hub.sock")
        }
        guard path.utf8.count + backSuffix.utf8.count <= longestPath else {
            throw problem(text, "the path of a socket file may have 99 bytes here: choose a shorter one")
        }
        return path
    }

    private static func hostAndPort(of text: String) throws(TaskiqError) -> Kind {
        let rest = text.dropFirst(6)
        guard !rest.contains("@") else {
            throw problem(
                text,
                "it cannot hold a user or a password; who may connect is said by keys (taskiq keys new)"
            )
        }
        guard let colon = rest.lastIndex(of: ":"), colon != rest.startIndex else {
            throw problem(text, "a tcp address needs a host and a port, as in tcp://127.0.0.1:5555")
        }
        let port = rest[rest.index(after: colon)...]
        guard port == "*" || (UInt16(port).map { (1...65534).contains($0) } ?? false) else {
            throw problem(text, "the port must be a number from 1 to 65534")
        }
        let host = rest[..<colon]
        guard host.hasPrefix("[") == host.hasSuffix("]"), host.hasPrefix("[") || !host.contains(":") else {
            throw problem(text, "an IPv6 address stands in brackets, as in tcp://[::1]:5555")
        }
        // ZeroMQ cannot listen at a name, and this one means one thing only.
        return .tcp(host: host == "localhost" ? "127.0.0.1" : String(host), port: UInt16(port))
    }

    /// ZeroMQ also takes `127.1`, and names that begin like an address; neither is worth the doubt.
    static func isLoopback(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { part in UInt8(part).map { "\($0)" == part } ?? false }
    }

    private static func problem(_ text: String, _ reason: String) -> TaskiqError {
        TaskiqError(.configuration, "\"\(text.withoutCredentials)\" is no address of a hub: \(reason)")
    }
}

extension String {
    /// An address without the user and the password in it, for messages.
    package var withoutCredentials: String {
        guard let scheme = range(of: "://"), let at = self[scheme...].lastIndex(of: "@") else { return self }
        return "\(self[..<scheme])…\(self[at...])"
    }

    /// Where what follows a separator begins.
    private func range(of separator: String) -> Index? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(separator) { return self.index(index, offsetBy: separator.count) }
            index = self.index(after: index)
        }
        return nil
    }
}
