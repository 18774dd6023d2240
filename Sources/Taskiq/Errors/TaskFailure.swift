// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// An error that travelled: what went wrong in a task, as far as it can be told to another process.
///
/// Its fields are those of Python taskiq, so that either side can read the other's errors. The type is a name only:
/// nothing is ever looked up or constructed by it.
public struct TaskFailure: Error, Sendable, Hashable {
    /// The type of the error, for example `ValueError` or `DecodingError`.
    public var type: String
    /// The module that declares the type; nil when unknown.
    public var module: String?
    /// What the error said; Python's exception arguments, each as JSON.
    public var arguments: [JSONFragment]
    /// The error that this one was raised from (Python's `__cause__`).
    public var cause: Box?
    /// The error that was being handled when this one was raised (Python's `__context__`).
    public var context: Box?
    /// Whether Python hides the context when it prints the error.
    public var suppressesContext: Bool
    /// The properties of a Swift error that is `Encodable`, as one JSON object; Python passes over them.
    public var fields: JSONFragment?

    /// A failure inside a failure.
    public indirect enum Box: Sendable, Hashable {
        /// The inner failure.
        case failure(TaskFailure)
    }

    /// Makes a failure from a type and what it said.
    ///
    /// - Parameters:
    ///   - type: the type's name.
    ///   - module: the module that declares it.
    ///   - message: a sentence for people.
    public init(type: String, module: String? = nil, message: String) {
        self.init(type: type, module: module, arguments: [JSONFragment(string: message)])
    }

    /// Makes a failure from its parts.
    ///
    /// - Parameters:
    ///   - type: the type's name.
    ///   - module: the module that declares it.
    ///   - arguments: what it said, each as JSON.
    ///   - cause: the error it was raised from.
    ///   - context: the error that was being handled.
    ///   - suppressesContext: whether the context is hidden.
    ///   - fields: the properties of the error, as one JSON object.
    public init(
        type: String,
        module: String?,
        arguments: [JSONFragment],
        cause: TaskFailure? = nil,
        context: TaskFailure? = nil,
        suppressesContext: Bool = false,
        fields: JSONFragment? = nil
    ) {
        self.type = type
        self.module = module
        self.arguments = arguments
        self.cause = cause.map(Box.failure)
        self.context = context.map(Box.failure)
        self.suppressesContext = suppressesContext
        self.fields = fields
    }

    /// What the error said, in one text: strings as they are, other values as JSON.
    public var message: String {
        arguments
            .map { argument in (try? argument.decode(String.self)) ?? argument.text }
            .joined(separator: ", ")
    }
}

extension TaskFailure {
    /// Describes an error that a task threw.
    ///
    /// - Parameter error: any error; a `TaskFailure` is passed on as it is.
    public init(describing error: any Error) {
        if let failure = error as? TaskFailure {
            self = failure
            return
        }
        let (module, type) = Self.moduleAndName(of: Swift.type(of: error))
        self.init(type: type, module: module, message: readableDescription(of: error))
        if let error = error as? any Encodable, let fields = try? JSONFragment(encoding: error),
            fields.bytes.count <= Self.maximumFields, fields.bytes.first == UInt8(ascii: "{")
        {
            self.fields = fields
        }
        if let cause = (error as? TaskiqError)?.cause {
            arguments = [JSONFragment(string: (error as? TaskiqError)?.message ?? "\(error)")]
            self.cause = .failure(TaskFailure(describing: cause))
        }
    }
}

extension TaskFailure {
    /// Describes an error that was thrown while another was dealt with, which stays its context.
    init(describing error: any Error, after earlier: TaskFailure?) {
        self.init(describing: error)
        if context == nil, let earlier { context = .failure(earlier) }
    }

    /// The error itself, where it is a Swift error that travelled with its properties.
    ///
    /// - Parameter type: the type that was thrown, in the same module.
    /// - Returns: the error; nil when it is of another type, or its properties do not fit.
    public func decode<Failure: Error & Decodable>(as type: Failure.Type) -> Failure? {
        guard let fields, Self.moduleAndName(of: type) == (module, self.type) else { return nil }
        return try? fields.decode(type)
    }

    /// More than this many bytes of properties are left behind.
    private static let maximumFields = 64 * 1024

    private static func moduleAndName(of type: any Any.Type) -> (module: String?, name: String) {
        let name = name(of: type)
        let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: true)
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : (nil, name)
    }

    /// The type's full name, without the contexts of private and local types, which differ from run to run.
    private static func name(of type: any Any.Type) -> String {
        var name = Substring(String(reflecting: type))
        var kept = ""
        while let start = name.firstRange(of: "(unknown context at ") {
            kept += name[..<start.lowerBound]
            let rest = name[start.upperBound...].drop { $0 != ")" }.dropFirst()
            name = rest.first == "." ? rest.dropFirst() : rest
        }
        return kept + name
    }
}

extension TaskFailure: CustomStringConvertible {
    /// The type and what it said.
    public var description: String {
        let text = message
        return text.isEmpty ? type : "\(type): \(text)"
    }
}
