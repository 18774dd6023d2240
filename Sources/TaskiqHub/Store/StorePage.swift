// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Which rows of a long list are wanted.
///
/// Rows come newest first. A listing goes back with `before` set to the last row's number, and follows what is added
/// with `after` set to the first row's.
public struct StorePage: Sendable, Hashable {
    /// Most rows that one page can have.
    public static let maximumLimit = 1_000

    /// Only rows with lower numbers; nil for all.
    public var before: Int64?
    /// Only rows with higher numbers, and of these the lowest ones; nil for all.
    public var after: Int64?
    /// Most rows that are wanted, 1 to `maximumLimit`.
    public var limit: Int

    /// The newest rows.
    ///
    /// - Parameter limit: most rows that are wanted.
    public init(limit: Int) {
        self.limit = max(1, min(limit, Self.maximumLimit))
    }

    /// The rows that are older than one.
    ///
    /// - Parameters:
    ///   - number: that one's number.
    ///   - limit: most rows that are wanted.
    /// - Returns: the page.
    public static func before(_ number: Int64, limit: Int) -> StorePage {
        var page = StorePage(limit: limit)
        page.before = number
        return page
    }

    /// The rows that come next after one.
    ///
    /// - Parameters:
    ///   - number: that one's number.
    ///   - limit: most rows that are wanted.
    /// - Returns: the page.
    public static func after(_ number: Int64, limit: Int) -> StorePage {
        var page = StorePage(limit: limit)
        page.after = number
        return page
    }
}
