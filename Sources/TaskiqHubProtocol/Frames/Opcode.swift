// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What a frame says: the one byte after the magic.
public enum Opcode: UInt8, Sendable {
    // Both sides of both sockets.
    case heartbeat = 0x01
    case bye = 0x02
    case byeOK = 0x03
    case error = 0x04
    case resync = 0x05
    case reject = 0x06

    // Front: clients.
    case hello = 0x10
    case welcome = 0x11
    case submit = 0x12
    case submitOK = 0x13
    case submitError = 0x14
    case resultWait = 0x15
    case result = 0x16
    case resultCancel = 0x17
    case standingAsk = 0x18
    case standing = 0x19
    case resultDrop = 0x1A
    case answered = 0x1B
    case received = 0x1C
    case call = 0x20
    case reply = 0x21
    case event = 0x22

    // Back: workers.
    case workerHello = 0x30
    case workerWelcome = 0x31
    case catalogue = 0x32
    case credit = 0x33
    case task = 0x34
    case started = 0x35
    case acknowledge = 0x36
    case acknowledgeOK = 0x37
    case complete = 0x38
    case completeOK = 0x39
    case progress = 0x3A
    case cancel = 0x3B
    case drain = 0x3C
    case ping = 0x3D
    case pong = 0x3E
    case holding = 0x3F
}
