// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

@Suite("MessagePack: what others write")
struct MSGPackReadingTests {
    @Test(
        "forms that Python's packer does not write",
        arguments: [
            ("ca 3fc00000", "1.5"), ("c4 02 abcd", #""q80=""#), ("cd 0001", "1"), ("d3 ffffffffffffffff", "-1"),
            ("db 00000001 61", #""a""#), ("dd 00000001 c0", "[null]"), ("df 00000001 a161 c2", #"{"a":false}"#),
            // Keys as Python makes text of them.
            ("81 01 c0", #"{"1":null}"#), ("81 c3 00", #"{"true":0}"#), ("81 c0 00", #"{"None":0}"#),
            ("81 cb 7ff0000000000000 00", #"{"inf":0}"#), ("81 ca 3fc00000 00", #"{"1.5":0}"#),
            // Timestamps.
            ("d6 ff 514b67b0", #""2013-03-21T20:04:00Z""#),
            ("d7 ff a1dcd7c8 514b67b0", #""2013-03-21T20:04:00.678901Z""#),
            ("c7 0c ff 3b9ac9ff ffffffffffffffff", #""1969-12-31T23:59:59.999999Z""#),
        ]
    )
    func accepted(hex: String, json: String) throws {
        #expect(try MSGPackSerializer().loadb(GoldenCodec.bytes(hex: hex)).text == json)
    }

    @Test(
        "what has no meaning is refused at its place",
        arguments: [
            ("91 c1", 1, "0xc1"), ("92 00 d4 01 0a", 2, "extension type 1"), ("a2 ff41", 1, "UTF-8"),
            ("93 00 a3 eda080", 3, "UTF-8"), ("81 90 00", 1, "cannot be a key"), ("c7 03 ff 010203", 0, "4, 8 or 12"),
            ("c7 0c ff 00000000 7fffffffffffffff", 0, "years 1 to 9999"),
            ("d7 ff fffffffc 514b67b0", 0, "years 1 to 9999"),
            ("dd ffffffff", 5, "4294967295 elements"), ("db ffffffff 61", 5, "4294967295 bytes"),
        ]
    )
    func refused(hex: String, place: Int, reason: String) {
        let error = #expect(throws: TaskiqError.self) { try MSGPackSerializer().loadb(GoldenCodec.bytes(hex: hex)) }
        #expect(error?.code == .malformed)
        #expect(error?.message.hasPrefix("not valid MessagePack at byte \(place): ") == true, "\(error?.message ?? "")")
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }
}
