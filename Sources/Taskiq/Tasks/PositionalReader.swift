// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Hands the arguments of a message to the parameters of a closure, one after the other.
struct PositionalReader {
    private let message: TaskiqMessage
    private let parameters: [TaskParameter]
    private var positional: PositionalArguments.Reader
    private var index = 0

    /// - Parameters:
    ///   - message: the call.
    ///   - parameters: the parameters' names and default values, so that senders may use keywords; may be shorter than the parameters.
    init(_ message: TaskiqMessage, parameters: [TaskParameter]) {
        self.message = message
        positional = PositionalArguments.Reader(message.positional)
        self.parameters = parameters
    }

    mutating func next<Value: Decodable>(_ type: Value.Type) throws -> Value {
        defer { index += 1 }
        if parameters.isEmpty || message.kwargs.isEmpty {
            if Value.self == Int.self, let value = positional.nextInteger() { return identical(value, as: type) }
            if Value.self == String.self, let value = positional.nextString() { return identical(value, as: type) }
            if Value.self == Bool.self, let value = positional.nextBool() { return identical(value, as: type) }
        }
        guard let fragment = try argument() else { return try absent(type) }
        do {
            return try fragment.decodeLax(type)
        } catch {
            throw invalid("\(parameter): \(readableDescription(of: error)) (the parameter is \(type))")
        }
    }

    /// The value of a parameter that was left out: nil if it is optional.
    @inline(never)
    private func absent<Value>(_ type: Value.Type) throws -> Value {
        if let type = type as? any ExpressibleByNilLiteral.Type, let value = type.init(nilLiteral: ()) as? Value {
            return value
        }
        throw invalid("\(parameter) is missing: expected \(type)")
    }

    /// The argument of the next parameter: as it was given, else the default value.
    @inline(__always)
    private mutating func argument() throws -> JSONFragment? {
        let positional = self.positional.next()
        guard index < parameters.count else { return positional }
        let keyword = message.kwargs.isEmpty ? nil : message.kwargs[parameters[index].name]
        guard positional == nil || keyword == nil else {
            throw invalid("\(parameter) was given twice, by position and by name")
        }
        return positional ?? keyword ?? parameters[index].defaultValue
    }

    /// Checks that no argument is left over.
    mutating func finish() throws {
        guard positional.next() == nil else {
            throw invalid(excessArguments(given: message.args.count, taken: index))
        }
        guard !message.kwargs.isEmpty else { return }
        let known = parameters.prefix(index)
        for argument in message.kwargs.arguments where !known.contains(where: { $0.name == argument.name }) {
            throw invalid("has no parameter \"\(argument.name)\"")
        }
    }

    private var parameter: String {
        let name = index < parameters.count ? " (\(parameters[index].name))" : ""
        return "argument \(index + 1)\(name)"
    }

    private func invalid(_ reason: String) -> TaskiqError {
        TaskiqError(.invalidArguments, "task \"\(message.taskName)\": \(reason)")
    }
}

/// The sentence for a call with more positional arguments than there are parameters.
func excessArguments(given: Int, taken: Int) -> String {
    "takes \(taken) positional \(taken == 1 ? "argument" : "arguments"), \(given) \(given == 1 ? "was" : "were") given"
}
