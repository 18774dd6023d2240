// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import Testing

/// A way to write messages and results that both sides have.
struct Codec: Sendable, CustomTestStringConvertible {
    /// What the Python side calls it; `formatter` is the `JSONFormatter`, others are serializers of a `ProxyFormatter`.
    let name: String
    let formatter: any TaskiqFormatter
    /// Nil where there is no serializer that could store results.
    let results: Results?
    /// Whether it takes integers beyond 64 bits.
    var isWide = true

    struct Results: Sendable {
        let write: @Sendable (StoredResult) throws -> [UInt8]
        let read: @Sendable ([UInt8]) throws -> StoredResult

        static let json = Results {
            $0.json()
        } read: {
            try StoredResult(json: $0)
        }
    }

    var testDescription: String { name }

    /// One line for each; messages and results of all of them are exchanged.
    static let all: [Codec] = [
        Codec(name: "formatter", formatter: JSONFormatter(), results: nil),
        Codec(name: "json", formatter: JSONFormatter(), results: .json),
    ]

    /// Whether a Python broker that was told nothing reads it: any JSON.
    var isPythonsDefault: Bool { name == "formatter" || name.hasPrefix("json") || name == "orjson" }

    static let ofResults = all.filter { $0.results != nil }
}
