// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHubProtocol

/// The numbers by which a hub decides.
public struct HubConfiguration: Sendable {
    /// The end of the workers' address, announced to whoever greets the front; see `ClientWelcome`.
    public var workersEndpoint = ""
    /// Longest body, in bytes.
    public var maximumBody = ProtocolLimits.maximumBody
    /// Whether the end of each run is told, and not only of those that schedules sent.
    public var reportsEveryRun = true
    /// How many bytes of bodies the hub keeps in memory; those beyond are read when their turn comes.
    public var maximumCachedBodies = 64 * 1024 * 1024
    /// Most messages that may wait or run; more are refused.
    public var maximumMessages = 2_000_000
    /// How many bytes their bodies may have together; more are refused.
    public var maximumMessageBytes = 4 << 30
    /// How many results all clients together may wait for.
    public var maximumWaits = 1_000_000
    /// Most clients and workers that may have a session at a time; others are let in when some have gone.
    public var maximumSessions = 4096
    /// How long a worker that cannot be reached may take to come back.
    public var goneGrace = Duration.seconds(2)
    /// After how long without a word a worker counts as lost.
    public var silence = Duration.seconds(10)
    /// How long after its start a hub waits for the workers of its last life.
    public var adoptionGrace = Duration.seconds(15)
    /// How many deliveries of a message may end in a crash before it goes to the dead letters.
    public var crashLimit: Int32 = 3
    /// How long a task that acknowledges by itself may take to do so after its end before its message is redelivered.
    public var manualAcknowledgeTimeout = Duration.seconds(300)
    /// How long results are kept after they were stored, and the progress of tasks after their end; nil for ever.
    ///
    /// Results that are kept for ever make the store grow for ever, unless every one is dropped by who reads it.
    public var resultLifetime: Duration? = .seconds(24 * 3600)
    /// Of how many tasks the hub keeps in memory how far they are; the oldest reports make room.
    public var maximumProgressReports = 10_000
    /// How many bytes such reports may have together.
    public var maximumProgressSize = 32 * 1024 * 1024
    /// How long a submission's key is remembered.
    public var keyLifetime = Duration.seconds(600)

    /// Where the store is, as operators are told.
    public var dataDirectory: String?
    /// What a committed group survives, as operators are told.
    public var durability: String?

    /// The defaults.
    public init() {}
}
