// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The positional arguments of a message.
///
/// They stay the one JSON array that they travel as until somebody looks at them one by one: between a sender that writes
/// them and a worker that reads them in order, nobody does.
struct PositionalArguments: Sendable {
    /// What is longer, in bytes, is cut up at once: each look at the list cuts the text anew.
    static let longestText = 4096

    private enum Form {
        case text(JSONFragment)
        case list([JSONFragment])
    }

    private let form: Form

    init(_ list: [JSONFragment]) {
        form = .list(list)
    }

    /// Trusts that the fragment is an array.
    init(trusting array: JSONFragment) {
        form = array.range.count <= Self.longestText ? .text(array) : .list(Self.elements(of: array))
    }

    /// The arguments one by one.
    var list: [JSONFragment] {
        switch form {
        case .text(let array): Self.elements(of: array)
        case .list(let list): list
        }
    }

    /// The array as it travels, if it is one still.
    @inline(__always)
    var text: JSONFragment? {
        if case .text(let array) = form { array } else { nil }
    }

    private static func elements(of array: JSONFragment) -> [JSONFragment] {
        var scanner = JSONScanner(array)
        return (try? scanner.array()) ?? []
    }
}

extension PositionalArguments: Hashable {
    static func == (left: PositionalArguments, right: PositionalArguments) -> Bool { left.list == right.list }

    func hash(into hasher: inout Hasher) { hasher.combine(list) }
}

extension PositionalArguments {
    /// Hands the arguments out one after the other.
    struct Reader {
        private let storage: [UInt8]
        private var rest: Range<Int>
        private var list: ArraySlice<JSONFragment>
        private var isText: Bool

        init(_ arguments: PositionalArguments) {
            switch arguments.form {
            case .text(let array):
                (storage, rest, list, isText) = (array.storage, array.range, [], true)
            case .list(let elements):
                (storage, rest, list, isText) = ([], 0..<0, elements[...], false)
            }
        }

        /// The next argument; nil when there is no more.
        mutating func next() -> JSONFragment? {
            guard isText else { return list.popFirst() }
            return take { $0.nextElement() }.map { JSONFragment(trusting: storage, range: $0) }
        }

        // Arguments of the commonest types, straight from the text; nil where the long way must be gone.

        mutating func nextInteger() -> Int? {
            take { cursor in cursor.nextElement().flatMap { cursor.smallInteger(in: $0) } }
        }

        mutating func nextString() -> String? {
            take { cursor in cursor.enterElement() == UInt8(ascii: "\"") ? try? cursor.string() : nil }
        }

        mutating func nextBool() -> Bool? {
            take { cursor in
                let first = cursor.enterElement()
                guard first == UInt8(ascii: "t") || first == UInt8(ascii: "f") else { return nil }
                return (try? cursor.value()).map { _ in first == UInt8(ascii: "t") }
            }
        }

        /// Goes on in the text if the closure finds what it looks for.
        @inline(__always)
        private mutating func take<Value>(_ find: (inout JSONCursor) -> Value?) -> Value? {
            guard isText else { return nil }
            let (value, position) = storage.withUnsafeBufferPointer { bytes in
                var cursor = JSONCursor(bytes, from: rest.lowerBound, to: rest.upperBound)
                return (find(&cursor), cursor.position)
            }
            if value != nil { rest = position..<rest.upperBound }
            return value
        }
    }
}
