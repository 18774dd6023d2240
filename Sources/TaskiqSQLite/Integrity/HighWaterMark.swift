// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHub

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The file beside a store that says how far the store had come: without it, nobody could see that groups are missing
/// whose pages SQLite takes for never written (a log that was cut or deleted, an older copy in the place of the file).
///
/// Two places are written in turn, so that one is whole whenever the power goes. It is written after the store's own
/// commit, so it is never ahead of a store whose groups are on disk when they are committed.
final class HighWaterMark {
    /// What the file says.
    struct Mark: Equatable {
        /// The store that it is about.
        var storeID: [UInt8]
        /// The number of the last group.
        var group: Int64
        /// Whether each group was on disk when its commit returned; if not, a power cut may take some back.
        var isDurable: Bool
    }

    /// The calls that write; a test may let them fail.
    struct Calls: Sendable {
        var write: @Sendable (CInt, UnsafeRawBufferPointer, Int64) -> Int = { file, bytes, offset in
            pwrite(file, bytes.baseAddress, bytes.count, off_t(offset))
        }
        var synchronize: @Sendable (CInt) -> CInt = { fsync($0) }
    }

    /// The size of each place; a page of most disks, so that writing one cannot tear the other.
    static let placeSize = 4096
    /// After how many groups the file is brought to the disk, in case the system never does.
    private static let groupsBetweenSynchronizations: Int64 = 4096
    private static let magic: [UInt8] = Array("tqhw\u{1}".utf8)
    private static let size = 5 + 16 + 8 + 1 + 4

    private let path: String
    private let calls: Calls
    private var descriptor: CInt
    private var bytes = [UInt8](repeating: 0, count: size)
    private var mark: Mark

    /// Opens the file of a store, and writes where the store is now.
    ///
    /// - Throws: `HubStoreError`.
    init(_ path: String, _ mark: Mark, calls: Calls = Calls()) throws(HubStoreError) {
        self.path = path
        self.calls = calls
        self.mark = mark
        descriptor = try PlainFile.descriptor(of: path, O_RDWR | O_CREAT)
        guard descriptor >= 0 else {
            throw Self.unusable(path)
        }
        // Both places, so that the disk has room for them from now on.
        for _ in 0..<2 { try write(mark.group) }
        try synchronize()
        DataDirectory.synchronize(DataDirectory.parent(of: path))
    }

    deinit {
        if descriptor >= 0 { Self.close(descriptor) }
    }

    /// Reads what the file says.
    ///
    /// - Returns: no mark when there is no such file, or neither place is whole.
    /// - Throws: `HubStoreError` when it is there and cannot be read.
    static func read(_ path: String) throws(HubStoreError) -> (mark: Mark?, isDamaged: Bool) {
        let descriptor = try PlainFile.descriptor(of: path, O_RDONLY)
        guard descriptor >= 0 else {
            if errno == ENOENT { return (nil, false) }
            throw unusable(path)
        }
        defer { close(descriptor) }
        let marks = (0..<2).compactMap { place -> Mark? in
            var bytes = [UInt8](repeating: 0, count: size)
            let count = pread(descriptor, &bytes, bytes.count, off_t(place * placeSize))
            return count == bytes.count ? decode(bytes) : nil
        }
        return (marks.max { $0.group < $1.group }, marks.isEmpty)
    }

    /// Writes that a group is on disk.
    ///
    /// - Parameter group: its number.
    /// - Throws: `HubStoreError` if the disk failed. A full disk is no reason: the mark stays behind, which is safe.
    func write(_ group: Int64) throws(HubStoreError) {
        mark.group = group
        encode()
        let count = bytes.withUnsafeBytes { calls.write(descriptor, $0, (group & 1) * Int64(Self.placeSize)) }
        guard count == bytes.count || (count < 0 && errno == ENOSPC) else { throw failed() }
        if group % Self.groupsBetweenSynchronizations == 0 { try synchronize() }
    }

    /// Brings the file to the disk and closes it.
    func close() {
        guard descriptor >= 0 else { return }
        _ = calls.synchronize(descriptor)
        Self.close(descriptor)
        descriptor = -1
    }

    private func synchronize() throws(HubStoreError) {
        guard calls.synchronize(descriptor) == 0 else { throw failed() }
    }

    private static func unusable(_ path: String) -> HubStoreError {
        HubStoreError(
            .unusable,
            "\(path) cannot be read and written: \(lastSystemError()); give it to the hub's user"
        )
    }

    private func failed() -> HubStoreError {
        HubStoreError(.failed, "writing \(path) failed: \(lastSystemError()); check the disk, then start the hub again")
    }

    private static func close(_ descriptor: CInt) {
        #if canImport(Glibc)
        _ = Glibc.close(descriptor)
        #elseif canImport(Musl)
        _ = Musl.close(descriptor)
        #elseif canImport(Darwin)
        _ = Darwin.close(descriptor)
        #endif
    }

    private func encode() {
        bytes.removeAll(keepingCapacity: true)
        bytes += Self.magic
        bytes += mark.storeID
        withUnsafeBytes(of: mark.group.bigEndian) { bytes += $0 }
        bytes.append(mark.isDurable ? 1 : 0)
        var checksum = CRC32C()
        checksum.update(bytes)
        withUnsafeBytes(of: checksum.value.bigEndian) { bytes += $0 }
    }

    private static func decode(_ bytes: [UInt8]) -> Mark? {
        var checksum = CRC32C()
        checksum.update(Array(bytes.dropLast(4)))
        let stored = bytes.suffix(4).reduce(0) { $0 << 8 | UInt32($1) }
        guard bytes.starts(with: magic), checksum.value == stored else { return nil }
        let group = bytes[21..<29].reduce(0) { $0 << 8 | UInt64($1) }
        return Mark(storeID: Array(bytes[5..<21]), group: Int64(bitPattern: group), isDurable: bytes[29] == 1)
    }
}
