// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension Zone {
    /// The zone the system is set to: that of the environment variable `TZ`, else that of `/etc/localtime`, else UTC.
    ///
    /// `TZ` may be an identifier, a path of a zone file below one of ``standardDirectories``, both with or without a
    /// colon in front, or a POSIX rule such as `CET-1CEST,M3.5.0,M10.5.0/3`.
    public static var system: Zone {
        if let text = ZoneDirectories.environment("TZ") { return zone(ofEnvironment: text) ?? .utc }
        if let target = ZoneDirectories.linkTarget("/etc/localtime"), let zone = zone(ofPath: target) { return zone }
        if case .contents(let bytes) = ZoneDirectories.readFile("/etc/localtime"),
            let rules = try? ZoneFile.decode(bytes)
        {
            return Zone(identifier: "localtime", rules: rules)
        }
        return .utc
    }

    /// The zone a value of `TZ` denotes, or nil.
    static func zone(ofEnvironment text: String) -> Zone? {
        let name = text.hasPrefix(":") ? String(text.dropFirst()) : text
        // An empty TZ means UTC.
        if name.isEmpty { return .utc }
        if name.hasPrefix("/") { return zone(ofPath: name) }
        if let zone = try? Zone(identifier: name) { return zone }
        guard let rule = PosixRuleParser.parse(name.utf8.prefix(256)) else { return nil }
        let rules = ZoneRules(initialOffset: rule.standardOffset, transitions: [], rule: rule)
        return Zone(identifier: name, rules: rules)
    }

    /// The zone of a path that ends in an identifier.
    private static func zone(ofPath path: String) -> Zone? {
        for directory in standardDirectories where path.hasPrefix(directory + "/") {
            return try? Zone(identifier: String(path.dropFirst(directory.count + 1)))
        }
        // A link is often relative, and zone directories have many parents but one name.
        let parts = path.split(separator: "/")
        guard let index = parts.lastIndex(of: "zoneinfo") else { return nil }
        return try? Zone(identifier: parts[(index + 1)...].joined(separator: "/"))
    }
}
