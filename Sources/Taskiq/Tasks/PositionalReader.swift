// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Hands the arguments of a message to the parameters of a closure, one after the other.
///
/// It is given the message with each call and does not hold it: to copy a message is to count up all that is in it.
@usableFromInline
struct PositionalReader {
    private let parameters: [TaskParameter]
    /// Whether the arguments come by position only, and are text still.
    private let isPlain: Bool
    private var place: PositionalArguments.Place
    private var index = 0

    fileprivate init(_ place: PositionalArguments.Place, isPlain: Bool, _ parameters: [TaskParameter]) {
        self.place = place
        self.isPlain = isPlain
        self.parameters = parameters
    }

    // Compiled with the caller, who knows the types; then neither a tuple nor a value is looked up at run time.
    @inlinable
    @inline(__always)
    mutating func next<Value: Decodable>(_ type: Value.Type, of message: TaskiqMessage) throws -> Value {
        if Value.self == Int.self {
            if let value = nextInteger(of: message) { return identical(value, as: type) }
        } else if Value.self == String.self {
            if let value = nextString(of: message) { return identical(value, as: type) }
        } else if Value.self == Bool.self {
            if let value = nextBool(of: message) { return identical(value, as: type) }
        }
        return try nextOther(type, of: message)
    }

    // Arguments of the commonest types, straight from the text; nil where the long way must be gone.

    @usableFromInline
    mutating func nextInteger(of message: TaskiqMessage) -> Int? {
        take(message) { $0.enterElement() == 0 ? nil : $0.takeSmallInteger() }
    }

    @usableFromInline
    mutating func nextString(of message: TaskiqMessage) -> String? {
        take(message) { $0.enterElement() == UInt8(ascii: "\"") ? try? $0.string() : nil }
    }

    @usableFromInline
    mutating func nextBool(of message: TaskiqMessage) -> Bool? {
        take(message) { $0.enterElement() == 0 ? nil : $0.takeBool() }
    }

    @inline(__always)
    private mutating func take<Value>(_ message: TaskiqMessage, _ find: (inout JSONCursor) -> Value?) -> Value? {
        guard isPlain, let value = place.read(message.positional, find) else { return nil }
        index += 1
        return value
    }

    @usableFromInline
    @inline(never)
    mutating func nextOther<Value: Decodable>(_ type: Value.Type, of message: TaskiqMessage) throws -> Value {
        defer { index += 1 }
        guard let fragment = try argument(of: message) else { return try absent(type, message) }
        do {
            return try fragment.decodeLax(type)
        } catch {
            throw message.invalid("\(parameter): \(readableDescription(of: error)) (the parameter is \(type))")
        }
    }

    /// The value of a parameter that was left out: nil if it is optional.
    @inline(never)
    private func absent<Value>(_ type: Value.Type, _ message: TaskiqMessage) throws -> Value {
        if let type = type as? any ExpressibleByNilLiteral.Type, let value = type.init(nilLiteral: ()) as? Value {
            return value
        }
        throw message.invalid("\(parameter) is missing: expected \(type)")
    }

    /// The argument of the next parameter: as it was given, else the default value.
    @inline(__always)
    private mutating func argument(of message: TaskiqMessage) throws -> JSONFragment? {
        let positional = place.next(in: message.positional)
        guard index < parameters.count else { return positional }
        let keyword = message.kwargs.isEmpty ? nil : message.kwargs[parameters[index].name]
        guard positional == nil || keyword == nil else {
            throw message.invalid("\(parameter) was given twice, by position and by name")
        }
        return positional ?? keyword ?? parameters[index].defaultValue
    }

    /// Checks that no argument is left over.
    @usableFromInline
    mutating func finish(_ message: TaskiqMessage) throws {
        guard place.isAtEnd(in: message.positional) else {
            throw message.invalid(excessArguments(given: message.args.count, taken: index))
        }
        guard !message.kwargs.isEmpty else { return }
        let known = parameters.prefix(index)
        for argument in message.kwargs.arguments where !known.contains(where: { $0.name == argument.name }) {
            throw message.invalid("has no parameter \"\(argument.name)\"")
        }
    }

    private var parameter: String {
        let name = index < parameters.count ? " (\(parameters[index].name))" : ""
        return "argument \(index + 1)\(name)"
    }
}

extension TaskiqMessage {
    /// Starts to hand out the arguments.
    ///
    /// - Parameter parameters: the parameters' names and default values, so that senders may use keywords; may be shorter
    ///   than the parameters.
    /// - Returns: what hands them out.
    @usableFromInline
    func reader(_ parameters: [TaskParameter]) -> PositionalReader {
        PositionalReader(
            positional.start,
            isPlain: positional.isText && (parameters.isEmpty || kwargs.isEmpty),
            parameters
        )
    }

    fileprivate func invalid(_ reason: String) -> TaskiqError {
        TaskiqError(.invalidArguments, "task \"\(taskName)\": \(reason)")
    }
}

/// The sentence for a call with more positional arguments than there are parameters.
func excessArguments(given: Int, taken: Int) -> String {
    "takes \(taken) positional \(taken == 1 ? "argument" : "arguments"), \(given) \(given == 1 ? "was" : "were") given"
}
