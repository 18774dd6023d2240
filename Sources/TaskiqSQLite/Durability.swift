// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What a committed group survives.
public struct Durability: Sendable, Hashable, CustomStringConvertible {
    /// The durability's name.
    public let description: String
    /// What `PRAGMA synchronous` is set to.
    let synchronous: String

    /// A group is on the disk when its commit returns: it survives a power cut.
    public static let full = Durability(description: "full", synchronous: "FULL")
    /// A power cut may take back the last groups; the end of the hub's process takes nothing.
    public static let normal = Durability(description: "normal", synchronous: "NORMAL")
    /// The operating system alone decides when something goes to the disk.
    ///
    /// A power cut may damage the whole file; the end of the hub's process takes nothing. For experiments: a hub whose
    /// messages may be lost needs no file at all, and has a `MemoryHubStore`.
    public static let memory = Durability(description: "memory", synchronous: "OFF")
}
