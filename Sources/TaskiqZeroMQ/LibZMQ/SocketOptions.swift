// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// How a socket behaves, set when it is made and never afterwards.
///
/// What a plain `SocketOptions()` holds is what all sockets share; the presets (``hubFront``, ``hubBack``, ``client``,
/// ``worker``) add what each end needs. Times are rounded up to whole milliseconds.
package struct SocketOptions: Sendable, Hashable {
    /// The largest frame that a hub takes by default, in bytes: a body of 1 MiB and 64 KiB around it.
    package static let defaultMaximumFrameSize = (1 << 20) + (64 << 10)

    /// Whether a router says that a peer is unreachable or full, instead of dropping the message without a word.
    ///
    /// Of routers only; other kinds refuse it.
    package var reportsUnroutable = false
    /// Whether only connected peers get messages; otherwise messages queue up for peers that are still being connected.
    ///
    /// On, a send fails at once while the hub is away.
    package var sendsToConnectedPeersOnly = false
    /// How many messages may wait for each peer; 0 is no limit.
    package var sendHighWaterMark = 1000
    /// How many messages of each peer may wait to be received; 0 is no limit.
    package var receiveHighWaterMark = 1000
    /// The largest frame that is taken from a peer, in bytes; nil is no limit.
    ///
    /// libzmq drops the connection of a peer that sends a larger one, without telling either end. It limits each frame,
    /// not their number.
    package var maximumFrameSize: Int? = Self.defaultMaximumFrameSize
    /// How long messages that wait for a peer outlive their closed socket; nil is for ever.
    ///
    /// Zero, because it is acknowledgements that decide what has been delivered.
    package var linger: Duration? = .zero
    /// How often libzmq probes an idle connection; zero is never.
    ///
    /// Never, because libzmq 4.3.4 aborts the process that does (`!_io_error`, stream_engine_base.cpp): when a peer dies
    /// whose messages fill their queue and are not read until the next probe is due, as after a pause of the hub. A probe
    /// that waits unread does the same to the one that is probed. Our own heartbeats see more, and the system probes tcp.
    package var heartbeatInterval: Duration = .zero
    /// How long a probe may stay unanswered before this end drops the connection.
    package var heartbeatTimeout: Duration = .seconds(6)
    /// How long the peer waits for this end's probes before it drops the connection; at most 6553 s.
    package var heartbeatTimeToLive: Duration = .seconds(6)
    /// How long a new connection may take to say that it speaks ZeroMQ; zero is no limit.
    ///
    /// Connections that never speak hold descriptors; libzmq's own 30 s let a few dozen keep everybody else out.
    package var handshakeTimeout: Duration = .seconds(3)
    /// How long to wait before the first attempt to connect again.
    package var reconnectInterval: Duration = .milliseconds(100)
    /// The longest wait between attempts, which double from the first; zero leaves them all as long as the first.
    package var maximumReconnectInterval: Duration = .zero
    /// How long a tcp connection may take to be made; zero leaves it to the system.
    package var connectTimeout: Duration = .seconds(5)
    /// Whether the system probes idle tcp connections: after 10 s, every 5 s, and gives up after three.
    package var usesTCPKeepAlive = true
    /// How many connections may wait to be accepted.
    package var backlog = 1024
    /// Whether tcp endpoints may be IPv6 addresses, or names that resolve to such.
    package var usesIPv6 = false
    /// How connections are encrypted; nil for not at all.
    package var curve: CurveOptions?

    /// Makes options with what all sockets share.
    package init() {}

    /// The same options with another limit of a frame's size.
    ///
    /// - Parameter bytes: the largest frame that is taken from a peer; nil is no limit.
    /// - Returns: the options with that limit.
    package func limitingFrames(to bytes: Int?) -> SocketOptions {
        var options = self
        options.maximumFrameSize = bytes
        return options
    }
}
