// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import CZeroMQ

/// The patterns of sockets that are used here.
package enum SocketKind: String, Sendable, Hashable, CaseIterable {
    /// Talks to one or more peers in turn, without addresses.
    case dealer
    /// Talks to many peers by address: the first frame of every message is the peer's routing id.
    case router
    /// Sends to all subscribers; drops for those that are slow.
    case pub
    /// Receives what it subscribed to.
    case sub
    /// Like `pub`, and receives the subscriptions as messages.
    case xpub
    /// Sends to one of its peers in turn.
    case push
    /// Receives from all its peers.
    case pull

    var type: Int32 {
        switch self {
        case .dealer: ZMQ_DEALER
        case .router: ZMQ_ROUTER
        case .pub: ZMQ_PUB
        case .sub: ZMQ_SUB
        case .xpub: ZMQ_XPUB
        case .push: ZMQ_PUSH
        case .pull: ZMQ_PULL
        }
    }
}
