// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

extension Zone {
    private struct Key: Hashable {
        var identifier: String
        var directories: ZoneDirectories
    }

    private struct CachedZone {
        var zone: Zone
        /// The number of the change that brought the zone; 0 for the first reading.
        var change = 0
        /// The file that the zone was read from, as it was then.
        var file: ZoneDirectories.FileIdentity?
    }

    private static let cache = Mutex<[Key: CachedZone]>([:])
    // It is the cache's, and changes under its lock alone.
    /// How many changes there have been.
    private static let changeCount = Mutex(0)

    /// The directories zone files are read from: that in the environment variable `TZDIR`, if it is set when the first
    /// zone is asked for, then `/usr/share/zoneinfo`, `/usr/lib/zoneinfo` and `/usr/share/lib/zoneinfo`.
    public static var standardDirectories: [String] { ZoneDirectories.standard.paths }

    /// Creates the zone of an identifier.
    ///
    /// `UTC`, `GMT`, `Z` (in any case) and offsets less than 24 hours such as `+03:00`, `-0330` and `+03` need no file.
    /// Every other identifier is the name of a zone file as the tz database spells it. A file is read once; later calls
    /// take the zone from a cache until ``reloadChanged()`` finds that the file is another one.
    ///
    /// - Parameters:
    ///   - identifier: For example `America/New_York`.
    ///   - directories: Where to look for zone files, first match wins; ``standardDirectories`` if nil.
    /// - Throws: ``ZoneError`` for an identifier that is malformed or not found and for a file that cannot be used.
    public init(identifier: String, directories: [String]? = nil) throws(ZoneError) {
        if let zone = Self.withoutFile(identifier) {
            self = zone
            return
        }
        let directories = directories.map { ZoneDirectories(paths: $0) } ?? .standard
        let key = Key(identifier: identifier, directories: directories)
        if let cached = Self.cache.withLock({ $0[key] }) {
            self = cached.zone
            return
        }
        // Read outside the lock: a slow disk must not hold up everyone else. Whoever is second takes the first's zone.
        // The identity is taken first, so that a file replaced in between is read again once too often, not never.
        let file = Self.reasonToRefuse(identifier) == nil ? directories.identity(ofZone: identifier) : nil
        let zone = try Self.load(identifier, from: directories)
        self = Self.cache.withLock { cache in
            if let first = cache[key] { return first.zone }
            cache[key] = CachedZone(zone: zone, file: file)
            return zone
        }
    }

    /// Reads again the zone files that were replaced since they were read, as an update of the system's zone data does.
    ///
    /// A ``Zone`` is a value and keeps what it had; ask for the identifier again to have what is new. A file that is gone
    /// or damaged leaves the zone as it was.
    ///
    /// - Returns: The zones whose offsets are other ones now, as they are now.
    @discardableResult
    public static func reloadChanged() -> [Zone] {
        var changed: [Zone] = []
        for (key, cached) in cache.withLock({ $0 }) {
            let file = key.directories.identity(ofZone: key.identifier)
            guard let file, file != cached.file,
                let zone = try? load(key.identifier, from: key.directories)
            else { continue }
            let isNew = zone != cached.zone
            if isNew { changed.append(zone) }
            cache.withLock { cache in
                if isNew { changeCount.withLock { $0 += 1 } }
                let change = isNew ? changeCount.withLock { $0 } : cached.change
                cache[key] = CachedZone(zone: isNew ? zone : cached.zone, change: change, file: file)
            }
        }
        return changed.sorted { $0.identifier < $1.identifier }
    }

    /// What ``reloadChanged()`` has found, whoever called it.
    ///
    /// - Parameter count: how many changes the caller knows; 0 for all.
    /// - Returns: the zones that have changed since then, as they are now, and how many changes there have been.
    package static func changes(since count: Int) -> (zones: [Zone], count: Int) {
        cache.withLock { cache in
            let zones = cache.values.filter { $0.change > count }.map(\.zone).sorted { $0.identifier < $1.identifier }
            return (zones, changeCount.withLock { $0 })
        }
    }

    private static func withoutFile(_ identifier: String) -> Zone? {
        switch identifier.utf8.count {
        case 1...3:
            switch identifier.lowercased() {
            case "utc", "z": return .utc
            case "gmt": return gmt
            default: break
            }
        case 7 where identifier == "Etc/UTC": return .utc
        default: break
        }
        return fixedOffset(identifier)
    }

    private static let gmt = Zone(identifier: "GMT", rules: ZoneRules(fixedOffset: 0))

    /// The zone of `+hh`, `+hhmm` or `+hh:mm`.
    private static func fixedOffset(_ identifier: String) -> Zone? {
        guard let sign = identifier.utf8.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
            return nil
        }
        guard identifier.utf8.count <= 6 else { return nil }
        var digits = Array(identifier.utf8.dropFirst())
        if digits.count == 5, digits[2] == UInt8(ascii: ":") { digits.remove(at: 2) }
        if digits.count == 2 { digits += [0x30, 0x30] }
        guard digits.count == 4, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let numbers = digits.map { Int($0) - 0x30 }
        let hours = numbers[0] * 10 + numbers[1]
        let minutes = numbers[2] * 10 + numbers[3]
        guard hours <= 23, minutes <= 59 else { return nil }
        let seconds = hours * 3_600 + minutes * 60
        return Zone(offsetSeconds: sign == UInt8(ascii: "-") ? -seconds : seconds)
    }

    private static func load(_ identifier: String, from directories: ZoneDirectories) throws(ZoneError) -> Zone {
        if let reason = reasonToRefuse(identifier) { throw ZoneError(.invalidIdentifier, identifier, reason) }
        switch directories.contents(ofZone: identifier) {
        case .contents(let bytes):
            do throws(ZoneFile.Malformed) {
                return Zone(identifier: identifier, rules: try ZoneFile.decode(bytes))
            } catch {
                let reason = "its file cannot be used because \(error.reason)"
                throw ZoneError(.malformed, identifier, reason, directories: directories.paths)
            }
        case .unreadable(let reason):
            let reason = "its file cannot be read: \(reason)"
            throw ZoneError(.unreadable, identifier, reason, directories: directories.paths)
        case .missing:
            let names = directories.names()
            let reason =
                names.isEmpty
                ? "not found, nor any list of zones; install the tzdata package or set TZDIR" : "there is no such zone"
            throw ZoneError(
                .notFound,
                identifier,
                reason,
                directories: directories.paths,
                suggestion: suggestion(for: identifier, among: names)
            )
        }
    }

    /// Why an identifier may not be used in a path, or nil if it may.
    private static func reasonToRefuse(_ identifier: String) -> String? {
        let bytes = identifier.utf8
        guard let first = bytes.first else { return "the identifier is empty" }
        guard bytes.count <= 255 else { return "the identifier is longer than 255 characters" }
        if first == UInt8(ascii: "+") || first == UInt8(ascii: "-") {
            return "an offset has the form +hh:mm and is less than 24 hours"
        }
        guard bytes.allSatisfy({ isAllowed($0) }) else {
            return "only letters, digits and the characters / _ + - . are possible in an identifier"
        }
        let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && !$0.allSatisfy { $0 == UInt8(ascii: ".") } }) else {
            return "an identifier is no path: it neither starts nor ends with / and has no part like .."
        }
        return nil
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }

    private static func suggestion(for identifier: String, among names: [String]) -> String? {
        // A bare city, or a city under the wrong continent.
        let city = identifier.split(separator: "/").last.map { $0.lowercased() } ?? ""
        if let name = names.first(where: { $0.contains("/") && $0.lowercased().hasSuffix("/" + city) }) { return name }
        return EditDistance.nearest(to: identifier, among: names)
    }
}
