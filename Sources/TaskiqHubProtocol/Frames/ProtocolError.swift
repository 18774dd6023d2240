// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Why bytes are no frame of this protocol.
public struct ProtocolError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A sentence for people.
    public let description: String
    /// The header of the frame, if it is well formed and it is what it says that cannot be done anything with.
    public var header: FrameHeader? { headers.first }

    /// None or one; in a list, so that an error stays small: it is thrown through every function that reads frames.
    private var headers: [FrameHeader] = []

    /// Makes an error.
    ///
    /// - Parameter description: a sentence for people.
    public init(_ description: String) {
        self.description = description
    }
}

/// What every frame begins with: enough to answer one that cannot be understood.
public struct FrameHeader: Sendable, Hashable {
    /// What the frame says; nil if nobody here knows.
    public var opcode: Opcode?
    /// Chosen by the asking side, repeated in the answer.
    public var correlation: UInt64
    /// The session it belongs to.
    public var session: UInt64
    /// Which life of the hub the session belongs to.
    public var epoch: UInt64

    /// Makes a header.
    ///
    /// - Parameters:
    ///   - opcode: what the frame says; nil if nobody here knows.
    ///   - correlation: chosen by the asking side.
    ///   - session: the session it belongs to.
    ///   - epoch: which life of the hub the session belongs to.
    public init(_ opcode: Opcode?, correlation: UInt64 = 0, session: UInt64 = 0, epoch: UInt64 = 0) {
        self.opcode = opcode
        self.correlation = correlation
        self.session = session
        self.epoch = epoch
    }
}

extension ProtocolError {
    /// The same error, of a frame that is well formed.
    func about(_ frame: ControlFrame, _ opcode: Opcode?) -> ProtocolError {
        var error = self
        error.headers = [
            FrameHeader(opcode, correlation: frame.correlation, session: frame.session, epoch: frame.epoch)
        ]
        return error
    }
}
