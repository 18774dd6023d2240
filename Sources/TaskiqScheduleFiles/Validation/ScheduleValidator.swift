// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// Turns the tree of a file into schedules, whatever the file's format.
///
/// Each schedule is read by itself: what is wrong with it puts it alone out of force. Only what makes all of a file
/// uncertain, such as its version or its namespace, puts all of it out of force.
struct ScheduleValidator {
    var problems: DiagnosticCollector
    var defaults = ScheduleDefaults()
    private var namespace: String?

    /// Prepares to read a file.
    ///
    /// - Parameters:
    ///   - source: the file.
    ///   - namespace: the namespace of its schedules, unless it names one itself.
    init(source: SourceText, namespace: String?) {
        problems = DiagnosticCollector(source: source)
        self.namespace = namespace
    }

    private enum TopLevelField: String, CaseIterable {
        case version, namespace, defaults, schedules
    }

    /// Top-level fields that a later version will know.
    private static let later: Set<String> = ["calendars", "notifiers"]

    /// Reads the file.
    ///
    /// - Parameter root: its tree.
    /// - Returns: what it says.
    mutating func validate(_ root: ScheduleNode) -> ScheduleFile {
        var file = ScheduleFile()
        if let fields = topLevel(root) {
            let schedules = schedules(fields)
            file.isBroken = schedules == nil
            for entry in schedules ?? [] {
                let id = identity(entry.key)
                problems.scheduleID = id
                if let schedule = schedule(entry, id: id) {
                    file.schedules.append(schedule)
                } else {
                    file.rejected.append(id)
                }
                problems.scheduleID = nil
            }
        } else {
            file.isBroken = true
        }
        file.diagnostics = problems.diagnostics
        return file
    }

    // MARK: The top level

    private mutating func topLevel(_ root: ScheduleNode) -> [TopLevelField: ScheduleNode]? {
        guard let entries = map(root, of: "a schedule file") else { return nil }
        var fields: [TopLevelField: ScheduleNode] = [:]
        for entry in entries {
            if let field = TopLevelField(rawValue: entry.key) {
                fields[field] = entry.value
            } else if Self.later.contains(entry.key) {
                problems.error(
                    .unsupportedField,
                    at: entry.keyMark,
                    "\"\(entry.key)\" is not supported yet by this version"
                )
            } else {
                let names = TopLevelField.allCases.map(\.rawValue)
                let nearest = NameSuggestion.nearest(to: entry.key, among: names)
                problems.error(
                    .unknownField,
                    at: entry.keyMark,
                    "\"\(entry.key.clipped(to: 60))\" is not a field of a schedule file",
                    suggestion: nearest.map { "did you mean \"\($0)\"?" }
                        ?? "known are \(names.joined(separator: ", "))"
                )
            }
        }
        return fields
    }

    /// The entries of `schedules`; nil when the file as a whole cannot be used.
    private mutating func schedules(_ fields: [TopLevelField: ScheduleNode]) -> [ScheduleNode.Entry]? {
        if let version = fields[.version], version.content != .int(1) {
            if case .int(let number) = version.content {
                let message = "this version of taskiq reads files of version 1, found version \(number)"
                problems.error(.unsupportedVersion, at: version.mark, message)
            } else {
                refuse(version, "version must be the number 1")
            }
            return nil
        }
        if let node = fields[.namespace] {
            guard let name = text(node, of: "namespace") else { return nil }
            if let reason = Self.reasonToRefuse(id: name) {
                problems.error(.badID, at: node.mark, "\"\(name.clipped(to: 60))\" is no namespace: \(reason)")
                return nil
            }
            namespace = name
        }
        if let node = fields[.defaults] { defaults = readDefaults(node) }
        guard let node = fields[.schedules] else {
            // A file that lost its contents must not end all of its schedules; one that means it says so.
            problems.error(
                .missingField,
                at: .start,
                "the file has no \"schedules\"",
                suggestion: "a file without any says \"schedules: {}\""
            )
            return nil
        }
        if node.content == .null { return [] }
        return map(node, of: "\"schedules\"")
    }

    // MARK: Identity

    private func identity(_ key: String) -> ScheduleID {
        let id = key.clipped(to: Self.idLimit)
        return ScheduleID(rawValue: namespace.map { "\($0)/\(id)" } ?? id)
    }

    private static let idLimit = 128

    /// Why a text cannot be an id or a namespace; nil when it can.
    static func reasonToRefuse(id: String) -> String? {
        if id.isEmpty { return "it is empty" }
        if id.unicodeScalars.count > idLimit { return "it is longer than \(idLimit) characters" }
        for scalar in id.unicodeScalars {
            if scalar == "/" { return "a slash parts a namespace from an id" }
            if scalar.properties.isWhitespace { return "spaces are not possible" }
            switch scalar.properties.generalCategory {
            case .control, .format, .privateUse, .surrogate, .unassigned:
                return "the character U+\(String(scalar.value, radix: 16, uppercase: true)) is not possible"
            default: break
            }
        }
        return nil
    }
}
