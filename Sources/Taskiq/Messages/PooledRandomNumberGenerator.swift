// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The system's random numbers, fetched many at a time: on Linux each fetch is a call of the system, which for ids that
/// are made for every message would cost as much as all the rest of making them.
package struct PooledRandomNumberGenerator: RandomNumberGenerator {
    private static let size = 512
    private static let pool = Mutex<[UInt64]>([])

    /// Makes a generator; all of them share one pool.
    package init() {}

    /// The next number.
    package mutating func next() -> UInt64 {
        Self.pool.withLock { pool in
            if let number = pool.popLast() { return number }
            pool = Self.fetch()
            return pool.popLast() ?? UInt64.random(in: .min ... .max)
        }
    }

    private static func fetch() -> [UInt64] {
        #if os(Linux)
        if let numbers = fetchFromDevice() { return numbers }
        #endif
        var generator = SystemRandomNumberGenerator()
        return (0..<size).map { _ in generator.next() }
    }

    #if os(Linux)
    /// As getrandom(2) does, which Swift does not see.
    private static func fetchFromDevice() -> [UInt64]? {
        let device = open("/dev/urandom", O_RDONLY | O_CLOEXEC)
        guard device >= 0 else { return nil }
        defer { close(device) }
        var numbers = [UInt64](repeating: 0, count: size)
        let length = size * MemoryLayout<UInt64>.size
        return read(device, &numbers, length) == length ? numbers : nil
    }
    #endif
}
