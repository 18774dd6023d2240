// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq

/// Where the one publisher listens and the workers connect: `zmq-pubsub+tcp://HOST:PORT`.
///
/// Clients and workers are given the same address, as `TASKIQ_BROKER` demands. What makes no sense on one side is put
/// right there: a publisher on `localhost` binds the loopback device, since ZeroMQ resolves no names to bind to; a
/// worker that is told to connect to every address of the machine (`0.0.0.0` or `*`) connects to the loopback device.
public struct PubSubAddress: Sendable, Hashable, CustomStringConvertible {
    /// What the address begins with.
    public static let scheme = "zmq-pubsub+tcp://"

    /// The address as it is written, `zmq-pubsub+tcp://HOST:PORT`.
    public let description: String
    private let host: String
    private let port: UInt16?

    /// Whether a broker's address is one of this kind, well written or not.
    ///
    /// - Parameter text: any broker's address.
    /// - Returns: whether it begins with the scheme.
    public static func isNamed(by text: String) -> Bool {
        text.hasPrefix(scheme)
    }

    /// Reads an address.
    ///
    /// - Parameter text: `zmq-pubsub+tcp://HOST:PORT`; the port may be `*` where a client publishes, for a free one.
    /// - Throws: `TaskiqError` with code `configuration`.
    public init(_ text: String) throws(TaskiqError) {
        guard Self.isNamed(by: text) else {
            throw Self.problem(text, "it begins with \(Self.scheme)")
        }
        let rest = text.dropFirst(Self.scheme.count)
        guard let colon = rest.lastIndex(of: ":"), colon != rest.startIndex else {
            throw Self.problem(text, "it needs a host and a port, as in \(Self.scheme)127.0.0.1:5555")
        }
        host = String(rest[..<colon])
        let number = rest[rest.index(after: colon)...]
        guard !host.contains("/"), !host.contains("@"), host.hasPrefix("[") || !host.contains(":") else {
            throw Self.problem(text, "the host is a name, an IPv4 address, or an IPv6 address in brackets")
        }
        port = number.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? UInt16(number) : nil
        guard number == "*" || (port ?? 0) > 0 else {
            throw Self.problem(text, "the port must be a number from 1 to 65535")
        }
        description = text
    }

    /// Whether only this machine can reach it.
    public var isLocal: Bool {
        host == "localhost" || host == "[::1]" || HubAddress.isLoopback(host)
    }

    /// Whether the host is an IPv6 address.
    var isIPv6: Bool { host.hasPrefix("[") }

    /// Where a publisher binds.
    var bindEndpoint: String {
        "tcp://\(host == "localhost" ? "127.0.0.1" : host):\(port.map(String.init) ?? "*")"
    }

    /// Where a worker connects; nil when only the publisher knows the port.
    var connectEndpoint: String? {
        guard let port else { return nil }
        let reachable =
            switch host {
            case "*", "0.0.0.0": "127.0.0.1"
            case "[::]": "[::1]"
            default: host
            }
        return "tcp://\(reachable):\(port)"
    }

    private static func problem(_ text: String, _ reason: String) -> TaskiqError {
        TaskiqError(.configuration, "\"\(text.withoutCredentials)\" is no address of a publisher: \(reason)")
    }
}
