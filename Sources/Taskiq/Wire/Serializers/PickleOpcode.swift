// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The opcodes of plain data, by the names that Python's `pickletools` gives them.
enum PickleOpcode: UInt8 {
    case mark = 0x28
    case emptyTuple = 0x29
    case stop = 0x2E
    case pop = 0x30
    case popMark = 0x31
    case dup = 0x32
    case binbytes = 0x42
    case shortBinbytes = 0x43
    case binfloat = 0x47
    case binint = 0x4A
    case binint1 = 0x4B
    case binint2 = 0x4D
    case none = 0x4E
    case binunicode = 0x58
    case emptyList = 0x5D
    case append = 0x61
    case dict = 0x64
    case appends = 0x65
    case binget = 0x68
    case longBinget = 0x6A
    case list = 0x6C
    case binput = 0x71
    case longBinput = 0x72
    case setitem = 0x73
    case tuple = 0x74
    case setitems = 0x75
    case emptyDict = 0x7D
    case proto = 0x80
    case tuple1 = 0x85
    case tuple2 = 0x86
    case tuple3 = 0x87
    case newtrue = 0x88
    case newfalse = 0x89
    case long1 = 0x8A
    case long4 = 0x8B
    case shortBinunicode = 0x8C
    case binunicode8 = 0x8D
    case binbytes8 = 0x8E
    case emptySet = 0x8F
    case additems = 0x90
    case frozenset = 0x91
    case memoize = 0x94
    case frame = 0x95
    case bytearray8 = 0x96

    /// The name of an opcode that is never taken: those that name or call something, and the text forms of protocol 0,
    /// which no pickle of protocol 2 or later of plain data holds.
    static func nameOfForbidden(_ byte: UInt8) -> String? {
        switch byte {
        case 0x46: "FLOAT"
        case 0x49: "INT"
        case 0x4C: "LONG"
        case 0x50: "PERSID"
        case 0x51: "BINPERSID"
        case 0x52: "REDUCE"
        case 0x53: "STRING"
        case 0x54: "BINSTRING"
        case 0x55: "SHORT_BINSTRING"
        case 0x56: "UNICODE"
        case 0x62: "BUILD"
        case 0x63: "GLOBAL"
        case 0x67: "GET"
        case 0x69: "INST"
        case 0x6F: "OBJ"
        case 0x70: "PUT"
        case 0x81: "NEWOBJ"
        case 0x82: "EXT1"
        case 0x83: "EXT2"
        case 0x84: "EXT4"
        case 0x92: "NEWOBJ_EX"
        case 0x93: "STACK_GLOBAL"
        case 0x97: "NEXT_BUFFER"
        case 0x98: "READONLY_BUFFER"
        default: nil
        }
    }
}
