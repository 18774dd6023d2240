// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

@Suite("Serializers: values")
struct SerializerValuesTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test(
        "JSON is spelled as Python's two libraries spell it",
        arguments: [
            (#"[1,2.50,"a" ,{"k":null}]"#, #"[1, 2.5, "a", {"k": null}]"#, #"[1,2.5,"a",{"k":null}]"#),
            ("[1E5,-0,-0.0,1e400]", "[100000.0, 0, -0.0, Infinity]", "[100000.0,0,-0.0,null]"),
            (
                "[1e16,9.5e15,1e-4,1e-5,1e-6]", "[1e+16, 9500000000000000.0, 0.0001, 1e-05, 1e-06]",
                "[1e+16,9500000000000000.0,0.0001,0.00001,1e-6]"
            ),
            ("[NaN,-Infinity]", "[NaN, -Infinity]", "[null,null]"),
            (
                #"["é\u007f\ud83c\udf89\/\u0000\n"]"#, #"["\u00e9\u007f\ud83c\udf89/\u0000\n"]"#,
                "[\"é\u{7F}🎉/\\u0000\\n\"]"
            ),
        ]
    )
    func spelling(source: String, python: String, orjson: String) throws {
        let value = try JSONFragment(parsing: source)
        #expect(try text(JSONSerializer().dumpb(value)) == python)
        #expect(try text(ORJSONSerializer().dumpb(value)) == orjson)
    }

    @Test("integers of any size pass where Python lets them")
    func largeIntegers() throws {
        let digits = "-" + String(repeating: "9", count: 4300)
        let value = try JSONFragment(
            parsing: "[\(digits),\(digits.dropFirst()),18446744073709551616,-9223372036854775809]"
        )
        for codec in [GoldenCodec.json, .cbor, .cborWithoutReferences, .pickle] {
            let read = try codec.serializer.loadb(codec.serializer.dumpb(value))
            #expect(read.text.filter { $0 != " " } == value.text)
        }
        for codec in [GoldenCodec.orjson, .msgpack] {
            let error = #expect(throws: TaskiqError.self) { try codec.serializer.dumpb(value) }
            #expect(error?.code == .unencodable)
            #expect(error?.message.contains("4300 digits") == true)
        }
        let longer = try JSONFragment(parsing: digits + "0")
        for codec in [GoldenCodec.cbor, .pickle] {
            #expect((#expect(throws: TaskiqError.self) { try codec.serializer.dumpb(longer) })?.code == .unencodable)
        }
    }

    @Test("a lone surrogate passes where Python lets it", arguments: GoldenCodec.allCases)
    func loneSurrogates(codec: GoldenCodec) throws {
        let value = try JSONFragment(parsing: #"["a\udfff","\ud800"]"#)
        if codec == .json || codec == .pickle {
            let read = try codec.serializer.loadb(codec.serializer.dumpb(value))
            #expect(read.text.filter { $0 != " " } == value.text)
        } else {
            #expect((#expect(throws: TaskiqError.self) { try codec.serializer.dumpb(value) })?.code == .unencodable)
        }
    }

    @Test("a value at the deepest level is read, one below is not", arguments: GoldenCodec.allCases)
    func depth(codec: GoldenCodec) throws {
        func nested(_ levels: Int) -> [UInt8] {
            Array((String(repeating: "[", count: levels) + String(repeating: "]", count: levels)).utf8)
        }
        let deepest = try codec.serializer.dumpb(JSONFragment(parsing: nested(128)))
        #expect(try codec.serializer.loadb(deepest).bytes.elementsEqual(nested(128)))
        let deeper = try codec.serializer.dumpb(JSONFragment(trusting: nested(129)))
        let error = #expect(throws: TaskiqError.self) { try codec.serializer.loadb(deeper) }
        #expect(error?.code == .malformed)
        #expect(error?.message.contains("128 levels") == true)
    }

    @Test("what follows the value, and what is missing of it, is refused", arguments: GoldenCodec.allCases)
    func ends(codec: GoldenCodec) throws {
        let bytes = try codec.serializer.dumpb(JSONFragment(parsing: #"{"key":["value",1.5,-70000]}"#))
        for bytes in [bytes + [0x31], bytes + bytes] + bytes.indices.map({ Array(bytes[..<$0]) }) {
            let error = #expect(throws: TaskiqError.self) { try codec.serializer.loadb(bytes) }
            #expect(error?.code == .malformed)
            #expect(error?.message.contains("at byte") == true)
        }
    }
}
