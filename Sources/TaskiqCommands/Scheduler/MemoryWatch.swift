// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ServiceLifecycle
import TaskiqApp

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Ends the daemon in good order before it has taken all the machine's memory.
///
/// A peer that never ends a message makes libzmq keep what has come of it, and no option of libzmq limits that. What was
/// accepted is on the disk, so stopping costs a restart; being killed by the kernel would cost whatever it picks.
final class MemoryWatch: Service {
    private static let interval = Duration.milliseconds(100)

    private let limit: ByteSize
    /// Open for as long as the watch lives: there may be no descriptor left when it matters.
    private let descriptor: Int32

    init(limit: ByteSize) throws {
        self.limit = limit
        descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandExit(.usage, "--memory-limit needs /proc, which this system does not have")
        }
    }

    deinit {
        close(descriptor)
    }

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while self.resident <= self.limit.bytes { try await Task.sleep(for: Self.interval) }
        }
        guard resident > limit.bytes else { return }
        throw CommandExit(
            .problem,
            "the process has taken more memory than --memory-limit \(limit) allows, and stopped; what was accepted is "
                + "kept. A large backlog takes memory, and so does a peer that floods the hub: look who may connect"
        )
    }

    /// How much memory the process has, in bytes; 0 if that cannot be found out.
    private var resident: Int {
        var text = [UInt8](repeating: 0, count: 128)
        let count = pread(descriptor, &text, text.count, 0)
        guard count > 0 else { return 0 }
        let words = String(decoding: text[..<count], as: UTF8.self).split(separator: " ")
        guard words.count > 1, let pages = Int(words[1]) else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
