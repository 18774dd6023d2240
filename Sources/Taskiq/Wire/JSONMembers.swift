// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Where the members of an object stand.
struct JSONMembers {
    struct Entry {
        let key: JSONKeyRange
        let value: Range<Int>
    }

    private static let longestSearch = 16
    let entries: [Entry]
    /// The places of very many members; of two with one name the later.
    private let places: [String: Int]?

    /// Reads the members of an object; of anything else there are none.
    init(of fragment: JSONFragment) {
        var entries: [Entry] = []
        entries.reserveCapacity(8)
        var scanner = JSONScanner(fragment)
        // A fragment is valid JSON, so that only another kind of value is refused here.
        try? scanner.withCursor { (cursor) throws(TaskiqError) in
            try cursor.object { (cursor, key) throws(TaskiqError) in
                entries.append(Entry(key: key, value: try cursor.value()))
            }
        }
        self.entries = entries
        if entries.count > Self.longestSearch {
            var places: [String: Int] = [:]
            places.reserveCapacity(entries.count)
            for (place, entry) in entries.enumerated() { places[fragment.text(of: entry.key)] = place }
            self.places = places
        } else {
            places = nil
        }
    }

    func names(in fragment: JSONFragment) -> [String] {
        if let places { return Array(places.keys) }
        var names: [String] = []
        for entry in entries {
            let name = fragment.text(of: entry.key)
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// The value of a member; of two with one name the later's.
    func value(of name: String, in fragment: JSONFragment) -> JSONFragment? {
        if let places { return places[name].map { JSONFragment(trusting: fragment.storage, range: entries[$0].value) } }
        var name = name
        let found = name.withUTF8 { name in
            fragment.storage.withUnsafeBufferPointer { bytes in
                entries.lastIndex { entry in
                    let range = entry.key.range
                    guard !entry.key.isEscaped else {
                        return fragment.text(of: entry.key).utf8.elementsEqual(name)
                    }
                    guard range.count == name.count else { return false }
                    for index in 0..<name.count where bytes[range.lowerBound + index] != name[index] { return false }
                    return true
                }
            }
        }
        return found.map { JSONFragment(trusting: fragment.storage, range: entries[$0].value) }
    }
}

extension JSONFragment {
    /// The text of a key in this fragment.
    func text(of key: JSONKeyRange) -> String {
        storage.withUnsafeBufferPointer { JSONCursor($0, from: 0, to: 0).text(of: key) }
    }
}
