// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Finds names in a list that only grows: by looking through it while it is short, by a table once it is long.
///
/// Without the table a message of very many labels or keywords would cost the square of its length.
struct NameIndex {
    private static let longestSearch = 16
    private var places: [String: Int] = [:]

    /// Where the element of a name stands; the list is the same at each call, longer at most, and no name is in it twice.
    mutating func place<Element>(
        of name: String,
        in elements: [Element],
        by nameOf: (Element) -> String
    ) -> Int? {
        guard elements.count > Self.longestSearch else { return elements.firstIndex { nameOf($0) == name } }
        for place in places.count..<elements.count { places[nameOf(elements[place])] = place }
        return places[name]
    }
}
