// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension PubSubTransport {
    /// How a program publishes messages, or takes them from a publisher.
    public struct Configuration: Sendable {
        /// How long a send waits for a worker to subscribe while none is.
        ///
        /// It covers the time that workers take to find a publisher that has just been started, a fraction of a second.
        public var subscriptionTimeout: Duration
        /// Whether a send fails when no worker has subscribed in time; else the message is published to nobody, as
        /// Python does.
        public var requiresSubscriber: Bool
        /// The length of the frames that a message is cut into, in bytes; nil for one frame.
        ///
        /// 100 is what Python cuts. Every receiver takes any length.
        public var frameSize: Int?
        /// How long a client that stops goes on handing out what it has sent.
        public var lingerTimeout: Duration
        /// How many messages a client holds for each worker that does not keep up; beyond them it drops what it sends
        /// to that worker, without a word.
        public var sendHighWaterMark: Int
        /// The largest message that is sent or taken, in bytes.
        public var maximumMessageSize: Int
        /// How many messages a worker holds beyond those it runs; then it stops reading until there is room.
        public var queueCapacity: Int
        /// How many bytes these may have together; one message is always held.
        public var queueBytes: Int

        /// Makes a configuration.
        ///
        /// - Parameters:
        ///   - subscriptionTimeout: how long a send waits for a worker to subscribe.
        ///   - requiresSubscriber: whether a send fails when none has subscribed in time.
        ///   - frameSize: the length of the frames that a message is cut into, in bytes; nil for one frame.
        ///   - lingerTimeout: how long a client that stops goes on handing out what it has sent.
        ///   - sendHighWaterMark: how many messages a client holds for each worker that does not keep up.
        ///   - maximumMessageSize: the largest message that is sent or taken, in bytes.
        ///   - queueCapacity: how many messages a worker holds beyond those it runs.
        ///   - queueBytes: how many bytes these may have together.
        public init(
            subscriptionTimeout: Duration = .seconds(5),
            requiresSubscriber: Bool = true,
            frameSize: Int? = 100,
            lingerTimeout: Duration = .seconds(5),
            sendHighWaterMark: Int = 1000,
            maximumMessageSize: Int = 16 << 20,
            queueCapacity: Int = 1000,
            queueBytes: Int = 64 << 20
        ) {
            self.subscriptionTimeout = subscriptionTimeout
            self.requiresSubscriber = requiresSubscriber
            self.frameSize = frameSize
            self.lingerTimeout = lingerTimeout
            self.sendHighWaterMark = sendHighWaterMark
            self.maximumMessageSize = maximumMessageSize
            self.queueCapacity = queueCapacity
            self.queueBytes = queueBytes
        }
    }
}
