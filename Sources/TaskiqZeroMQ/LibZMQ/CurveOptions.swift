// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// How a socket encrypts its connections, and proves who it is.
package enum CurveOptions: Sendable, Hashable {
    /// The side that has an allow-list: connections are asked for a key, and a ``ZAPHandler`` is asked about that key.
    ///
    /// The domain tells the handler which socket somebody wants to reach.
    case server(CurveKeyPair, domain: String)
    /// The side that is admitted, or not: it knows the server's public key, and proves that it has its own.
    case client(CurveKeyPair, server: String)
}
