// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Finds the name that was probably meant.
enum NameSuggestion {
    /// The candidate nearest to a name, ignoring case; nil when none is near.
    ///
    /// Near means that at most a third of the letters were changed, added, left out or swapped with a neighbour, and
    /// one in a short name.
    static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
        let letters = Array(name.lowercased().unicodeScalars)
        guard !letters.isEmpty, letters.count <= 64 else { return nil }
        let limit = max(1, letters.count / 3)
        // Among equals a candidate of the same letters is nearer: "taks" is "task" rather than "tags".
        var best: (candidate: String, rank: Int)?
        for candidate in candidates {
            let other = Array(candidate.lowercased().unicodeScalars)
            guard abs(other.count - letters.count) <= limit else { continue }
            let distance = distance(letters, other)
            guard distance <= limit, distance < letters.count else { continue }
            let rank = distance * 2 + (letters.sorted() == other.sorted() ? 0 : 1)
            if rank < best?.rank ?? .max { best = (candidate, rank) }
        }
        return best?.candidate
    }

    /// The edit distance in which a swap of neighbours is one step.
    static func distance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...second.count)
        for row in first.indices {
            var current = [row + 1]
            for column in second.indices {
                let isSame = first[row] == second[column]
                var best = min(last[column] + (isSame ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[second.count]
    }
}
