// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The few questions that this module asks the file system.
enum SystemFile {
    /// A refusal of the system.
    struct Failure: Error, Hashable {
        let number: Int32

        init(_ number: Int32) {
            self.number = number
        }

        var isMissing: Bool { number == ENOENT || number == ENOTDIR }

        /// The system's words, such as "Permission denied".
        var reason: String { String(cString: strerror(number)) }
    }

    /// What a path leads to.
    struct Kind: Hashable {
        var isFolder: Bool
        var isRegular: Bool
        var isLink: Bool
        var device: UInt64
        var inode: UInt64
    }

    static func kind(of path: String, followingLinks: Bool) throws(Failure) -> Kind {
        var status = stat()
        guard (followingLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { throw Failure(errno) }
        let type = status.st_mode & S_IFMT
        return Kind(
            isFolder: type == S_IFDIR,
            isRegular: type == S_IFREG,
            isLink: type == S_IFLNK,
            device: UInt64(truncatingIfNeeded: status.st_dev),
            inode: UInt64(truncatingIfNeeded: status.st_ino)
        )
    }

    /// The path with all symbolic links resolved.
    static func resolved(_ path: String) throws(Failure) -> String {
        guard let resolved = realpath(path, nil) else { throw Failure(errno) }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// The names in a folder, sorted, without `.` and `..`.
    static func names(inFolder path: String) throws(Failure) -> [String] {
        guard let folder = opendir(path) else { throw Failure(errno) }
        defer { closedir(folder) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw Failure(errno) }
        return names.sorted()
    }

    /// The bytes of a regular file, at most a number of them.
    static func contents(of path: String, atMost limit: Int) throws(Failure) -> [UInt8] {
        // Without waiting, because the open of a pipe that somebody put there would never end.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Failure(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Failure(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Failure(EINVAL) }
        var bytes: [UInt8] = []
        while bytes.count < limit {
            let wanted = min(limit - bytes.count, 1 << 16)
            var failure: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
                let result = read(descriptor, buffer.baseAddress, wanted)
                if result < 0 { failure = errno }
                count = max(0, result)
            }
            if failure == EINTR { continue }
            guard failure == 0 else { throw Failure(failure) }
            if chunk.isEmpty { break }
            bytes += chunk
        }
        return bytes
    }
}
