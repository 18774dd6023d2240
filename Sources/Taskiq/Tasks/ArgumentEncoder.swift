// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Encodes positional arguments one after the other into the array that they travel as.
struct ArgumentEncoder {
    private let task: TaskName
    private var bytes: [UInt8] = []
    private var count = 0

    /// - Parameter task: whose arguments they are, for errors.
    init(task: TaskName) {
        self.task = task
        bytes.reserveCapacity(96)
        bytes.append(UInt8(ascii: "["))
    }

    mutating func append<Value: Encodable>(_ value: Value) throws(TaskiqError) {
        if count > 0 { bytes.append(UInt8(ascii: ",")) }
        count += 1
        if JSONWriter.write(basic: value, to: &bytes) { return }
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
        bytes.append(contentsOf: output.bytes)
    }

    /// The arguments, when all of them are there.
    consuming func finish() -> PositionalArguments {
        bytes.append(UInt8(ascii: "]"))
        return PositionalArguments(trusting: JSONFragment(trusting: bytes))
    }

    /// The arguments so far, one by one.
    var fragments: [JSONFragment] { finish().list }
}
