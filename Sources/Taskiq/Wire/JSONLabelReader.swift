// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Reads the labels of a message from the object of their texts and the object of their type numbers.
///
/// Both were stepped over before, so that what is found here is valid JSON.
struct JSONLabelReader {
    private let data: [UInt8]
    private let cursor: JSONCursor

    init(_ data: [UInt8], _ cursor: JSONCursor) {
        self.data = data
        self.cursor = cursor
    }

    func labels(_ labels: Range<Int>, types: Range<Int>?) throws(TaskiqError) -> Labels {
        if let types, let entries = try inStep(labels, types) { return Labels(mostlyDistinct: entries) }
        var table: [SpelledName: Int] = [:]
        if let types {
            var kinds = cursor.at(types)
            try kinds.object { (kinds, key) throws(TaskiqError) in
                let name = kinds.text(of: key)
                table[SpelledName(name)] = try type(&kinds, name)
            }
        }
        var entries: [Labels.Entry] = []
        var values = cursor.at(labels)
        try values.object { (values, key) throws(TaskiqError) in
            let name = values.text(of: key)
            entries.append(try entry(name, &values, type: table[SpelledName(name)]))
        }
        return Labels(mostlyDistinct: entries)
    }

    /// Mostly both objects have the same keys in the same order; nil if they have not.
    private func inStep(_ labels: Range<Int>, _ types: Range<Int>) throws(TaskiqError) -> [Labels.Entry]? {
        var entries: [Labels.Entry] = []
        var values = cursor.at(labels)
        var kinds = cursor.at(types)
        while let label = values.nextKey() {
            guard let kind = kinds.nextKey(), cursor.equals(label, kind) else { return nil }
            let name = cursor.text(of: label)
            entries.append(try entry(name, &values, type: try type(&kinds, name)))
        }
        return kinds.nextKey() == nil ? entries : nil
    }

    @inline(__always)
    private func type(_ kinds: inout JSONCursor, _ name: String) throws(TaskiqError) -> Int {
        let value = JSONFragment(trusting: data, range: try kinds.value())
        // Python coerces numeric strings.
        guard let type = value.integerValue(Int.self, .strict) ?? value.stringValue().flatMap({ Int($0) }) else {
            throw TaskiqError(.malformed, "the type of label \"\(name)\" must be a number, found \(value)")
        }
        return type
    }

    /// Reads a label; text, which most are, needs no second look.
    @inline(__always)
    private func entry(_ name: String, _ values: inout JSONCursor, type: Int?) throws(TaskiqError) -> Labels.Entry {
        if type == LabelType.string.rawValue, values.peek() == UInt8(ascii: "\"") {
            return Labels.Entry(name: name, value: .string(try values.string()))
        }
        let value = JSONFragment(trusting: data, range: try values.value())
        return Labels.Entry(name: name, value: try LabelValue(wire: value, type: type, name: name))
    }
}
