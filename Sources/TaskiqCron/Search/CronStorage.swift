// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What every stored expression begins with.
struct CronHeader {
    var fields: CronFields
    var textLength: UInt16
    /// Wider than need be, so that the parts behind it are aligned.
    var dialect: UInt16
}

/// An expression in one piece of memory: fields, then only those parts that it has, then its text.
///
/// A usual expression of five fields with up to 32 characters takes 72 bytes. The parts are, in this order, the zone, the
/// interval, the seconds, the special days and the years; each takes a multiple of eight bytes, so all are aligned.
final class CronStorage: ManagedBuffer<CronHeader, UInt8> {
    /// Copies a meaning and its text.
    static func make(_ meaning: CronMeaning, text: UnsafeBufferPointer<UInt8>, dialect: CronDialect) -> CronStorage {
        let flags = meaning.fields.flags
        let size = Offsets(flags).text + text.count
        let buffer = create(minimumCapacity: size) { _ in
            CronHeader(
                fields: meaning.fields,
                textLength: UInt16(truncatingIfNeeded: text.count),
                dialect: dialect.identifier
            )
        }
        let storage = unsafeDowncast(buffer, to: CronStorage.self)
        storage.withUnsafeMutablePointerToElements { start in
            let parts = UnsafeMutableRawPointer(start)
            let offsets = Offsets(flags)
            if let zone = meaning.zone {
                let reference = Unmanaged.passRetained(ZoneReference(zone))
                parts.storeBytes(of: reference, as: Unmanaged<ZoneReference>.self)
            }
            if flags.contains(.interval) {
                parts.storeBytes(of: meaning.intervalMilliseconds, toByteOffset: offsets.interval, as: Int64.self)
            }
            if flags.contains(.seconds) {
                parts.storeBytes(of: meaning.seconds, toByteOffset: offsets.seconds, as: UInt64.self)
            }
            if flags.contains(.specialDays) {
                parts.storeBytes(of: meaning.specialDays, toByteOffset: offsets.specialDays, as: SpecialDays.self)
            }
            if flags.contains(.years), let years = meaning.years {
                parts.storeBytes(of: years, toByteOffset: offsets.years, as: YearSet.self)
            }
            if let base = text.baseAddress {
                (parts + offsets.text).copyMemory(from: base, byteCount: text.count)
            }
        }
        return storage
    }

    deinit {
        guard header.fields.flags.contains(.zone) else { return }
        withUnsafeMutablePointerToElements { start in
            UnsafeRawPointer(start).load(as: Unmanaged<ZoneReference>.self).release()
        }
    }

    /// Gives the parts to a search; they are valid only inside the closure.
    @inline(__always)
    func withSearch<Value>(_ body: (CronSearch) -> Value) -> Value {
        withUnsafeMutablePointers { header, start in
            let fields = header.pointee.fields
            let flags = fields.flags
            // Most expressions have none of the parts.
            if flags.isDisjoint(with: [.seconds, .specialDays, .years]) {
                return body(CronSearch(fields: fields, seconds: 1, specialDays: nil, years: nil))
            }
            let parts = UnsafeRawPointer(start)
            let offsets = Offsets(flags)
            return body(
                CronSearch(
                    fields: fields,
                    seconds: flags.contains(.seconds)
                        ? parts.load(fromByteOffset: offsets.seconds, as: UInt64.self) : 1,
                    specialDays: flags.contains(.specialDays)
                        ? (parts + offsets.specialDays).assumingMemoryBound(to: SpecialDays.self) : nil,
                    years: flags.contains(.years)
                        ? (parts + offsets.years).assumingMemoryBound(to: YearSet.self) : nil
                )
            )
        }
    }

    var zone: Zone? {
        guard header.fields.flags.contains(.zone) else { return nil }
        return withUnsafeMutablePointerToElements { start in
            UnsafeRawPointer(start).load(as: Unmanaged<ZoneReference>.self).takeUnretainedValue().zone
        }
    }

    /// The milliseconds of `@every`; zero for other expressions.
    var intervalMilliseconds: Int64 {
        let flags = header.fields.flags
        guard flags.contains(.interval) else { return 0 }
        return withUnsafeMutablePointerToElements { start in
            UnsafeRawPointer(start).load(fromByteOffset: Offsets(flags).interval, as: Int64.self)
        }
    }

    func withText<Value>(_ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
        withUnsafeMutablePointers { header, start in
            body(
                UnsafeBufferPointer(
                    start: start + Offsets(header.pointee.fields.flags).text,
                    count: Int(header.pointee.textLength)
                )
            )
        }
    }

    var text: String {
        withText { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether two expressions have the same text and mean the same.
    func isEqual(to other: CronStorage) -> Bool {
        if self === other { return true }
        guard header.dialect == other.header.dialect, header.fields == other.header.fields, zone == other.zone,
            intervalMilliseconds == other.intervalMilliseconds, text == other.text
        else { return false }
        return withSearch { first in
            other.withSearch { second in
                first.seconds == second.seconds && first.specialDays?.pointee == second.specialDays?.pointee
                    && first.years?.pointee == second.years?.pointee
            }
        }
    }

    /// Where the parts of an expression begin.
    private struct Offsets {
        let interval: Int
        let seconds: Int
        let specialDays: Int
        let years: Int
        let text: Int

        @inline(__always)
        init(_ flags: CronFields.Flags) {
            interval = flags.contains(.zone) ? MemoryLayout<Unmanaged<ZoneReference>>.stride : 0
            seconds = interval &+ (flags.contains(.interval) ? MemoryLayout<Int64>.stride : 0)
            specialDays = seconds &+ (flags.contains(.seconds) ? MemoryLayout<UInt64>.stride : 0)
            years = specialDays &+ (flags.contains(.specialDays) ? MemoryLayout<SpecialDays>.stride : 0)
            text = years &+ (flags.contains(.years) ? MemoryLayout<YearSet>.stride : 0)
        }
    }
}

/// A zone that an expression names.
private final class ZoneReference: Sendable {
    let zone: Zone

    init(_ zone: Zone) {
        self.zone = zone
    }
}
