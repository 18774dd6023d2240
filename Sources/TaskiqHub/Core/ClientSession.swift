// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHubProtocol

/// A client as the hub knows it.
struct ClientSession {
    let identity: PeerIdentity
    var session: UInt64
    var lastHeard: Int64
    var waits: Set<String> = []
}
