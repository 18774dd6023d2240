// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What stands in a message between its id and its arguments: the task's name and the labels.
///
/// Messages of one task mostly have the same there, to the letter. The heads that a thread has read are kept for a while:
/// to compare one makes no strings and no list of labels.
final class JSONMessageHead {
    let taskName: TaskName
    let labels: Labels
    fileprivate let start: UnsafeMutablePointer<UInt8>
    fileprivate let count: Int

    fileprivate init(_ taskName: TaskName, _ labels: Labels, _ text: UnsafeBufferPointer<UInt8>) {
        self.taskName = taskName
        self.labels = labels
        count = text.count
        start = .allocate(capacity: text.count)
        if let first = text.baseAddress { start.initialize(from: first, count: count) }
    }

    deinit {
        start.deallocate()
    }
}

/// The heads that one thread has read, each at a place that its first bytes tell.
final class JSONMessageHeads: Reusable {
    static let spare = SpareObject<JSONMessageHeads>()

    private static let placeCount = 64
    /// Longer ones, in bytes, are read each time.
    private static let longest = 512
    /// So many bytes tell the place; they reach beyond the name of most tasks.
    private static let tellingCount = 48
    /// How many heads must have found their place taken until the last of them takes it over.
    private static let patience = 8

    // No array: to look into one is to hold it meanwhile.
    private let heads: UnsafeMutablePointer<JSONMessageHead?>
    private let misses: UnsafeMutablePointer<UInt8>

    init() {
        heads = .allocate(capacity: Self.placeCount)
        heads.initialize(repeating: nil, count: Self.placeCount)
        misses = .allocate(capacity: Self.placeCount)
        misses.initialize(repeating: 0, count: Self.placeCount)
    }

    deinit {
        heads.deinitialize(count: Self.placeCount)
        heads.deallocate()
        misses.deallocate()
    }

    /// Takes a head that is known and comes next.
    @inline(__always)
    func take(_ cursor: inout JSONCursor) -> JSONMessageHead? {
        guard let place = Self.place(of: cursor.bytes, at: cursor.position, before: cursor.end),
            let head = heads[place], cursor.take(head)
        else { return nil }
        return head
    }

    /// Keeps a head that was read, unless others have its place; labels of any other kind than text, numbers and truth
    /// values would keep whole messages with them.
    func keep(_ taskName: TaskName, _ labels: Labels, from start: Int, _ cursor: JSONCursor) {
        guard cursor.position - start <= Self.longest, labels.entries.allSatisfy(\.value.isPlain),
            let place = Self.place(of: cursor.bytes, at: start, before: cursor.position)
        else { return }
        guard heads[place] == nil || misses[place] == Self.patience else {
            misses[place] += 1
            return
        }
        misses[place] = 0
        let text = UnsafeBufferPointer(rebasing: cursor.bytes[start..<cursor.position])
        heads[place] = JSONMessageHead(taskName, labels, text)
    }

    func end() {}

    func clear() {}

    @inline(__always)
    private static func place(of bytes: UnsafeBufferPointer<UInt8>, at start: Int, before end: Int) -> Int? {
        guard end - start >= tellingCount else { return nil }
        let raw = UnsafeRawBufferPointer(bytes)
        var mixed: UInt64 = 0
        // The first sixteen bytes are those of the field's name.
        for offset in stride(from: 16, to: tellingCount, by: 8) {
            mixed ^= raw.loadUnaligned(fromByteOffset: start + offset, as: UInt64.self)
            mixed = mixed &* 0x9E37_79B9_7F4A_7C15
            mixed ^= mixed >> 29
        }
        return Int(truncatingIfNeeded: mixed >> 58)
    }
}

extension LabelValue {
    fileprivate var isPlain: Bool {
        switch self {
        case .int, .double, .bool, .string, .any, .largeInt: true
        case .bytes, .json: false
        }
    }
}

extension JSONCursor {
    /// Takes a head if it stands here.
    @inline(__always)
    fileprivate mutating func take(_ head: JSONMessageHead) -> Bool {
        guard head.count <= end - position, equals(head.start, at: position, count: head.count) else { return false }
        position += head.count
        return true
    }
}
