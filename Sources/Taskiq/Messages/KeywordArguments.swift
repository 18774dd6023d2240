// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The keyword arguments of a message, in the order in which the sender gave them.
///
/// A few of them stay the one JSON object that they travel as until somebody looks at them one by one.
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

    private enum Form {
        case text(JSONFragment, count: Int)
        case list([Argument])
    }

    // More of them, or longer ones (in bytes), are cut up at once: each look at the list cuts the text anew.
    static let mostInText = 16
    private static let longestText = 4096
    private var form: Form

    /// Makes keyword arguments; of two with one name the later value stands, as in Python.
    public init(_ arguments: some Sequence<Argument> = []) {
        var list: [Argument] = []
        var index = NameIndex()
        for argument in arguments {
            if let place = index.place(of: argument.name, in: list, by: \.name) {
                list[place].value = argument.value
            } else {
                list.append(argument)
            }
        }
        form = .list(list)
    }

    /// None.
    static var none: KeywordArguments { KeywordArguments(form: .list([])) }

    private init(form: Form) {
        self.form = form
    }

    /// Reads the members of a JSON object.
    init(_ fragment: JSONFragment) throws(TaskiqError) {
        var arguments: [Argument] = []
        var scanner = JSONScanner(fragment)
        try scanner.object { name, value in arguments.append(Argument(name, value)) }
        self.init(arguments)
    }

    /// Takes over an object.
    ///
    /// - Parameters:
    ///   - object: trusted to be a JSON object whose members have different names.
    ///   - count: how many members it has.
    init(trusting object: JSONFragment, count: Int) {
        if count > 0, count <= Self.mostInText, object.range.count <= Self.longestText {
            form = .text(object, count: count)
        } else {
            form = .list(count == 0 ? [] : KeywordArguments(form: .text(object, count: count)).arguments)
        }
    }

    /// The arguments in order; each name stands once.
    public private(set) var arguments: [Argument] {
        get {
            switch form {
            case .text(let object, _): (try? KeywordArguments(object).arguments) ?? []
            case .list(let list): list
            }
        }
        set { form = .list(newValue) }
    }

    /// The object as it travels, if it is one still.
    @inline(__always)
    var text: JSONFragment? {
        if case .text(let object, _) = form { object } else { nil }
    }

    /// How many there are.
    @inline(__always)
    var count: Int {
        switch form {
        case .text(_, let count): count
        case .list(let list): list.count
        }
    }

    /// Whether there are none.
    public var isEmpty: Bool { count == 0 }

    /// The value of a parameter by its name.
    public subscript(name: String) -> JSONFragment? {
        get { arguments.first { $0.name.isSpelled(name) }?.value }
        set {
            if let index = arguments.firstIndex(where: { $0.name.isSpelled(name) }) {
                if let newValue { arguments[index].value = newValue } else { arguments.remove(at: index) }
            } else if let newValue {
                arguments.append(Argument(name, newValue))
            }
        }
    }
}

extension KeywordArguments {
    /// Whether the names, values and their order are the same.
    public static func == (left: KeywordArguments, right: KeywordArguments) -> Bool {
        left.arguments == right.arguments
    }

    /// Hashes the names and values.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(arguments)
    }
}

extension KeywordArguments: ExpressibleByDictionaryLiteral {
    /// Makes keyword arguments from JSON values.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = elements.isEmpty ? .none : KeywordArguments(elements.map { Argument($0.0, $0.1.fragment) })
    }
}
