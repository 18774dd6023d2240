// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The names of fields in a control frame.
///
/// A reader skips tags that it does not know, unless their highest bit is set: such a field is critical, and a frame
/// with an unknown critical field is refused.
public enum FieldTag: UInt8, Sendable {
    case protocolMinimum = 0x01
    case protocolMaximum = 0x02
    case identity = 0x03
    case application = 0x04
    case host = 0x05
    case processID = 0x06
    case maximumBody = 0x07
    case heartbeatInterval = 0x08
    case workersEndpoint = 0x09
    case message = 0x0A
    case retryAfter = 0x0B
    case code = 0x0C

    case key = 0x10
    case queue = 0x11
    case taskName = 0x12
    case taskID = 0x13
    case priority = 0x14
    case delay = 0x15
    case scheduleID = 0x16
    case scheduledAt = 0x17
    case sequence = 0x18
    case status = 0x1A
    case taskIDs = 0x1B
    case isFinal = 0x1C
    case progressState = 0x1D
    case progressMeta = 0x1E
    case receipts = 0x1F
    case expires = 0x23
    case uniqueKey = 0x24
    case isFenced = 0x25
    case wantsResult = 0x26

    case operation = 0x20
    case dropped = 0x21

    case queues = 0x30
    case concurrency = 0x31
    case prefetch = 0x32
    case catalogueHash = 0x33
    case inFlight = 0x34
    case unconfirmed = 0x35
    case verdicts = 0x36
    case wantsCatalogue = 0x37
    case attempt = 0x38
    case enqueuedAt = 0x39
    case isRedelivered = 0x3A
    case outcome = 0x3B
    case executionTime = 0x3C
    case leases = 0x3D
    case credit = 0x3E
    case isDraining = 0x3F
    case isUnacknowledged = 0x40
}
