// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

@Suite("Pickle: plain data and nothing else")
struct PickleReadingTests {
    private func load(_ hex: String) throws(TaskiqError) -> String {
        try PickleSerializer().loadb(GoldenCodec.bytes(hex: hex)).text
    }

    @Test(
        "plain data of protocols 2 to 5",
        arguments: [
            // pickle.dumps({'a': [1, -1, 70000, 2**70], 'b': (1.5, None, True)}, 2)
            (
                "80027d710028580100000061710 15d7102284b014affffffff4a701101008a09000000000000000040655801000000627103473ff80000000000004e88877104752e",
                #"{"a":[1,-1,70000,1180591620717411303424],"b":[1.5,null,true]}"#
            ),
            // pickle.dumps({1, 2}, 4), frozenset({3}), b'ab', bytearray(b'ab') in protocol 5.
            ("8004 8f94 28 4b01 4b02 90 2e", "[1,2]"), ("8004 28 4b03 91 94 2e", "[3]"),
            ("8003 43 02 6162 71 00 2e", #""YWI=""#), ("8005 96 0200000000000000 6162 94 2e", #""YWI=""#),
            ("8002 29 2e", "[]"), ("8002 4b01 85 2e", "[1]"), ("8002 4b01 4b02 86 2e", "[1,2]"),
            ("8002 28 4b01 4b02 4b03 4b04 74 2e", "[1,2,3,4]"), ("8002 28 4b01 6c 2e", "[1]"),
            ("8002 28 4e 4b01 64 2e", #"{"None":1}"#), ("8002 8a 00 2e", "0"), ("8002 8a 01 ff 2e", "-1"),
            ("8002 8b 01000000 80 2e", "-128"), ("8002 8a 08 0000000000000080 2e", "-9223372036854775808"),
            ("8002 8a 09 ffffffffffffffff ff 2e", "-1"), ("8004 8c 03 eda080 2e", #""\ud800""#),
            ("8004 4e 30 4b05 2e", "5"), ("8004 5d 4b05 32 86 61 2e", "[[5,5]]"), ("4b05 2e", "5"),
            ("8004 5d 28 4e 31 2e", "[]"), ("8004 7d 47 3ff8000000000000 4b01 73 2e", #"{"1.5":1}"#),
            // A list that was put into another before it had any elements.
            ("8004 5d 94 5d 94 61 68 01 4b07 61 30 2e", "[[7]]"),
            // Numbers of the memo that leave a gap.
            ("8002 8c 01 61 72 ffffffff 30 6a ffffffff 2e", #""a""#),
        ]
    )
    func accepted(hex: String, json: String) throws {
        #expect(try load(hex) == json)
    }

    @Test(
        "every opcode that is more than data is named, and nothing is done",
        arguments: [
            // c os\nsystem\n (S'id'\n t R
            ("63 6f730a 73797374656d0a 28 53 276964270a 74 52 2e", "GLOBAL", 0),
            ("8004 8c026f73 94 8c0673797374656d 94 93 94 2e", "STACK_GLOBAL", 16), ("8002 4e 29 52 2e", "REDUCE", 4),
            ("8002 4e 7d 62 2e", "BUILD", 4), ("8002 28 69 6f730a 780a 2e", "INST", 3), ("8002 28 4e 6f 2e", "OBJ", 4),
            ("8002 4e 29 81 2e", "NEWOBJ", 4), ("8004 4e 29 7d 92 2e", "NEWOBJ_EX", 5),
            ("8002 50 610a 2e", "PERSID", 2), ("8002 4e 51 2e", "BINPERSID", 3), ("8002 82 01 2e", "EXT1", 2),
            ("8002 83 0100 2e", "EXT2", 2), ("8002 84 01000000 2e", "EXT4", 2), ("8005 97 2e", "NEXT_BUFFER", 2),
            ("8005 4e 98 2e", "READONLY_BUFFER", 3), ("49 30310a 2e", "INT", 0), ("4c 310a 2e", "LONG", 0),
            ("46 310a 2e", "FLOAT", 0), ("53 27270a 2e", "STRING", 0), ("56 610a 2e", "UNICODE", 0),
            ("8002 54 01000000 61 2e", "BINSTRING", 2), ("8002 55 01 61 2e", "SHORT_BINSTRING", 2),
            ("4e 70 300a 2e", "PUT", 1), ("67 300a 2e", "GET", 0),
        ]
    )
    func forbidden(hex: String, name: String, place: Int) {
        let error = #expect(throws: TaskiqError.self) { try load(hex) }
        #expect(error?.code == .security)
        #expect(error?.message.contains("opcode \(name) at byte \(place);") == true, "\(error?.message ?? "")")
    }

    @Test(
        "what is no pickle is refused at its place",
        arguments: [
            ("8004 ff", 2, "0xff is no opcode"), ("8006 4e 2e", 0, "protocol 6"), ("8004 2e", 2, "stops with 0 values"),
            ("8004 4e 4e 2e", 4, "stops with 2 values"), ("8004 30 2e", 2, "stack is empty"),
            ("8004 4e 28 2e", 4, "1 open marks"), ("8004 74 2e", 2, "no mark"), ("8004 68 05 2e", 2, "no value 5"),
            ("8004 4e 4e 61 2e", 4, "is no list"), ("8004 5d 4e 4e 73 2e", 5, "is no dict"),
            ("8004 7d 28 4e 75 2e", 5, "no value"), ("8004 94 2e", 2, "stack is empty"),
            ("8004 7d 5d 4e 73 2e", 7, "cannot be a key"), ("8004 8c 02 c328 2e", 4, "UTF-8"),
            ("8004 95 ffffffffffffffff 4e 2e", 11, "elements are announced"),
            ("8004 8b ffffffff 2e", 7, "4294967295 bytes"), ("8004 4e 28 30 30 30 2e", 6, "stack is empty"),
            ("8004 5d 94 68 00 61 2e", 8, "128 levels"),
        ]
    )
    func refused(hex: String, place: Int, reason: String) {
        let error = #expect(throws: TaskiqError.self) { try load(hex) }
        #expect(error?.code == .malformed)
        #expect(error?.message.hasPrefix("not valid pickle at byte \(place): ") == true, "\(error?.message ?? "")")
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }

    @Test("lists of lists of the same list are refused, not written out", arguments: [2, 10, 100])
    func expansion(width: Int) {
        // Each level holds the one before so many times; a hundred levels would be more than there are atoms.
        var bytes: [UInt8] = [0x80, 0x04, 0x58, 0xA0, 0x86, 0x01, 0x00]
        bytes += [UInt8](repeating: UInt8(ascii: "x"), count: 100_000) + [0x94, 0x30]
        for level in UInt8(0)..<100 {
            bytes += [0x5D, 0x94, 0x28]
            for _ in 0..<width { bytes += [0x68, level] }
            bytes += [0x65, 0x30]
        }
        bytes += [0x68, 100, 0x2E]
        let error = #expect(throws: TaskiqError.self) { try PickleSerializer().loadb(bytes) }
        #expect(error?.code == .malformed)
        #expect(error?.message.contains("refers to its own parts") == true, "\(error?.message ?? "")")
    }

    @Test("batches, frames and long strings come back", arguments: [1, 2, 999, 1000, 1001, 2000, 5000])
    func sizes(count: Int) throws {
        let members = (0..<count).map {
            JSONValue.Member("key \($0)", .string(String(repeating: "x", count: $0 % 300)))
        }
        let long = JSONValue.string(String(repeating: "é", count: 40_000))
        let value = JSONValue.array([.object(members), long, .array(members.map(\.value))]).fragment
        #expect(try PickleSerializer().loadb(PickleSerializer().dumpb(value)) == value)
    }
}
