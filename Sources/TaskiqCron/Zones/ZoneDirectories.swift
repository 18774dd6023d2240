// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads zone files from directories such as `/usr/share/zoneinfo`.
struct ZoneDirectories: Hashable, Sendable {
    var paths: [String]

    /// The directory in the environment variable `TZDIR`, if set, and the places where systems keep zone files.
    static let standard: ZoneDirectories = {
        let usual = ["/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo"]
        guard let custom = environment("TZDIR"), !custom.isEmpty else { return ZoneDirectories(paths: usual) }
        return ZoneDirectories(paths: [custom] + usual)
    }()

    enum FileResult {
        case contents([UInt8])
        case missing
        case unreadable(String)
    }

    /// Reads the file of a zone from the first directory that has it.
    func contents(ofZone identifier: String) -> FileResult {
        for path in paths {
            let result = Self.readFile("\(path)/\(identifier)")
            if case .missing = result { continue }
            return result
        }
        return .missing
    }

    /// What tells one version of a file from another.
    struct FileIdentity: Hashable, Sendable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var modifiedSeconds: Int64
        var modifiedNanoseconds: Int64
    }

    /// The identity of the file of a zone in the first directory that has it.
    func identity(ofZone identifier: String) -> FileIdentity? {
        for path in paths {
            var status = stat()
            guard stat("\(path)/\(identifier)", &status) == 0 else { continue }
            #if canImport(Darwin)
            let modified = status.st_mtimespec
            #else
            let modified = status.st_mtim
            #endif
            return FileIdentity(
                device: UInt64(truncatingIfNeeded: status.st_dev),
                inode: UInt64(truncatingIfNeeded: status.st_ino),
                size: Int64(truncatingIfNeeded: status.st_size),
                modifiedSeconds: Int64(truncatingIfNeeded: modified.tv_sec),
                modifiedNanoseconds: Int64(truncatingIfNeeded: modified.tv_nsec)
            )
        }
        return nil
    }

    /// The zone names of the first directory that lists them; empty if none does.
    func names() -> [String] {
        for path in paths {
            if case .contents(let bytes) = Self.readFile("\(path)/tzdata.zi") {
                // "Z name ..." defines a zone, "L target name" a link.
                return Self.words(of: bytes) { $0.first == "Z" ? 1 : $0.first == "L" ? 2 : nil }
            }
            for table in ["zone1970.tab", "zone.tab"] {
                if case .contents(let bytes) = Self.readFile("\(path)/\(table)") {
                    return Self.words(of: bytes) { $0.first?.hasPrefix("#") == false ? 2 : nil }
                }
            }
        }
        return []
    }

    private static func words(of bytes: [UInt8], column: ([Substring]) -> Int?) -> [String] {
        let text = String(decoding: bytes, as: UTF8.self)
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(maxSplits: 3) { $0 == " " || $0 == "\t" }
            guard let index = column(words), index < words.count else { return nil }
            return String(words[index])
        }
    }

    // MARK: System calls

    static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// The target of a symbolic link.
    static func linkTarget(_ path: String) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4_096) { buffer in
            guard let base = buffer.baseAddress else { return nil }
            let count = readlink(path, base, buffer.count)
            guard count > 0 else { return nil }
            return String(
                decoding: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]),
                as: UTF8.self
            )
        }
    }

    static func readFile(_ path: String) -> FileResult {
        // Without O_NONBLOCK a FIFO of that name would block the caller for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            return errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable(String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return .unreadable(String(cString: strerror(errno))) }
        guard status.st_mode & S_IFMT == S_IFREG else { return .missing }
        guard status.st_size <= sizeLimit else { return .unreadable("it is larger than \(sizeLimit) bytes") }
        return readAll(descriptor, capacity: Int(status.st_size) + 1)
    }

    private static func readAll(_ descriptor: CInt, capacity: Int) -> FileResult {
        var failure: CInt = 0
        let contents = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            while count < buffer.count {
                let part = read(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
                if part > 0 {
                    count += part
                } else if part == 0 {
                    return
                } else if errno != EINTR {
                    failure = errno
                    return
                }
            }
        }
        return failure == 0 ? .contents(contents) : .unreadable(String(cString: strerror(failure)))
    }

    private static let sizeLimit = 1 << 20
}
