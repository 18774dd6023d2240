// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// How a worker introduces itself.
public struct WorkerHello: Sendable, Hashable {
    /// The oldest version of the protocol it speaks.
    public var protocolMinimum: UInt16 = ProtocolLimits.version
    /// The newest version of the protocol it speaks.
    public var protocolMaximum: UInt16 = ProtocolLimits.version
    /// Who it is: one identity for one life of one process.
    public var identity: PeerIdentity
    /// The program's name.
    public var application: String
    /// The machine's name.
    public var host: String
    /// The process on that machine.
    public var processID: Int64
    /// The queues it serves.
    public var queues: [String]
    /// How many tasks it runs at a time.
    public var concurrency: Int
    /// Names the catalogue, so that it need not be sent each time.
    public var catalogueHash: String
    /// The deliveries that it holds, running or waiting to.
    public var inFlight: [LeaseKey] = []
    /// Those of them that began to run.
    public var started: [LeaseKey] = []
    /// The deliveries that are over, but not yet confirmed.
    public var unconfirmed: [LeaseKey] = []

    /// Makes a greeting.
    ///
    /// - Parameters:
    ///   - identity: who it is.
    ///   - application: the program's name.
    ///   - host: the machine's name.
    ///   - processID: the process on that machine.
    ///   - queues: the queues it serves.
    ///   - concurrency: how many tasks it runs at a time.
    ///   - catalogueHash: names the catalogue.
    public init(
        identity: PeerIdentity,
        application: String,
        host: String,
        processID: Int64,
        queues: [String],
        concurrency: Int,
        catalogueHash: String
    ) {
        self.identity = identity
        self.application = application
        self.host = host
        self.processID = processID
        self.queues = queues
        self.concurrency = concurrency
        self.catalogueHash = catalogueHash
    }
}
