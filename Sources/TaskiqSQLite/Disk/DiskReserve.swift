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

/// A file that only takes up room, until the room is needed for something better.
struct DiskReserve {
    let path: String
    let size: Int64

    /// Whether the file is there and as large as it should be.
    var isThere: Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && Int64(status.st_blocks) * 512 >= size
    }

    /// Makes the file.
    ///
    /// - Returns: whether it is there now; if there was no room for it, nothing is.
    /// - Throws: `HubStoreError` when something else than a file has its name.
    func make() throws(HubStoreError) -> Bool {
        guard size > 0 else { return true }
        if isThere { return true }
        let descriptor = try PlainFile.descriptor(of: path, O_RDWR | O_CREAT)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard Self.allocate(descriptor, size), fsync(descriptor) == 0 else {
            release()
            return false
        }
        return true
    }

    /// Gives the room back.
    ///
    /// - Returns: whether there was any.
    @discardableResult
    func release() -> Bool {
        unlink(path) == 0
    }

    private static func allocate(_ descriptor: CInt, _ size: Int64) -> Bool {
        #if os(Linux)
        return posix_fallocate(descriptor, 0, off_t(size)) == 0
        #else
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        var offset: Int64 = 0
        while offset < size {
            let count = pwrite(descriptor, zeros, min(zeros.count, Int(size - offset)), off_t(offset))
            guard count > 0 else { return false }
            offset += Int64(count)
        }
        return true
        #endif
    }
}
