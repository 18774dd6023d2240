// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The keyword arguments of a message, in the order in which the sender gave them.
public struct KeywordArguments: Sendable, Hashable {
    /// One named argument.
    public struct Argument: Sendable, Hashable {
        /// The parameter's name.
        public let name: String
        /// The value.
        public var value: JSONFragment

        /// Makes a named argument.
        public init(_ name: String, _ value: JSONFragment) {
            self.name = name
            self.value = value
        }
    }

    /// The arguments in order; each name stands once.
    public private(set) var arguments: [Argument]

    /// Makes keyword arguments; of two with one name the later value stands, as in Python.
    public init(_ arguments: some Sequence<Argument> = []) {
        self.arguments = []
        var index = NameIndex()
        for argument in arguments {
            if let place = index.place(of: argument.name, in: self.arguments, by: \.name) {
                self.arguments[place].value = argument.value
            } else {
                self.arguments.append(argument)
            }
        }
    }

    /// Takes arguments of which hardly ever two have one name.
    init(mostlyDistinct arguments: [Argument]) {
        self.init([])
        self.arguments = Self.areDistinct(arguments) ? arguments : KeywordArguments(arguments).arguments
    }

    /// Whether no name stands twice; a long list is not searched for it.
    private static func areDistinct(_ arguments: [Argument]) -> Bool {
        guard arguments.count <= 16 else { return false }
        for index in arguments.indices.dropFirst() {
            for earlier in 0..<index where arguments[earlier].name == arguments[index].name { return false }
        }
        return true
    }

    /// Reads the members of a JSON object.
    init(_ fragment: JSONFragment) throws(TaskiqError) {
        var arguments: [Argument] = []
        var scanner = JSONScanner(fragment)
        try scanner.object { name, value in arguments.append(Argument(name, value)) }
        self.init(arguments)
    }

    /// Whether there are none.
    public var isEmpty: Bool { arguments.isEmpty }

    /// The value of a parameter by its name.
    public subscript(name: String) -> JSONFragment? {
        get { arguments.first { $0.name == name }?.value }
        set {
            if let index = arguments.firstIndex(where: { $0.name == name }) {
                if let newValue { arguments[index].value = newValue } else { arguments.remove(at: index) }
            } else if let newValue {
                arguments.append(Argument(name, newValue))
            }
        }
    }
}

extension KeywordArguments: ExpressibleByDictionaryLiteral {
    /// Makes keyword arguments from JSON values.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements.map { Argument($0.0, $0.1.fragment) })
    }
}
