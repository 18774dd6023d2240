// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Numbers by the ids of tasks.
struct TaskIndex {
    private var hexadecimal = IdentityIndex()
    private var uuids = IdentityIndex()
    private var texts: [String: Int64] = [:]

    var count: Int { hexadecimal.count + uuids.count + texts.count }

    subscript(key: TaskKey) -> Int64? {
        get {
            switch key {
            case .hexadecimal(let high, let low): hexadecimal[high, low]
            case .uuid(let high, let low): uuids[high, low]
            case .text(let text): texts[text]
            }
        }
        set {
            switch key {
            case .hexadecimal(let high, let low): hexadecimal[high, low] = newValue
            case .uuid(let high, let low): uuids[high, low] = newValue
            case .text(let text): texts[text] = newValue
            }
        }
    }

    /// Takes a number out.
    mutating func removeValue(forKey key: TaskKey) -> Int64? {
        defer { self[key] = nil }
        return self[key]
    }
}
