// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqHub

/// How a hub's store is opened.
public struct SQLiteHubStoreOptions: Sendable {
    /// What a committed group survives.
    public var durability = Durability.full
    /// How much is kept of what is over.
    public var retention = StoreRetention()
    /// How much room is left on the disk.
    public var disk = DiskPolicy()
    /// Whether to go on with a store that is older than it was, or that lost messages, instead of refusing it.
    public var acceptsRollback = false
    /// How the file `hwm` is written; a test may let it fail.
    var highWaterMarkCalls = HighWaterMark.Calls()

    /// The defaults.
    public init() {}

    /// The defaults with another durability.
    ///
    /// - Parameter durability: what a committed group survives.
    public init(durability: Durability) {
        self.durability = durability
    }
}
