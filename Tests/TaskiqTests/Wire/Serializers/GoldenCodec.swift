// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

/// A serializer by the name that the golden files give it.
enum GoldenCodec: String, CaseIterable, Sendable {
    case json
    case asciiless = "json_noascii"
    case orjson
    case msgpack
    case cbor
    case cborWithoutReferences = "cbor_noref"
    case pickle

    var serializer: any TaskiqSerializer {
        switch self {
        case .json: JSONSerializer()
        case .asciiless: JSONSerializer(ensureASCII: false)
        case .orjson: ORJSONSerializer()
        case .msgpack: MSGPackSerializer()
        case .cbor: CBORSerializer()
        case .cborWithoutReferences: CBORSerializer(stringReferencing: false)
        case .pickle: PickleSerializer()
        }
    }

    static func bytes(hex: String) -> [UInt8] {
        let digits = hex.filter { $0 != " " }.compactMap(\.hexDigitValue).map(UInt8.init)
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
