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
    let isWide: Bool

    struct Results: Sendable {
        let write: @Sendable (StoredResult) throws -> [UInt8]
        let read: @Sendable ([UInt8]) throws -> StoredResult

        static let json = Results {
            $0.json()
        } read: {
            try StoredResult(json: $0)
        }

        static func serialized(by serializer: any TaskiqSerializer) -> Results {
            Results {
                try $0.serialized(by: serializer)
            } read: {
                try StoredResult(serialized: $0, by: serializer)
            }
        }
    }

    var testDescription: String { "\(name) by \(formatter)" }

    /// One line for each; messages and results of all of them are exchanged.
    static let all: [Codec] = [
        // What we write when nothing is said is compact; Python reads it with either of its formatters.
        Codec(name: "formatter", formatter: JSONFormatter(), results: nil),
        Codec(name: "json", formatter: JSONFormatter(), results: .json),
        Codec("json", JSONSerializer()),
        Codec("json_unicode", JSONSerializer(ensureASCII: false)),
        Codec("orjson", ORJSONSerializer(), isWide: false),
        Codec("msgpack", MSGPackSerializer(), isWide: false),
        Codec("cbor", CBORSerializer()),
        Codec("cbor_plain", CBORSerializer(stringReferencing: false)),
        Codec("pickle", PickleSerializer()),
    ]

    private init(name: String, formatter: any TaskiqFormatter, results: Results?) {
        self.name = name
        self.formatter = formatter
        self.results = results
        isWide = true
    }

    private init(_ name: String, _ serializer: any TaskiqSerializer, isWide: Bool = true) {
        self.name = name
        formatter = ProxyFormatter(serializer: serializer)
        results = .serialized(by: serializer)
        self.isWide = isWide
    }

    /// Whether a Python broker that was told nothing reads it: any JSON.
    var isPythonsDefault: Bool { name == "formatter" || name.hasPrefix("json") || name == "orjson" }

    static let ofResults = all.filter { $0.results != nil }
}
