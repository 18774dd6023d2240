// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import GRDBSQLite
import Synchronization

/// The disk as SQLite sees it, for tests: it can fail at any call, and keeps a record of what was written and when that
/// was brought to the disk.
///
/// It stands before SQLite's own layer for the whole process, and only minds the folders that a test has given it.
enum FaultyDisk {
    /// The kinds of calls.
    enum Call: String, Hashable, CaseIterable {
        case open, read, write, synchronize, truncate, size
    }

    /// What reached the files of a folder, in order.
    enum Event {
        case write(file: String, offset: Int64, bytes: [UInt8])
        case truncate(file: String, size: Int64)
        case synchronize(file: String)
        case delete(file: String, isDurable: Bool)
        /// A mark that the test set.
        case note(Int)
    }

    /// What is to happen to the files of one folder.
    struct Plan {
        /// Which call of those in `kinds` fails, from 1; all after it fail too if `isLasting`.
        var failingCall = Int.max
        var isLasting = false
        var kinds = Set(Call.allCases)
        /// What SQLite is told; its own codes for errors of reading and writing when nil.
        var code: CInt?
        var keepsEvents = false

        fileprivate(set) var calls = 0
        fileprivate(set) var failures = 0
        fileprivate(set) var events: [Event] = []
    }

    static let plans = Mutex<[String: Plan]>([:])

    /// Gives a folder to the disk for the length of a body.
    static func with<Value>(_ folder: String, _ plan: Plan, _ body: () throws -> Value) rethrows -> Value {
        install()
        plans.withLock { $0[folder] = plan }
        defer { plans.withLock { $0[folder] = nil } }
        return try body()
    }

    static func plan(_ folder: String) -> Plan { plans.withLock { $0[folder] } ?? Plan() }

    static func note(_ number: Int, _ folder: String) {
        plans.withLock { $0[folder]?.events.append(.note(number)) }
    }

    /// Counts a call.
    ///
    /// - Returns: what SQLite is told if the call fails.
    fileprivate static func meet(_ call: Call, _ file: String, _ code: CInt) -> CInt? {
        guard let folder = folder(of: file) else { return nil }
        return plans.withLock { plans in
            guard var plan = plans[folder], plan.kinds.contains(call) else { return nil }
            plan.calls += 1
            let fails = plan.isLasting ? plan.calls >= plan.failingCall : plan.calls == plan.failingCall
            if fails { plan.failures += 1 }
            plans[folder] = plan
            return fails ? plan.code ?? code : nil
        }
    }

    fileprivate static func record(_ event: @autoclosure () -> Event, _ file: String) {
        guard let folder = folder(of: file) else { return }
        plans.withLock { plans in
            guard plans[folder]?.keepsEvents == true else { return }
            plans[folder]?.events.append(event())
        }
    }

    private static func folder(of file: String) -> String? {
        guard let slash = file.lastIndex(of: "/") else { return nil }
        let folder = String(file[..<slash])
        return plans.withLock { $0[folder] == nil ? nil : folder }
    }

    fileprivate static func minds(_ file: String) -> Bool { folder(of: file) != nil }

    fileprivate static func name(of file: String) -> String {
        String(file[file.index(after: file.lastIndex(of: "/") ?? file.startIndex)...])
    }

    // MARK: SQLite's interface

    private static let isInstalled: Bool = {
        guard let system = sqlite3_vfs_find(nil) else { return false }
        let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        vfs.initialize(to: system.pointee)
        vfs.pointee.szOsFile += CInt(MemoryLayout<FaultyFile>.stride)
        vfs.pointee.zName = UnsafePointer(strdup("taskiq-faulty"))
        vfs.pointee.pNext = nil
        vfs.pointee.xOpen = { vfs, path, file, flags, outFlags in
            FaultyFile.open(vfs, path, file, flags, outFlags)
        }
        vfs.pointee.xDelete = { _, path, isDurable in
            FaultyFile.delete(path, isDurable)
        }
        return sqlite3_vfs_register(vfs, 1) == SQLITE_OK
    }()

    static func install() {
        precondition(isInstalled)
    }
}

/// SQLite's codes for errors of the disk; its macros for them are not visible to Swift.
private enum IOError {
    static let read = SQLITE_IOERR | 1 << 8
    static let write = SQLITE_IOERR | 3 << 8
    static let synchronize = SQLITE_IOERR | 4 << 8
    static let truncate = SQLITE_IOERR | 6 << 8
    static let size = SQLITE_IOERR | 7 << 8
    static let unlock = SQLITE_IOERR | 8 << 8
    static let checkLock = SQLITE_IOERR | 14 << 8
    static let lock = SQLITE_IOERR | 15 << 8
}

/// One open file: SQLite's own one behind it.
struct FaultyFile {
    private var base: sqlite3_file
    /// Kept for ever; there are few files in a test.
    private var path: Unmanaged<Path>?

    private final class Path {
        let text: String
        init(_ text: String) { self.text = text }
    }

    private typealias File = UnsafeMutablePointer<sqlite3_file>

    private static func real(_ file: File?) -> File? {
        guard let file else { return nil }
        return (UnsafeMutableRawPointer(file) + MemoryLayout<FaultyFile>.stride).assumingMemoryBound(
            to: sqlite3_file.self
        )
    }

    private static func path(_ file: File?) -> String {
        guard let file else { return "" }
        return UnsafeMutableRawPointer(file).assumingMemoryBound(to: FaultyFile.self).pointee.path?
            .takeUnretainedValue().text ?? ""
    }

    nonisolated(unsafe) private static let system = sqlite3_vfs_find("unix")

    fileprivate static func open(
        _ vfs: UnsafeMutablePointer<sqlite3_vfs>?,
        _ path: UnsafePointer<CChar>?,
        _ file: UnsafeMutablePointer<sqlite3_file>?,
        _ flags: CInt,
        _ outFlags: UnsafeMutablePointer<CInt>?
    ) -> CInt {
        guard let file, let system else { return SQLITE_CANTOPEN }
        let text = path.map { String(cString: $0) } ?? ""
        file.pointee.pMethods = nil
        // Other tests need what this layer lacks, so it is not there for them.
        guard FaultyDisk.minds(text) else { return system.pointee.xOpen(system, path, file, flags, outFlags) }
        if let code = FaultyDisk.meet(.open, text, SQLITE_CANTOPEN) { return code }
        guard let real = real(file) else { return SQLITE_CANTOPEN }
        let code = system.pointee.xOpen(system, path, real, flags, outFlags)
        guard code == SQLITE_OK, real.pointee.pMethods != nil else { return code }
        UnsafeMutableRawPointer(file).assumingMemoryBound(to: FaultyFile.self).pointee.path =
            Unmanaged.passRetained(Path(text))
        file.pointee.pMethods = methods
        return code
    }

    fileprivate static func delete(_ path: UnsafePointer<CChar>?, _ isDurable: CInt) -> CInt {
        guard let system else { return SQLITE_CANTOPEN }
        let text = path.map { String(cString: $0) } ?? ""
        FaultyDisk.record(.delete(file: FaultyDisk.name(of: text), isDurable: isDurable != 0), text)
        return system.pointee.xDelete(system, path, isDurable)
    }

    // Version 1: no memory is shared, as the store's exclusive connection needs none.
    nonisolated(unsafe) private static let methods: UnsafePointer<sqlite3_io_methods> = {
        let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        methods.initialize(to: sqlite3_io_methods())
        methods.pointee.iVersion = 1
        methods.pointee.xClose = { file in
            guard let real = real(file) else { return SQLITE_OK }
            return real.pointee.pMethods.pointee.xClose(real)
        }
        methods.pointee.xRead = { file, bytes, count, offset in
            if let code = FaultyDisk.meet(.read, path(file), IOError.read) { return code }
            guard let real = real(file) else { return IOError.read }
            return real.pointee.pMethods.pointee.xRead(real, bytes, count, offset)
        }
        methods.pointee.xWrite = { file, bytes, count, offset in
            if let code = FaultyDisk.meet(.write, path(file), IOError.write) { return code }
            guard let real = real(file) else { return IOError.write }
            FaultyDisk.record(
                .write(
                    file: FaultyDisk.name(of: path(file)),
                    offset: offset,
                    bytes: Array(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
                ),
                path(file)
            )
            return real.pointee.pMethods.pointee.xWrite(real, bytes, count, offset)
        }
        methods.pointee.xTruncate = { file, size in
            if let code = FaultyDisk.meet(.truncate, path(file), IOError.truncate) { return code }
            guard let real = real(file) else { return IOError.truncate }
            FaultyDisk.record(.truncate(file: FaultyDisk.name(of: path(file)), size: size), path(file))
            return real.pointee.pMethods.pointee.xTruncate(real, size)
        }
        methods.pointee.xSync = { file, flags in
            if let code = FaultyDisk.meet(.synchronize, path(file), IOError.synchronize) { return code }
            guard let real = real(file) else { return IOError.synchronize }
            FaultyDisk.record(.synchronize(file: FaultyDisk.name(of: path(file))), path(file))
            // No power goes while tests run, so the real disk need not hurry.
            return real.pointee.pMethods == nil ? IOError.synchronize : SQLITE_OK
        }
        methods.pointee.xFileSize = { file, size in
            if let code = FaultyDisk.meet(.size, path(file), IOError.size) { return code }
            guard let real = real(file) else { return IOError.size }
            return real.pointee.pMethods.pointee.xFileSize(real, size)
        }
        methods.pointee.xLock = { file, level in
            guard let real = real(file) else { return IOError.lock }
            return real.pointee.pMethods.pointee.xLock(real, level)
        }
        methods.pointee.xUnlock = { file, level in
            guard let real = real(file) else { return IOError.unlock }
            return real.pointee.pMethods.pointee.xUnlock(real, level)
        }
        methods.pointee.xCheckReservedLock = { file, result in
            guard let real = real(file) else { return IOError.checkLock }
            return real.pointee.pMethods.pointee.xCheckReservedLock(real, result)
        }
        methods.pointee.xFileControl = { file, operation, argument in
            guard let real = real(file) else { return SQLITE_NOTFOUND }
            return real.pointee.pMethods.pointee.xFileControl(real, operation, argument)
        }
        methods.pointee.xSectorSize = { file in
            guard let real = real(file) else { return 4096 }
            return real.pointee.pMethods.pointee.xSectorSize(real)
        }
        methods.pointee.xDeviceCharacteristics = { file in
            guard let real = real(file) else { return 0 }
            return real.pointee.pMethods.pointee.xDeviceCharacteristics(real)
        }
        return UnsafePointer(methods)
    }()
}
