// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import CZeroMQ

extension SocketOptions {
    /// Sets the options on a new socket, before it is bound or connected: most do not reach existing connections.
    func set(on handle: SocketHandle) throws(ZeroMQError) {
        // Only where it is wanted: sockets that are not routers refuse it, and so would every preset.
        if reportsUnroutable {
            try handle.set(ZMQ_ROUTER_MANDATORY, "ROUTER_MANDATORY", to: Int32(1))
        }
        try handle.set(ZMQ_IMMEDIATE, "IMMEDIATE", to: flag(sendsToConnectedPeersOnly))
        try handle.set(ZMQ_SNDHWM, "SNDHWM", to: Int32(clamping: sendHighWaterMark))
        try handle.set(ZMQ_RCVHWM, "RCVHWM", to: Int32(clamping: receiveHighWaterMark))
        try handle.set(ZMQ_MAXMSGSIZE, "MAXMSGSIZE", to: maximumFrameSize.map { Int64($0) } ?? -1)
        try handle.set(ZMQ_LINGER, "LINGER", to: linger?.wholeMilliseconds ?? -1)
        try handle.set(ZMQ_HEARTBEAT_IVL, "HEARTBEAT_IVL", to: heartbeatInterval.wholeMilliseconds)
        try handle.set(ZMQ_HEARTBEAT_TIMEOUT, "HEARTBEAT_TIMEOUT", to: heartbeatTimeout.wholeMilliseconds)
        try handle.set(ZMQ_HEARTBEAT_TTL, "HEARTBEAT_TTL", to: heartbeatTimeToLive.wholeMilliseconds)
        try handle.set(ZMQ_HANDSHAKE_IVL, "HANDSHAKE_IVL", to: handshakeTimeout.wholeMilliseconds)
        try handle.set(ZMQ_RECONNECT_IVL, "RECONNECT_IVL", to: reconnectInterval.wholeMilliseconds)
        try handle.set(ZMQ_RECONNECT_IVL_MAX, "RECONNECT_IVL_MAX", to: maximumReconnectInterval.wholeMilliseconds)
        try handle.set(ZMQ_CONNECT_TIMEOUT, "CONNECT_TIMEOUT", to: connectTimeout.wholeMilliseconds)
        try handle.set(ZMQ_TCP_KEEPALIVE, "TCP_KEEPALIVE", to: flag(usesTCPKeepAlive))
        if usesTCPKeepAlive {
            // The system's own numbers are hours.
            try handle.set(ZMQ_TCP_KEEPALIVE_IDLE, "TCP_KEEPALIVE_IDLE", to: Int32(10))
            try handle.set(ZMQ_TCP_KEEPALIVE_INTVL, "TCP_KEEPALIVE_INTVL", to: Int32(5))
            try handle.set(ZMQ_TCP_KEEPALIVE_CNT, "TCP_KEEPALIVE_CNT", to: Int32(3))
        }
        try handle.set(ZMQ_BACKLOG, "BACKLOG", to: Int32(clamping: backlog))
        try handle.set(ZMQ_IPV6, "IPV6", to: flag(usesIPv6))
        try curve?.set(on: handle)
    }

    private func flag(_ value: Bool) -> Int32 { value ? 1 : 0 }
}
