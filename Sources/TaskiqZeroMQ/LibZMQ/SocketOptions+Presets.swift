// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

// Windows of at most 512 messages are a quarter of the send marks, so that control messages always find room.

extension SocketOptions {
    /// The hub's router that clients talk to.
    ///
    /// It takes one window of submissions ahead of each client, so that a hub that stops reading soon stops them.
    package static let hubFront: SocketOptions = {
        var options = SocketOptions()
        options.reportsUnroutable = true
        options.sendHighWaterMark = 2048
        options.receiveHighWaterMark = 512
        return options
    }()

    /// The hub's router that workers talk to.
    package static let hubBack: SocketOptions = {
        var options = SocketOptions()
        options.reportsUnroutable = true
        options.sendHighWaterMark = 2048
        options.receiveHighWaterMark = 512
        return options
    }()

    /// A client's dealer, connected to the hub's front.
    package static let client: SocketOptions = {
        var options = connecting
        // Four times the window of submissions: libzmq may take up to nine tenths less than its mark.
        options.sendHighWaterMark = 2048
        options.receiveHighWaterMark = 1024
        return options
    }()

    /// A worker's dealer, connected to the hub's back.
    package static let worker: SocketOptions = {
        var options = connecting
        options.sendHighWaterMark = 2048
        options.receiveHighWaterMark = 1024
        return options
    }()

    /// What the ends that connect have in common.
    ///
    /// 300 peers of a hub that is away make 105 attempts a second so; with libzmq's own intervals they make 2,000.
    private static let connecting: SocketOptions = {
        var options = SocketOptions()
        options.sendsToConnectedPeersOnly = true
        options.reconnectInterval = .milliseconds(200)
        options.maximumReconnectInterval = .seconds(5)
        return options
    }()
}
