// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization
package import TaskiqHubProtocol

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Where a worker notes which deliveries run, so that the note outlives its process.
///
/// The word that a task begins travels through the threads of libzmq; a task that ends its process with its first step
/// takes it along. A store to a shared mapping of a file is with the kernel at once. A hub on the same machine reads the
/// file when the worker is lost: see `StartBoards`, and the layout in docs/protocol.md.
package final class StartBoard: Sendable {
    // An array of words: a mark, a flag, and from some place on one word for each delivery that runs.
    static let wordCount = 2048
    static let size = wordCount * MemoryLayout<UInt64>.size
    static let mark: UInt64 = 0x7471_7374_6172_7431
    static let overflowWord = 1
    static let firstSlot = 16
    static let slotCount = wordCount - firstSlot
    private let path: String
    /// Locked for as long as the process lives.
    private let descriptor: Int32
    private nonisolated(unsafe) let words: UnsafeMutablePointer<Atomic<UInt64>>

    /// Makes the file; nil when it cannot be made: the hub has to guess then, as it does for workers on other machines.
    ///
    /// - Parameters:
    ///   - boards: where the hub looks for it.
    ///   - identity: whose it is.
    package init?(in boards: StartBoards, for identity: PeerIdentity) {
        path = boards.path(of: identity)
        guard boards.isOwn else { return nil }
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return nil }
        // With room on the disk: a store to a page that finds none would end the process.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, Self.reserve(descriptor),
            let memory = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), memory != MAP_FAILED
        else {
            unlink(path)
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        words = memory.bindMemory(to: Atomic<UInt64>.self, capacity: Self.wordCount)
        words[0].store(Self.mark, ordering: .releasing)
    }

    deinit {
        munmap(UnsafeMutableRawPointer(words), Self.size)
        close(descriptor)
    }

    /// Whether the hub can find the file.
    var isThere: Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_nlink > 0
    }

    /// Notes that a delivery begins.
    package func begin(_ lease: LeaseKey) {
        guard let word = Self.word(of: lease) else { return overflow() }
        for place in Self.places(of: lease) {
            if words[place].compareExchange(expected: 0, desired: word, ordering: .relaxed).exchanged { return }
        }
        overflow()
    }

    /// Notes that a delivery is over.
    package func end(_ lease: LeaseKey) {
        guard let word = Self.word(of: lease) else { return }
        for place in Self.places(of: lease) {
            if words[place].compareExchange(expected: word, desired: 0, ordering: .relaxed).exchanged { return }
        }
    }

    /// Removes the file, at the end of a worker that has nothing left to say.
    package func remove() {
        unlink(path)
    }

    /// There is something that is not noted: from now on the file says nothing.
    private func overflow() {
        words[Self.overflowWord].store(1, ordering: .relaxed)
    }

    /// Where a delivery may stand, the likeliest place first: deliveries that follow each other have places that do.
    private static func places(of lease: LeaseKey) -> some Sequence<Int> {
        let first = Int(truncatingIfNeeded: lease.sequence & 0xFFFF_FFFF)
        return (first..<first + slotCount).lazy.map { firstSlot + $0 % slotCount }
    }

    /// A delivery as a word; nil for numbers that do not fit.
    private static func word(of lease: LeaseKey) -> UInt64? {
        guard (0..<1 << 47).contains(lease.sequence), (1...0xFFFF).contains(lease.attempt) else { return nil }
        return UInt64(lease.sequence) << 16 | UInt64(lease.attempt)
    }

    /// The delivery that a word names.
    static func lease(of word: UInt64) -> LeaseKey {
        LeaseKey(sequence: Int64(word >> 16), attempt: Int32(word & 0xFFFF))
    }

    private static func reserve(_ descriptor: Int32) -> Bool {
        #if canImport(Darwin)
        return ftruncate(descriptor, off_t(size)) == 0
        #else
        return posix_fallocate(descriptor, 0, off_t(size)) == 0
        #endif
    }
}
