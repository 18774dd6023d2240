// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension SocketOptions {
    /// A client's socket, which publishes to all workers.
    ///
    /// What comes in are subscriptions, so anything large is a stray peer's.
    static func publisher(_ configuration: PubSubTransport.Configuration, address: PubSubAddress) -> SocketOptions {
        var options = SocketOptions()
        // Zero would be no limit, and a worker that hangs would take the client's memory.
        options.sendHighWaterMark = max(1, configuration.sendHighWaterMark)
        options.maximumFrameSize = 4096
        options.linger = configuration.lingerTimeout
        options.usesIPv6 = address.isIPv6
        return options
    }

    /// A worker's socket, which takes everything that is published.
    ///
    /// It looks for its publisher ten times a second for as long as it takes: what is published meanwhile is lost, and a
    /// client that sends one message and ends does not wait long.
    static func subscriber(_ configuration: PubSubTransport.Configuration, address: PubSubAddress) -> SocketOptions {
        var options = SocketOptions()
        options.maximumFrameSize = max(1, configuration.maximumMessageSize)
        options.reconnectInterval = .milliseconds(100)
        options.usesIPv6 = address.isIPv6
        return options
    }
}
