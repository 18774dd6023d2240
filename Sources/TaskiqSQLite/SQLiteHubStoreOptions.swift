// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import TaskiqHub

/// How a hub's store is opened.
public struct SQLiteHubStoreOptions: Sendable {
    /// What a committed group survives.
    public var durability = Durability.full
    /// How much is kept of what is over.
    public var retention = StoreRetention()

    /// The defaults.
    public init() {}

    /// The defaults with another durability.
    ///
    /// - Parameter durability: what a committed group survives.
    public init(durability: Durability) {
        self.durability = durability
    }
}
