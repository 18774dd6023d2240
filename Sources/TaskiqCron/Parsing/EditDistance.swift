// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Finds the candidate that was probably meant, for "did you mean" in errors.
enum EditDistance {
    /// The candidate nearest to a word, ignoring the case of ASCII letters, or nil if none is near.
    ///
    /// Near means at most a third of the word's letters changed, inserted or removed, and at least one kept.
    static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let letters = folded(word)
        guard !letters.isEmpty, letters.count <= 64 else { return nil }
        var best: (candidate: String, distance: Int)?
        let limit = max(1, letters.count / 3)
        for candidate in candidates {
            let other = folded(candidate)
            guard abs(other.count - letters.count) <= limit else { continue }
            let distance = distance(letters, other)
            if distance <= limit, distance < letters.count, distance < best?.distance ?? .max {
                best = (candidate, distance)
            }
        }
        return best?.candidate
    }

    /// The Levenshtein distance.
    static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
        var row = Array(0...second.count)
        for (index, byte) in first.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in 0..<second.count {
                let above = row[column + 1]
                let substitution = diagonal + (second[column] == byte ? 0 : 1)
                row[column + 1] = min(substitution, above + 1, row[column] + 1)
                diagonal = above
            }
        }
        return row[second.count]
    }

    private static func folded(_ text: String) -> [UInt8] {
        text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }
}
