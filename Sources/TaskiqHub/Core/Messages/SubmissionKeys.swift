// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import DequeModule
import TaskiqCron
import TaskiqHubProtocol

/// The keys of submissions that may come again.
struct SubmissionKeys {
    struct Known {
        var bodyHash: Int64
        var sequence: Int64
    }

    private var known: [PeerIdentity: Known] = [:]
    // Keys come in the order in which their time ends.
    private var log: Deque<(until: Int64, key: PeerIdentity, sequence: Int64)> = []
    /// By how much all times have been put off.
    private var delay: Int64 = 0

    var count: Int { known.count }

    /// The number of the first message whose key is known.
    var firstSequence: Int64? { log.first?.sequence }

    subscript(key: PeerIdentity) -> Known? { known[key] }

    /// Remembers a key.
    ///
    /// - Parameters:
    ///   - key: the key; its own end, by the wall clock, is the store's.
    ///   - sequence: the number of its message.
    ///   - until: when it may be forgotten, in uptime, which no step of a clock moves.
    mutating func insert(_ key: SubmissionKey, sequence: Int64, until: Int64) {
        known[key.key] = Known(bodyHash: key.bodyHash, sequence: sequence)
        log.append((until - delay, key.key, sequence))
    }

    /// Keeps all keys for longer: while the hub was stopped, nobody could repeat anything.
    mutating func postpone(by milliseconds: Int64) {
        delay += milliseconds
    }

    /// Forgets a key whose client has the answer, and will not ask again.
    mutating func forget(_ key: PeerIdentity) {
        known[key] = nil
        while let first = log.first, known[first.key] == nil { log.removeFirst() }
    }

    /// Forgets keys whose time is over.
    mutating func forget(expiredBefore instant: Int64) {
        while let first = log.first, first.until <= instant - delay || known[first.key] == nil {
            log.removeFirst()
            known[first.key] = nil
        }
    }

    /// A hash of a body that stays the same over restarts.
    ///
    /// Eight bytes at a time, each step invertible: two bodies that differ in one word never have the same. Those who
    /// may submit are trusted not to look for collisions; they would only make their own message look like a repetition.
    static func hash(_ body: [UInt8]) -> Int64 {
        body.withUnsafeBytes { bytes in
            var hash = 0x9E37_79B9_7F4A_7C15 ^ UInt64(bytes.count)
            var position = 0
            while bytes.count - position >= 8 {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
                hash = mix(hash ^ word)
                position += 8
            }
            var rest: UInt64 = 0
            while position < bytes.count {
                rest = rest << 8 | UInt64(bytes[position])
                position += 1
            }
            return Int64(bitPattern: mix(hash ^ rest))
        }
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var value = value
        value = (value ^ value >> 32) &* 0xD6E8_FEB8_6659_FD93
        return value ^ value >> 29
    }
}
