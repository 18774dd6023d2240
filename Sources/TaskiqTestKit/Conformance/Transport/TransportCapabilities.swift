// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What a transport promises; what it does not, it is not held to.
public struct TransportCapabilities: OptionSet, Sendable, Hashable {
    /// One bit for each promise.
    public let rawValue: UInt32

    /// Makes a set of promises from its bits.
    ///
    /// - Parameter rawValue: one bit for each promise.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Messages wait until somebody listens, and while nobody does.
    public static let keepsMessages = Self(rawValue: 1 << 0)
    /// Each message goes to one of those who listen.
    public static let distributes = Self(rawValue: 1 << 1)
    /// What was acknowledged or completed is not delivered again, to nobody and at no time.
    public static let acknowledges = Self(rawValue: 1 << 2)
    /// A delivery that is given back unstarted is delivered again, uncounted.
    public static let releases = Self(rawValue: 1 << 3)
    /// A task's own wish to run again puts its message back in one step, with a delay if it wants one.
    public static let requeues = Self(rawValue: 1 << 4)
    /// What is rejected is put aside for good.
    public static let rejects = Self(rawValue: 1 << 5)
    /// A message that its task left unacknowledged stays held, and can be acknowledged later.
    public static let holds = Self(rawValue: 1 << 6)
    /// What a connection held when it ended without a word is delivered to another.
    public static let redelivers = Self(rawValue: 1 << 7)
    /// Labels `delay` are kept by the transport.
    public static let delays = Self(rawValue: 1 << 8)
    /// Messages of equal priority are delivered in the order in which they were sent.
    public static let ordered = Self(rawValue: 1 << 9)
    /// Messages of higher priority are delivered first.
    public static let priorities = Self(rawValue: 1 << 10)
    /// Whoever listens holds no more than concurrency and prefetch together.
    public static let limitsDeliveries = Self(rawValue: 1 << 11)
    /// Whoever listens gets messages of its queues only.
    public static let routesByQueue = Self(rawValue: 1 << 12)
    /// Whoever listens gets messages only of the tasks it knows.
    public static let routesByTask = Self(rawValue: 1 << 13)
    /// Tasks that are announced later are routed as those that were known at first.
    public static let announces = Self(rawValue: 1 << 14)
    /// A name that cannot travel is refused when it is sent.
    public static let validatesNames = Self(rawValue: 1 << 15)
    /// Messages outlive the engine's restart.
    public static let survivesRestart = Self(rawValue: 1 << 16)
    /// A transport that was shut down can be started again.
    public static let restartable = Self(rawValue: 1 << 17)
    /// The deliveries tell when the engine accepted the message.
    public static let tellsEnqueueTime = Self(rawValue: 1 << 18)

    /// All that a durable queue promises whose engine knows its workers.
    public static let all = Self(rawValue: 1 << 19 - 1)
}
