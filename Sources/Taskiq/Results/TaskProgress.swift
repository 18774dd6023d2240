// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What a task tells about its progress: Python taskiq's `TaskProgress`.
public struct TaskProgress: Sendable, Hashable {
    /// How far it has come.
    public var state: TaskState
    /// What it says besides; nil for nothing.
    public var meta: JSONFragment?

    /// Makes a report.
    ///
    /// - Parameters:
    ///   - state: how far the task has come.
    ///   - meta: what it says besides; nil for nothing.
    public init(state: TaskState, meta: JSONFragment? = nil) {
        self.state = state
        self.meta = meta
    }

    /// The report as Python taskiq stores it with its JSON serializer: `{"state":…,"meta":…}`.
    public func json() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(contentsOf: #"{"state":"#.utf8)
        JSONWriter.write(string: state.rawValue, to: &bytes)
        bytes.append(contentsOf: #","meta":"#.utf8)
        JSONWriter.write(meta ?? .null, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// Reads a report that Python taskiq, or this library, stored as JSON.
    ///
    /// - Parameter bytes: the stored bytes.
    /// - Throws: `TaskiqError` with code `malformed`.
    public init(json bytes: [UInt8]) throws(TaskiqError) {
        var fields: [String: JSONFragment] = [:]
        var scanner = JSONScanner(bytes)
        try scanner.object { key, value in fields[key] = value }
        try scanner.expectEnd()
        guard let state = fields["state"].flatMap({ try? $0.decode(String.self) }) else {
            throw TaskiqError(.malformed, "a progress report needs the field state, as text")
        }
        self.state = TaskState(rawValue: state)
        meta = fields["meta"].flatMap { $0.isNull ? nil : $0 }
    }

    /// The report's bytes by a serializer, as Python's result backends store it.
    ///
    /// - Parameter serializer: the backend's serializer.
    /// - Returns: the bytes.
    /// - Throws: `TaskiqError` with code `unencodable` for values that the serializer cannot hold.
    public func serialized(by serializer: any TaskiqSerializer) throws(TaskiqError) -> [UInt8] {
        try serializer.dumpb(JSONFragment(trusting: json()))
    }

    /// Reads a report that was stored by a serializer.
    ///
    /// - Parameters:
    ///   - bytes: the stored bytes.
    ///   - serializer: the backend's serializer.
    /// - Throws: `TaskiqError` with code `malformed`, or `security` for a pickle that is not plain data.
    public init(serialized bytes: [UInt8], by serializer: any TaskiqSerializer) throws(TaskiqError) {
        try self.init(json: try serializer.loadb(bytes).ownedBytes)
    }
}
