// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The labels of a task or of one call: named values that middlewares, brokers and schedulers read.
///
/// Written as a literal of ready-made entries and own ones: `[.queue("mail"), .timeout(.seconds(30)), "tenant": "acme"]`
/// is not Swift, so own labels are `.label("tenant", "acme")`. The order of entries is kept.
public struct Labels: Sendable, Hashable {
    /// One label.
    public struct Entry: Sendable, Hashable {
        /// The name.
        public let name: String
        /// The value.
        public var value: LabelValue

        /// Makes a label.
        public init(name: String, value: LabelValue) {
            self.name = name
            self.value = value
        }
    }

    /// The labels in the order in which they were set.
    public private(set) var entries: [Entry]

    /// Makes a set of labels; of two entries with one name the later value stands at the earlier place.
    public init(_ entries: some Sequence<Entry> = []) {
        self.entries = []
        lay(entries)
    }

    /// Takes entries of which hardly ever two have one name.
    init(mostlyDistinct entries: [Entry]) {
        self.entries = entries
        if entries.count > 1 { self = Labels(entries) }
    }

    /// Whether there are none.
    public var isEmpty: Bool { entries.isEmpty }

    /// The value of a label by its name.
    public subscript(name: String) -> LabelValue? {
        get { entries.first { $0.name.isSpelled(name) }?.value }
        set {
            if let index = entries.firstIndex(where: { $0.name.isSpelled(name) }) {
                if let newValue { entries[index].value = newValue } else { entries.remove(at: index) }
            } else if let newValue {
                entries.append(Entry(name: name, value: newValue))
            }
        }
    }

    /// The typed value of a label; nil when it is absent or holds something else.
    public subscript<Value>(label: Label<Value>) -> Value? {
        get { self[label.name].flatMap(Value.init(labelValue:)) }
        set { self[label.name] = newValue?.labelValue }
    }

    /// Takes over other labels, which win.
    public mutating func merge(_ other: Labels) {
        lay(other.entries)
    }

    private mutating func lay(_ entries: some Sequence<Entry>) {
        var index = NameIndex()
        for entry in entries {
            if let place = index.place(of: entry.name, in: self.entries, by: \.name) {
                self.entries[place].value = entry.value
            } else {
                self.entries.append(entry)
            }
        }
    }

    /// These labels with others laid over them.
    public func merging(_ other: Labels) -> Labels {
        if other.isEmpty { return self }
        if isEmpty { return other }
        var merged = self
        merged.merge(other)
        return merged
    }
}

extension Labels: ExpressibleByArrayLiteral {
    /// Makes a set of labels from its entries.
    public init(arrayLiteral elements: Entry...) {
        self.init(mostlyDistinct: elements)
    }
}
