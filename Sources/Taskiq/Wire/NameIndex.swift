// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Finds names in a list that only grows: by looking through it while it is short, by a table once it is long.
///
/// Without the table a message of very many labels or keywords would cost the square of its length.
struct NameIndex {
    private static let longestSearch = 16
    private var places: [SpelledName: Int] = [:]

    /// Where the element of a name stands; the list is the same at each call, longer at most, and no name is in it twice.
    mutating func place<Element>(
        of name: String,
        in elements: [Element],
        by nameOf: (Element) -> String
    ) -> Int? {
        guard elements.count > Self.longestSearch else { return elements.firstIndex { nameOf($0).isSpelled(name) } }
        for place in places.count..<elements.count { places[SpelledName(nameOf(elements[place]))] = place }
        return places[SpelledName(name)]
    }
}

/// A name as its bytes.
///
/// To Swift `é` is the same text in one character and in two; to Python, and on the wire, these are two names.
struct SpelledName: Hashable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: SpelledName, right: SpelledName) -> Bool { left.text.isSpelled(right.text) }

    // Swift hashes texts alike that it takes for the same, which is all that is asked of a hash.
    func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension String {
    /// Whether both are the same bytes.
    @inline(__always)
    func isSpelled(_ other: String) -> Bool {
        // The first comparison is the quick one; what it takes for the same hardly ever differs.
        self == other && utf8.elementsEqual(other.utf8)
    }
}
