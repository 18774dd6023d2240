// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// How a client introduces itself.
public struct ClientHello: Sendable, Hashable {
    /// The oldest version of the protocol it speaks.
    public var protocolMinimum: UInt16 = ProtocolLimits.version
    /// The newest version of the protocol it speaks.
    public var protocolMaximum: UInt16 = ProtocolLimits.version
    /// Who it is; stays the same over reconnections.
    public var identity: PeerIdentity
    /// The program's name.
    public var application: String

    /// Makes a greeting.
    ///
    /// - Parameters:
    ///   - identity: who it is.
    ///   - application: the program's name.
    public init(identity: PeerIdentity, application: String) {
        self.identity = identity
        self.application = application
    }
}
