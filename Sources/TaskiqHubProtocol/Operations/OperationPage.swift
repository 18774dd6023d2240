// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A part of a list.
public struct OperationPage<Item: Sendable & Codable>: Sendable, Codable {
    /// The items of this part.
    public var items: [Item]
    /// What to say as `after` to get the next part; nil at the end.
    public var next: String?

    /// Makes a part of a list.
    ///
    /// - Parameters:
    ///   - items: the items.
    ///   - next: what to say to get the next part.
    public init(items: [Item], next: String? = nil) {
        self.items = items
        self.next = next
    }
}
