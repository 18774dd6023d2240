// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation

/// A hub over tcp with a proxy for each of its peers, on addresses of their own.
///
/// The hub announces the port of its workers' socket, and peers look for it at the host where they found the front: so each
/// proxy has a host of 127.0.0.0/8 to itself and the hub's two ports.
final class ChaosNetwork {
    let port: UInt16
    private(set) var proxies: [Proxy] = []
    /// Which peers were healed, and when.
    var healings: [(peers: [Int], at: Int64)] = []

    init(peers: Int) throws {
        port = try Self.freePorts()
        for number in 0..<peers {
            proxies.append(try Proxy(host: Self.host(number), ports: [port, port + 1], target: "127.0.0.1"))
        }
    }

    var places: Places {
        Places(
            hub: "tcp://127.0.0.1:\(port)",
            proxies: proxies.indices.map { "tcp://\(Self.host($0)):\(port)" }
        )
    }

    private static func host(_ number: Int) -> String { "127.0.0.\(number + 2)" }

    /// Two ports in a row that nobody uses.
    private static func freePorts() throws -> UInt16 {
        for _ in 0..<100 {
            let port = UInt16.random(in: 20_000...32_000)
            let sockets = [port, port + 1].map { try? TCPSocket.listening(host: "0.0.0.0", port: $0) }
            for socket in sockets { if let socket { close(socket) } }
            if sockets.allSatisfy({ $0 != nil }) { return port }
        }
        throw ChaosFailure("no two free ports were found")
    }
}
