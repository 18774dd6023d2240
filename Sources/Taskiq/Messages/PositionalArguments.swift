// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The positional arguments of a message.
///
/// They stay the one JSON array that they travel as until somebody looks at them one by one: between a sender that writes
/// them and a worker that reads them in order, nobody does.
@usableFromInline
struct PositionalArguments: Sendable {
    /// What is longer, in bytes, is cut up at once: each look at the list cuts the text anew.
    static let longestText = 4096

    // No enum: its cases are copied out to be looked at, which each reader of an argument would pay for.
    /// Whether the arguments are in the text, or else in the list.
    let isText: Bool
    /// The array as it travels; nothing if it has been cut up.
    let array: JSONFragment
    private let elements: [JSONFragment]

    init(_ list: [JSONFragment]) {
        (isText, array, elements) = (false, Self.noText, list)
    }

    /// Trusts that the fragment is an array.
    init(trusting array: JSONFragment) {
        let isText = array.range.count <= Self.longestText
        self.isText = isText
        self.array = isText ? array : Self.noText
        elements = isText ? [] : Self.elements(of: array)
    }

    private static var noText: JSONFragment { JSONFragment(trusting: []) }

    /// The arguments one by one.
    var list: [JSONFragment] { isText ? Self.elements(of: array) : elements }

    /// Whether there are none; an array with white space in it may say no.
    @inline(__always)
    var isEmpty: Bool { isText ? array.range.count == "[]".utf8.count : elements.isEmpty }

    private static func elements(of array: JSONFragment) -> [JSONFragment] {
        if array.range.count == "[]".utf8.count { return [] }
        var scanner = JSONScanner(array)
        return (try? scanner.array()) ?? []
    }
}

extension PositionalArguments: Hashable {
    @usableFromInline
    static func == (left: PositionalArguments, right: PositionalArguments) -> Bool {
        // The same text is the quick case: an array knows when it is compared with itself.
        if left.isText, right.isText, left.array.range == right.array.range, left.array.storage == right.array.storage {
            return true
        }
        return left.list == right.list
    }

    @usableFromInline
    func hash(into hasher: inout Hasher) { hasher.combine(list) }
}

extension PositionalArguments {
    /// Before the first argument.
    var start: Place { Place(position: isText ? array.range.lowerBound : 0) }

    /// Steps from one argument to the next; it is told each time whose arguments they are, and so holds none of them.
    struct Place {
        /// Where the text goes on, or which element of the list is next.
        fileprivate var position: Int

        /// The next argument; nil when there is no more.
        mutating func next(in arguments: PositionalArguments) -> JSONFragment? {
            if arguments.isText {
                return read(arguments) { $0.nextElement() }
                    .map { JSONFragment(trusting: arguments.array.storage, range: $0) }
            }
            guard position < arguments.elements.count else { return nil }
            position += 1
            return arguments.elements[position - 1]
        }

        /// Whether there is no more; steps over what there is.
        @inline(__always)
        mutating func isAtEnd(in arguments: PositionalArguments) -> Bool {
            arguments.isText
                ? read(arguments) { $0.enterElement() == 0 ? nil : () } == nil
                : position >= arguments.elements.count
        }

        /// Goes on in the text if the closure finds what it looks for.
        @inline(__always)
        mutating func read<Value>(
            _ arguments: PositionalArguments,
            _ find: (inout JSONCursor) -> Value?
        ) -> Value? {
            let (value, end) = arguments.array.storage.withUnsafeBufferPointer { bytes in
                var cursor = JSONCursor(bytes, from: position, to: arguments.array.range.upperBound)
                return (find(&cursor), cursor.position)
            }
            if value != nil { position = end }
            return value
        }
    }
}
