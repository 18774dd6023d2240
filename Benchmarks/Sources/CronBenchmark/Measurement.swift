// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Nanoseconds of processor time per call, best of several batches, so that a busy machine disturbs it little.
func nanosecondsPerCall(batches: Int = 7, seconds: Double = 0.02, _ body: (Int) -> Void) -> Double {
    var count = 16
    while true {
        let time = processorTime { for index in 0..<count { body(index) } }
        if time >= seconds || count > 1 << 24 { break }
        count *= 4
    }
    var best = Double.infinity
    for _ in 0..<batches {
        let time = processorTime { for index in 0..<count { body(index) } }
        best = min(best, time / Double(count))
    }
    return best * 1e9
}

/// The seconds of processor time that something takes.
func processorTime(_ body: () -> Void) -> Double {
    func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    let start = now()
    body()
    return now() - start
}

/// The resident memory of the process in bytes, or nil where it cannot be read.
func residentBytes() -> Int? {
    #if os(Linux)
    guard let file = fopen("/proc/self/statm", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, 256, file) != nil else { return nil }
    let words = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self).split(
        separator: " "
    )
    guard words.count > 1, let pages = Int(words[1]) else { return nil }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    #else
    return nil
    #endif
}

@inline(never)
func consume<Value>(_ value: Value) {
    withExtendedLifetime(value) {}
}
