// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// How far a task is, as its worker tells the hub and the hub tells whoever asks.
public struct ProgressReport: Sendable, Hashable {
    /// The stage it is in: any text of at most `ProtocolLimits.maximumProgress` bytes, together with `meta`.
    public var state: String
    /// Anything else, as JSON; empty for nothing.
    public var meta: [UInt8]

    /// Makes a report.
    ///
    /// - Parameters:
    ///   - state: the stage the task is in.
    ///   - meta: anything else, as JSON; empty for nothing.
    public init(state: String, meta: [UInt8] = []) {
        self.state = state
        self.meta = meta
    }

    /// How many bytes it takes.
    public var size: Int { state.utf8.count + meta.count }
}
