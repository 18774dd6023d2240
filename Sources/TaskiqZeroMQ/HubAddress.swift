// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq

/// Where a hub is: the one address that people write.
///
/// It names the front, where clients connect. Workers connect to the back, which lies beside it: a socket file of the
/// same name with `.workers` after it, or the next port. The front announces where that is.
public struct HubAddress: Sendable, Hashable, CustomStringConvertible {
    /// The engine's way to write it: `ipc://PATH` or `tcp://HOST:PORT`.
    public let description: String
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
    /// - Parameter text: `ipc://PATH` or `tcp://HOST:PORT`; the port may be `*` where a hub listens.
    /// - Throws: `TaskiqError` with code `configuration`.
    public init(_ text: String) throws(TaskiqError) {
        if text.hasPrefix("ipc://") {
            let path = String(text.dropFirst(6))
            guard !path.isEmpty, !path.hasPrefix("@") else {
                throw Self.problem(text, "ipc:// needs the path of a socket file, as in ipc:///run/taskiq/hub.sock")
            }
            guard path.utf8.count + Self.backSuffix.utf8.count <= Self.longestPath else {
                throw Self.problem(text, "the path of a socket file may have 99 bytes here: choose a shorter one")
            }
            kind = .ipc(path: path)
        } else if text.hasPrefix("tcp://") {
            let rest = text.dropFirst(6)
            guard let colon = rest.lastIndex(of: ":"), colon != rest.startIndex else {
                throw Self.problem(text, "a tcp address needs a host and a port, as in tcp://127.0.0.1:5555")
            }
            let port = rest[rest.index(after: colon)...]
            guard port == "*" || (UInt16(port).map { (1...65534).contains($0) } ?? false) else {
                throw Self.problem(text, "the port must be a number from 1 to 65534")
            }
            kind = .tcp(host: String(rest[..<colon]), port: UInt16(port))
        } else {
            throw Self.problem(text, "a hub's address begins with ipc:// or tcp://")
        }
        description = text
    }

    /// The socket file; nil for an address of the network.
    public var path: String? {
        if case .ipc(let path) = kind { path } else { nil }
    }

    /// Whether only this machine can reach it.
    public var isLocal: Bool {
        switch kind {
        case .ipc: true
        case .tcp(let host, _): host == "localhost" || host == "[::1]" || host.hasPrefix("127.")
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

    private static func problem(_ text: String, _ reason: String) -> TaskiqError {
        TaskiqError(.configuration, "\"\(text)\" is no address of a hub: \(reason)")
    }
}
