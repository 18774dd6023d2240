// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Runs the opcodes of plain data, then writes what they built.
///
/// A pickle builds its value from the inside out, and may put things into a list that it has already referred to, so
/// there has to be a tree. Strings and large integers in it are places in the input.
struct PickleReader {
    /// A place in the input; input is limited to 4 GiB to keep it small.
    private struct Place {
        var start: UInt32
        var end: UInt32

        init(_ range: Range<Int>) {
            start = UInt32(range.lowerBound)
            end = UInt32(range.upperBound)
        }

        var range: Range<Int> { Int(start)..<Int(end) }
    }

    private enum Item {
        case none
        case bool(Bool)
        case integer(Int64)
        case large(Place)
        case real(Double)
        case text(Place)
        case data(Place)
        case container(UInt32)
    }

    private struct Container {
        enum Kind { case list, dict, tuple, set }

        var kind: Kind
        /// The elements; of a dictionary, keys and values by turns.
        var items: [Item] = []
    }

    private var reader: BinaryReader
    private var stack: [Item] = []
    /// The heights of the stack at which marks stand.
    private var marks: [Int] = []
    private var containers: [Container] = []
    /// The memo: numbers without a gap, and the others, which no pickler writes.
    private var memo: [Item] = []
    private var sparseMemo: [UInt32: Item] = [:]
    /// The digits of large integers by their places, so that what is referred to again is not converted again.
    private var digits: [UInt32: [UInt8]] = [:]
    /// Where the opcode stands that is being run.
    private var place = 0

    init(_ data: [UInt8]) throws(TaskiqError) {
        guard data.count <= Int(UInt32.max) else {
            throw TaskiqError(.malformed, "a pickle of \(data.count) bytes is longer than the 4 GiB that are read")
        }
        reader = BinaryReader(data, codec: "pickle")
    }

    mutating func read() throws(TaskiqError) -> JSONFragment {
        while try step() {}
        guard stack.count == 1, marks.isEmpty else {
            throw malformed("the pickle stops with \(stack.count) values and \(marks.count) open marks, not with one")
        }
        try reader.expectEnd()
        var output = FragmentBuilder(inputSize: reader.bytes.count)
        try write(stack[0], depth: 0, to: &output)
        return output.fragment
    }

    /// Runs one opcode; false at the end.
    private mutating func step() throws(TaskiqError) -> Bool {
        place = reader.position
        let byte = try reader.byte()
        guard let opcode = PickleOpcode(rawValue: byte) else {
            if let name = PickleOpcode.nameOfForbidden(byte) {
                throw TaskiqError(
                    .security,
                    "the pickle has opcode \(name) at byte \(place); only plain data is read, nothing is run or looked up"
                )
            }
            throw malformed("0x\(hexadecimal(CollectionOfOne(byte))) is no opcode")
        }
        switch opcode {
        case .stop: return false
        case .proto:
            let version = try reader.byte()
            guard version <= 5 else { throw malformed("protocol \(version) is not known; 2 to 5 are") }
        case .frame:
            let length = try reader.littleEndian(8)
            try reader.expectRoom(for: length, bytesEach: 1)
        case .none: stack.append(.none)
        case .newtrue: stack.append(.bool(true))
        case .newfalse: stack.append(.bool(false))
        case .binint: stack.append(.integer(Int64(Int32(truncatingIfNeeded: try reader.littleEndian(4)))))
        case .binint1: stack.append(.integer(Int64(try reader.littleEndian(1))))
        case .binint2: stack.append(.integer(Int64(try reader.littleEndian(2))))
        case .long1: try long(try reader.littleEndian(1))
        case .long4: try long(try reader.littleEndian(4))
        case .binfloat: stack.append(.real(Double(bitPattern: try reader.bigEndian(8))))
        case .shortBinunicode: try text(try reader.littleEndian(1))
        case .binunicode: try text(try reader.littleEndian(4))
        case .binunicode8: try text(try reader.littleEndian(8))
        case .shortBinbytes: try data(try reader.littleEndian(1))
        case .binbytes: try data(try reader.littleEndian(4))
        case .binbytes8, .bytearray8: try data(try reader.littleEndian(8))
        case .emptyList: try push(.list, [])
        case .emptyDict: try push(.dict, [])
        case .emptyTuple: try push(.tuple, [])
        case .emptySet: try push(.set, [])
        case .mark: marks.append(stack.count)
        case .list: try push(.list, try popToMark())
        case .dict: try push(.dict, try pairs(try popToMark()))
        case .tuple: try push(.tuple, try popToMark())
        case .frozenset: try push(.set, try popToMark())
        case .tuple1, .tuple2, .tuple3:
            var items: [Item] = []
            for _ in 0...(opcode.rawValue - PickleOpcode.tuple1.rawValue) { items.append(try pop()) }
            try push(.tuple, items.reversed())
        case .append: try extend(.list, [try pop()])
        case .appends: try extend(.list, try popToMark())
        case .additems: try extend(.set, try popToMark())
        case .setitem:
            let value = try pop()
            try extend(.dict, [try pop(), value])
        case .setitems: try extend(.dict, try pairs(try popToMark()))
        case .pop:
            // A mark on top is taken away, as in Python.
            if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
        case .popMark: _ = try popToMark()
        case .dup: stack.append(try top())
        case .memoize: try put(UInt64(memo.count + sparseMemo.count))
        case .binput: try put(try reader.littleEndian(1))
        case .longBinput: try put(try reader.littleEndian(4))
        case .binget: try get(try reader.littleEndian(1))
        case .longBinget: try get(try reader.littleEndian(4))
        }
        return true
    }

    private func malformed(_ reason: String) -> TaskiqError {
        reader.malformed(reason, at: place)
    }

    // MARK: The stack

    private func top() throws(TaskiqError) -> Item {
        guard stack.count > marks.last ?? 0, let item = stack.last else { throw malformed("the stack is empty") }
        return item
    }

    private mutating func pop() throws(TaskiqError) -> Item {
        let item = try top()
        stack.removeLast()
        return item
    }

    private mutating func popToMark() throws(TaskiqError) -> [Item] {
        guard let mark = marks.popLast() else { throw malformed("there is no mark") }
        let items = Array(stack[mark...])
        stack.removeSubrange(mark...)
        return items
    }

    private func pairs(_ items: [Item]) throws(TaskiqError) -> [Item] {
        guard items.count.isMultiple(of: 2) else { throw malformed("a key has no value") }
        return items
    }

    private mutating func push(_ kind: Container.Kind, _ items: [Item]) throws(TaskiqError) {
        stack.append(.container(UInt32(containers.count)))
        containers.append(Container(kind: kind, items: items))
    }

    private mutating func extend(_ kind: Container.Kind, _ items: [Item]) throws(TaskiqError) {
        guard case .container(let number) = try top(), containers[Int(number)].kind == kind else {
            throw malformed("what should be extended is no \(kind)")
        }
        containers[Int(number)].items.append(contentsOf: items)
    }

    // MARK: The memo

    private mutating func put(_ number: UInt64) throws(TaskiqError) {
        let item = try top()
        let number = UInt32(truncatingIfNeeded: number)
        if Int(number) == memo.count {
            memo.append(item)
        } else if Int(number) < memo.count {
            memo[Int(number)] = item
        } else {
            sparseMemo[number] = item
        }
    }

    private mutating func get(_ number: UInt64) throws(TaskiqError) {
        guard let item = number < memo.count ? memo[Int(number)] : sparseMemo[UInt32(truncatingIfNeeded: number)] else {
            throw malformed("the memo has no value \(number)")
        }
        stack.append(item)
    }

    // MARK: Scalars

    private mutating func long(_ length: UInt64) throws(TaskiqError) {
        var range = try reader.take(length)
        // Bytes at the top that only repeat the sign say nothing, and would cost a conversion of their number.
        while range.count > 8 {
            let (top, next) = (reader.bytes[range.upperBound - 1], reader.bytes[range.upperBound - 2])
            guard top == 0 && next < 0x80 || top == 0xFF && next >= 0x80 else { break }
            range = range.lowerBound..<range.upperBound - 1
        }
        guard range.count > 8 else {
            var value: UInt64 = 0
            for byte in reader.bytes[range].reversed() { value = value << 8 | UInt64(byte) }
            let unused = UInt64(64 - range.count * 8)
            stack.append(.integer(unused == 64 ? 0 : Int64(bitPattern: value << unused) >> Int64(unused)))
            return
        }
        stack.append(.large(Place(range)))
    }

    private mutating func text(_ length: UInt64) throws(TaskiqError) {
        let range = try reader.take(length)
        if let invalid = JSONText.firstInvalid(in: reader.bytes[range], allowingSurrogates: true) {
            throw reader.malformed("a string must be UTF-8", at: invalid)
        }
        stack.append(.text(Place(range)))
    }

    private mutating func data(_ length: UInt64) throws(TaskiqError) {
        stack.append(.data(Place(try reader.take(length))))
    }

    // MARK: Writing

    private mutating func write(_ item: Item, depth: Int, to output: inout FragmentBuilder) throws(TaskiqError) {
        switch item {
        case .none: output.append(literal: "null")
        case .bool(let value): output.append(literal: value ? "true" : "false")
        case .integer(let value): output.append(value)
        case .real(let value): output.append(value)
        case .text(let place): output.append(string: reader.bytes[place.range])
        case .data(let place): output.append(base64: reader.bytes[place.range])
        case .large(let place):
            output.append(digits: try digits(of: place))
        case .container(let number): try write(containers[Int(number)], depth: depth, to: &output)
        }
        try output.checkBudget(reader)
    }

    /// The digits of a large integer, with its sign.
    private mutating func digits(of place: Place) throws(TaskiqError) -> [UInt8] {
        if let known = digits[place.start] { return known }
        let (magnitude, isNegative) = LargeInteger.magnitude(twosComplement: reader.bytes[place.range])
        guard let found = LargeInteger.digits(littleEndian: magnitude) else {
            throw reader.malformed(
                "an integer of more than \(FragmentBuilder.maximumDigits) digits",
                at: place.range.lowerBound
            )
        }
        let text = isNegative ? [UInt8(ascii: "-")] + found : found
        digits[place.start] = text
        return text
    }

    /// A list that holds itself, which a pickle can make, is too deep like any other.
    private mutating func write(
        _ container: Container,
        depth: Int,
        to output: inout FragmentBuilder
    ) throws(TaskiqError) {
        guard depth + 1 < JSONScanner.maximumDepth || container.items.isEmpty && depth < JSONScanner.maximumDepth else {
            throw reader.malformed("the value is nested more than \(JSONScanner.maximumDepth) levels deep")
        }
        let isObject = container.kind == .dict
        output.append(isObject ? "{" : "[")
        for (index, item) in container.items.enumerated() {
            if isObject, !index.isMultiple(of: 2) {
                output.append(":")
                try write(item, depth: depth + 1, to: &output)
                continue
            }
            if index > 0 { output.append(",") }
            let mark = output.bytes.count
            try write(item, depth: depth + 1, to: &output)
            if isObject, !output.makeKey(from: mark) {
                throw reader.malformed("a dictionary, a list, a tuple or a set cannot be a key")
            }
        }
        output.append(isObject ? "}" : "]")
    }
}
