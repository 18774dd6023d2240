// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Encodes positional arguments one after the other into one storage.
struct ArgumentEncoder {
    private let task: TaskName
    private let output = JSONOutput()
    private var ends: [Int] = []

    /// - Parameter task: whose arguments they are, for errors.
    init(task: TaskName) {
        self.task = task
        ends.reserveCapacity(4)
    }

    mutating func append<Value: Encodable>(_ value: Value) throws(TaskiqError) {
        do {
            try output.write(value, key: nil)
        } catch {
            throw TaskiqError(
                .unencodable,
                "task \"\(task)\": cannot encode argument \(ends.count + 1), \(Value.self), as JSON: "
                    + readableDescription(of: error)
            )
        }
        ends.append(output.bytes.count)
    }

    /// The arguments so far.
    var fragments: [JSONFragment] {
        let bytes = output.bytes
        var start = 0
        return ends.map { end in
            defer { start = end }
            return JSONFragment(trusting: bytes, range: start..<end)
        }
    }
}
