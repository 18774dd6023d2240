// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Encodes positional arguments one after the other into the array that they travel as.
@usableFromInline
struct ArgumentEncoder: ~Copyable {
    private let task: TaskName
    private var text = JSONBuffer(capacity: 120)
    private var count = 0

    /// - Parameter task: whose arguments they are, for errors.
    @usableFromInline
    init(task: TaskName) {
        self.task = task
        text.append(UInt8(ascii: "["))
    }

    // Compiled with the caller, who knows the types, so that no argument is copied to be asked what it is.
    @inlinable
    @inline(__always)
    mutating func append<Value: Encodable>(_ value: Value) throws(TaskiqError) {
        if Value.self == Int.self {
            append(integer: identical(value, as: Int.self))
        } else if Value.self == String.self {
            append(string: identical(value, as: String.self))
        } else if Value.self == Bool.self {
            append(bool: identical(value, as: Bool.self))
        } else {
            try append(other: value)
        }
    }

    @usableFromInline
    mutating func append(integer value: Int) {
        begin()
        JSONWriter.write(integer: value, to: &text)
    }

    @usableFromInline
    mutating func append(string value: String) {
        begin()
        JSONWriter.write(string: value, to: &text)
    }

    @usableFromInline
    mutating func append(bool value: Bool) {
        begin()
        JSONWriter.write(literal: value ? "true" : "false", to: &text)
    }

    @usableFromInline
    mutating func append<Value: Encodable>(other value: Value) throws(TaskiqError) {
        begin()
        if JSONWriter.write(basic: value, to: &text) { return }
        let output = JSONOutput()
        do {
            try output.write(value, key: nil)
            try output.checkDepth()
        } catch {
            throw TaskiqError(
                .unencodable,
                "task \"\(task)\": cannot encode argument \(count), \(Value.self), as JSON: "
                    + readableDescription(of: error)
            )
        }
        output.withText { text.append($0) }
    }

    @inline(__always)
    private mutating func begin() {
        if count > 0 { text.append(UInt8(ascii: ",")) }
        count += 1
    }

    /// The arguments, when all of them are there.
    @usableFromInline
    consuming func finish() -> PositionalArguments {
        text.append(UInt8(ascii: "]"))
        return PositionalArguments(trusting: JSONFragment(trusting: text.bytes))
    }
}
