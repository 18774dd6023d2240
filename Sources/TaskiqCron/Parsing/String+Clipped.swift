// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension String {
    /// The text, or its beginning and an ellipsis if it has more than a number of characters; for messages.
    func clipped(to limit: Int) -> String {
        guard let end = index(startIndex, offsetBy: limit, limitedBy: endIndex), end < endIndex else { return self }
        return self[..<end] + "…"
    }
}
