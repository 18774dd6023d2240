// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// Writes a page of a list, and says when it is full: an answer has to fit into a message.
struct OperationPageWriter {
    private let limit: Int
    private let maximumSize: Int
    private var bytes: [UInt8] = Array(#"{"items":["#.utf8)
    private(set) var count = 0

    /// - Parameters:
    ///   - limit: how many items it may have.
    ///   - maximumBody: the largest body, in bytes.
    init(limit: Int, maximumBody: Int) {
        self.limit = limit
        // The cursor and the brackets come after the items.
        maximumSize = maximumBody - 200
    }

    /// Adds an item; false when there is no room for it, unless it is the only one, which is left out then.
    mutating func add(_ item: some Encodable) -> Bool {
        guard count < limit else { return false }
        guard let fragment = try? JSONFragment(encoding: item), fragment.bytes.count + 20 < maximumSize else {
            return true
        }
        guard bytes.count + fragment.bytes.count < maximumSize else { return false }
        if count > 0 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(contentsOf: fragment.bytes)
        count += 1
        return true
    }

    /// Ends the page.
    ///
    /// - Parameter next: what to say to get the next one; nil at the end.
    /// - Returns: the page, as JSON.
    func finish(next: String?) -> [UInt8] {
        guard let next else { return bytes + Array("]}".utf8) }
        return bytes + Array(#"],"next":"#.utf8) + Array(JSONFragment(string: next).bytes) + Array("}".utf8)
    }
}
