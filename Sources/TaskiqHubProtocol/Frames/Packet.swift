// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A command or a reply on its way: what it says, and the header that it travels with.
public struct Packet<Content: Sendable & Hashable>: Sendable, Hashable {
    /// Chosen by the asking side, repeated in the answer.
    public var correlation: UInt64
    /// The session it belongs to; 0 before there is one.
    public var session: UInt64
    /// Which life of the hub the session belongs to; 0 before it is known.
    public var epoch: UInt64
    /// What it says.
    public var content: Content

    /// Makes a packet.
    ///
    /// - Parameters:
    ///   - content: what it says.
    ///   - correlation: chosen by the asking side.
    ///   - session: the session it belongs to.
    ///   - epoch: which life of the hub the session belongs to.
    public init(_ content: Content, correlation: UInt64 = 0, session: UInt64 = 0, epoch: UInt64 = 0) {
        self.content = content
        self.correlation = correlation
        self.session = session
        self.epoch = epoch
    }

    /// A frame with the packet's header, for what it says to be written to.
    func frame(after bytes: consuming [UInt8] = []) -> ControlFrame {
        ControlFrame(.error, correlation: correlation, session: session, epoch: epoch, after: bytes)
    }

    init(_ content: Content, of frame: ControlFrame) {
        self.init(content, correlation: frame.correlation, session: frame.session, epoch: frame.epoch)
    }
}

/// Puts a message together from its control frame and its body.
func message(_ frame: consuming ControlFrame, _ body: [UInt8]?) -> [[UInt8]] {
    let control = frame.encoded()
    return body.map { [control, $0] } ?? [control]
}

/// Cuts a message of one to three frames into its control frame and its body.
func split(_ frames: [[UInt8]]) throws(ProtocolError) -> (ControlFrame, body: [UInt8]) {
    guard (1...ProtocolLimits.maximumFrames).contains(frames.count) else {
        throw ProtocolError("the message has \(frames.count) frames; 1 to \(ProtocolLimits.maximumFrames) are allowed")
    }
    return (try ControlFrame(frames[0]), frames.count > 1 ? frames[1] : [])
}
