// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension StoredResult {
    /// The result as Python taskiq stores it with its JSON serializer.
    public func json() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(contentsOf: #"{"is_err":"#.utf8)
        bytes.append(contentsOf: isError ? "true".utf8 : "false".utf8)
        bytes.append(contentsOf: #","log":"#.utf8)
        if let log { JSONWriter.write(string: log, to: &bytes) } else { bytes.append(contentsOf: "null".utf8) }
        bytes.append(contentsOf: #","return_value":"#.utf8)
        JSONWriter.write(returnValue, to: &bytes)
        bytes.append(contentsOf: #","execution_time":"#.utf8)
        JSONWriter.write(double: executionTime.inSeconds, to: &bytes)
        bytes.append(contentsOf: #","labels":"#.utf8)
        JSONWriter.write(object: labels.entries.lazy.map { ($0.name, $0.value) }, to: &bytes) { value, bytes in
            JSONWriter.write(value.json, to: &bytes)
        }
        bytes.append(contentsOf: #","error":"#.utf8)
        Self.write(error, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// Causes of causes are written so far and no further: readers do not follow JSON deeper than `JSONScanner` does,
    /// and an error that says too much must not cost the result.
    private static let deepestCause = 64

    private static func write(_ failure: TaskFailure?, depth: Int = 0, to bytes: inout [UInt8]) {
        guard let failure, depth < deepestCause else {
            bytes.append(contentsOf: "null".utf8)
            return
        }
        bytes.append(contentsOf: #"{"exc_type":"#.utf8)
        JSONWriter.write(string: failure.type, to: &bytes)
        bytes.append(contentsOf: #","exc_message":"#.utf8)
        JSONWriter.write(failure.arguments, to: &bytes)
        bytes.append(contentsOf: #","exc_module":"#.utf8)
        if let module = failure.module {
            JSONWriter.write(string: module, to: &bytes)
        } else {
            bytes.append(contentsOf: "null".utf8)
        }
        bytes.append(contentsOf: #","exc_cause":"#.utf8)
        write(failure.cause?.failure, depth: depth + 1, to: &bytes)
        bytes.append(contentsOf: #","exc_context":"#.utf8)
        write(failure.context?.failure, depth: depth + 1, to: &bytes)
        bytes.append(contentsOf: #","exc_suppress_context":"#.utf8)
        bytes.append(contentsOf: failure.suppressesContext ? "true".utf8 : "false".utf8)
        if let fields = failure.fields {
            // Python passes over keys of an error that it does not know.
            bytes.append(contentsOf: #","exc_fields":"#.utf8)
            JSONWriter.write(fields, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// Reads a result that Python taskiq, or this library, stored as JSON.
    ///
    /// - Parameter bytes: the stored bytes.
    /// - Throws: `TaskiqError` with code `malformed`.
    public init(json bytes: [UInt8]) throws(TaskiqError) {
        var fields: [String: JSONFragment] = [:]
        var scanner = JSONScanner(bytes)
        try scanner.object { key, value in fields[key] = value }
        try scanner.expectEnd()
        guard let isError = fields["is_err"].flatMap(Self.truth),
            let returnValue = fields["return_value"],
            let seconds = fields["execution_time"].flatMap(Self.seconds)
        else {
            throw TaskiqError(.malformed, "a result needs the fields is_err, return_value and execution_time")
        }
        self.isError = isError
        self.returnValue = returnValue
        // Nanoseconds, so that what is read is written back as it was.
        executionTime = .nanoseconds(Int64(exactly: (seconds * 1e9).rounded()) ?? 0)
        log = fields["log"].flatMap { try? $0.decode(String.self) }
        var entries: [Labels.Entry] = []
        if let labels = fields["labels"], !labels.isNull {
            var scanner = JSONScanner(labels)
            try scanner.object { name, value in entries.append(.init(name: name, value: LabelValue(native: value))) }
        }
        labels = Labels(entries)
        error = try fields["error"].flatMap { fragment throws(TaskiqError) in try Self.failure(fragment) }
    }

    /// Python takes 0 and 1 for false and true.
    private static func truth(_ fragment: JSONFragment) -> Bool? {
        if let value = try? fragment.decode(Bool.self) { return value }
        switch try? fragment.decode(Int.self) {
        case 0: return false
        case 1: return true
        default: return nil
        }
    }

    /// Python takes text that is a number.
    private static func seconds(_ fragment: JSONFragment) -> Double? {
        (try? fragment.decode(Double.self)) ?? (try? fragment.decode(String.self)).flatMap(Double.init)
    }

    private static func failure(_ fragment: JSONFragment) throws(TaskiqError) -> TaskFailure? {
        if fragment.isNull { return nil }
        var fields: [String: JSONFragment] = [:]
        var scanner = JSONScanner(fragment)
        try scanner.object { key, value in fields[key] = value }
        guard let type = fields["exc_type"].flatMap({ try? $0.decode(String.self) }) else {
            throw TaskiqError(.malformed, "an error needs the field exc_type")
        }
        var arguments: [JSONFragment] = []
        if let message = fields["exc_message"] {
            var scanner = JSONScanner(message)
            arguments = scanner.peek() == UInt8(ascii: "[") ? try scanner.array() : [message]
        }
        return TaskFailure(
            type: type,
            module: fields["exc_module"].flatMap { try? $0.decode(String.self) },
            arguments: arguments,
            cause: try fields["exc_cause"].flatMap { fragment throws(TaskiqError) in try failure(fragment) },
            context: try fields["exc_context"].flatMap { fragment throws(TaskiqError) in try failure(fragment) },
            suppressesContext: fields["exc_suppress_context"].flatMap { try? $0.decode(Bool.self) } ?? false,
            fields: fields["exc_fields"]
        )
    }
}

extension LabelValue {
    /// The value of a label in a result or a stored schedule, where labels stand as plain JSON.
    init(native fragment: JSONFragment) {
        let decoder = JSONFragmentDecoder(fragment)
        switch decoder.kind {
        case .bool: self = .bool((try? decoder.bool()) ?? false)
        case .string: self = .string((try? decoder.string()) ?? "")
        case .number where fragment.bytes.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2D }):
            self = Int(fragment.text).map(LabelValue.int) ?? .largeInt(digits: fragment.text)
        case .number: self = (try? decoder.double()).map(LabelValue.double) ?? .json(fragment)
        case .null, .array, .object: self = .json(fragment)
        }
    }
}

extension TaskFailure.Box {
    /// The failure inside.
    public var failure: TaskFailure {
        switch self {
        case .failure(let failure): failure
        }
    }
}
