// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Hands the arguments of a message to the parameters of a closure, one after the other.
struct PositionalReader {
    private let message: TaskiqMessage
    private let parameters: [String]
    private var index = 0

    /// - Parameters:
    ///   - message: the call.
    ///   - parameters: the parameters' names, so that senders may use keywords; may be shorter than the parameters.
    init(_ message: TaskiqMessage, parameters: [String]) {
        self.message = message
        self.parameters = parameters
    }

    mutating func next<Value: Decodable>(_ type: Value.Type) throws -> Value {
        defer { index += 1 }
        let name = index < parameters.count ? parameters[index] : nil
        let keyword = name.flatMap { message.kwargs[$0] }
        let fragment: JSONFragment
        switch (index < message.args.count ? message.args[index] : nil, keyword) {
        case (let positional?, nil): fragment = positional
        case (nil, let keyword?): fragment = keyword
        case (_?, _?): throw invalid("\(parameter) was given twice, by position and by name")
        case (nil, nil):
            if let type = type as? any ExpressibleByNilLiteral.Type, let value = type.init(nilLiteral: ()) as? Value {
                return value
            }
            throw invalid("\(parameter) is missing: expected \(type)")
        }
        do {
            return try fragment.decode(type)
        } catch {
            throw invalid("\(parameter): \(readableDescription(of: error)) (the parameter is \(type))")
        }
    }

    /// Checks that no argument is left over.
    func finish() throws {
        guard message.args.count <= index else {
            throw invalid("takes \(index) positional argument(s), \(message.args.count) were given")
        }
        for argument in message.kwargs.arguments where !parameters.prefix(index).contains(argument.name) {
            throw invalid("has no parameter \"\(argument.name)\"")
        }
    }

    private var parameter: String {
        let name = index < parameters.count ? " (\(parameters[index]))" : ""
        return "argument \(index + 1)\(name)"
    }

    private func invalid(_ reason: String) -> TaskiqError {
        TaskiqError(.invalidArguments, "task \"\(message.taskName)\": \(reason)")
    }
}
