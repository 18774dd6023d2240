// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

package import Taskiq

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A file whose content decides who may do what, and which is therefore believed only if nobody else can write it.
package struct PrivateFile {
    /// What tells one content of a file from the next without reading it.
    package struct Stamp: Hashable, Sendable {
        private let words: [UInt8]

        fileprivate init(_ status: stat) {
            var bytes = withUnsafeBytes(of: status.st_dev) { Array($0) }
            bytes += withUnsafeBytes(of: status.st_ino) { Array($0) }
            bytes += withUnsafeBytes(of: status.st_size) { Array($0) }
            bytes += withUnsafeBytes(of: status.st_mode) { Array($0) }
            bytes += withUnsafeBytes(of: status.st_uid) { Array($0) }
            #if canImport(Darwin)
            bytes += withUnsafeBytes(of: status.st_mtimespec) { Array($0) }
            bytes += withUnsafeBytes(of: status.st_ctimespec) { Array($0) }
            #else
            bytes += withUnsafeBytes(of: status.st_mtim) { Array($0) }
            bytes += withUnsafeBytes(of: status.st_ctim) { Array($0) }
            #endif
            words = bytes
        }
    }

    /// The longest file that is read, in bytes; a line of an allow-list has about 60.
    private static let limit = 4 << 20

    /// The text in it.
    package let text: String

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: its path.
    ///   - isPublic: whether others may read it; they may not write it in any case.
    /// - Throws: `TaskiqError` with code `configuration` for what cannot be read or is open to others.
    package init(path: String, isPublic: Bool = false) throws(TaskiqError) {
        // Without waiting, because the open of a pipe that somebody put there would never end.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.problem(path, String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Self.problem(path, "it is no file")
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw Self.problem(path, "it belongs to another user (\(status.st_uid)), who could change it: chown it")
        }
        guard status.st_mode & (isPublic ? 0o022 : 0o077) == 0 else {
            let mode = isPublic ? "644" : "600"
            throw Self.problem(
                path,
                "other users can \(isPublic ? "write" : "read or write") it: chmod \(mode) \(path)"
            )
        }
        guard status.st_size <= Self.limit else { throw Self.problem(path, "it has more than \(Self.limit) bytes") }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= Self.limit {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.problem(path, String(cString: strerror(errno))) }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// The stamp of what is at a path now; nil if nothing is.
    ///
    /// - Parameter path: the path.
    /// - Returns: the stamp.
    package static func stamp(of path: String) -> Stamp? {
        var status = stat()
        return stat(path, &status) == 0 ? Stamp(status) : nil
    }

    /// Writes a new file, on the disk when this returns.
    ///
    /// - Parameters:
    ///   - text: what it shall hold.
    ///   - path: where it shall be.
    ///   - mode: its mode, whatever the process's mask says.
    ///   - replaces: whether it takes the place of one that is there, at once and whole.
    /// - Throws: `TaskiqError`: with code `conflict` when it may not and there is one.
    package static func write(
        _ text: String,
        to path: String,
        mode: UInt32 = 0o600,
        replaces: Bool = false
    ) throws(TaskiqError) {
        let target = replaces ? "\(path).new-\(getpid())" : path
        let descriptor = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode_t(mode))
        guard descriptor >= 0 else {
            if errno == EEXIST {
                throw TaskiqError(.conflict, "\(target) is there already, and keys are never overwritten: move it away")
            }
            throw problem(target, String(cString: strerror(errno)))
        }
        let bytes = Array(text.utf8)
        // A list that root changes stays its hub's.
        var old = stat()
        if replaces, stat(path, &old) == 0, old.st_uid != geteuid() { _ = fchown(descriptor, old.st_uid, old.st_gid) }
        let isWritten =
            fchmod(descriptor, mode_t(mode)) == 0
            && writeAll(descriptor, bytes) && fsync(descriptor) == 0
        let code = errno
        close(descriptor)
        guard isWritten, !replaces || rename(target, path) == 0 else {
            unlink(target)
            throw problem(path, String(cString: strerror(isWritten ? errno : code)))
        }
    }

    private static func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func problem(_ path: String, _ reason: String) -> TaskiqError {
        TaskiqError(.configuration, "\(path) cannot be used: \(reason)")
    }
}

/// The call of the system; the type has one of the same name.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
