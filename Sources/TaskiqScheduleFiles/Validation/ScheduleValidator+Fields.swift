// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A field as it stands in a file.
struct FieldValue {
    var keyMark: SourceMark
    var node: ScheduleNode
    /// Whether it stands under a name that says the opposite.
    var isOpposite = false
}

extension ScheduleValidator {
    /// Sorts the entries of a map by the fields that they mean, and reports those that mean none.
    mutating func fields(_ entries: [ScheduleNode.Entry], of owner: String) -> [ScheduleField: FieldValue] {
        var fields: [ScheduleField: FieldValue] = [:]
        for entry in entries {
            let name = entry.key.clipped(to: 60)
            if case .rejected(let code, let reason) = entry.value.content, entry.value.mark == entry.keyMark {
                problems.error(code, at: entry.keyMark, reason)
                continue
            }
            switch ScheduleField.meaning(of: entry.key) {
            case .field(let field):
                set(field, entry, isOpposite: false, in: &fields)
            case .alias(let field, let isOpposite):
                problems.warning(
                    .fieldAlias,
                    at: entry.keyMark,
                    "\"\(name)\" is called \"\(field.rawValue)\" here"
                        + (isOpposite ? ", with the opposite value" : ""),
                    suggestion: "write \"\(field.rawValue)\""
                )
                set(field, entry, isOpposite: isOpposite, in: &fields)
            case .later:
                problems.error(.unsupportedField, at: entry.keyMark, "\"\(name)\" is not supported yet by this version")
            case .unknown(let nearest):
                problems.error(
                    .unknownField,
                    at: entry.keyMark,
                    "\"\(name)\" is not a field of \(owner)",
                    suggestion: entry.key == "<<"
                        ? "maps cannot be merged; what all schedules share goes into \"defaults\""
                        : nearest.map { "did you mean \"\($0.rawValue)\"?" }
                )
            }
        }
        return fields
    }

    private mutating func set(
        _ field: ScheduleField,
        _ entry: ScheduleNode.Entry,
        isOpposite: Bool,
        in fields: inout [ScheduleField: FieldValue]
    ) {
        if let first = fields[field] {
            problems.harmlessError(
                .duplicateKey,
                at: entry.keyMark,
                "\"\(field.rawValue)\" is already set in line \(first.keyMark.line)",
                suggestion: "the value of line \(first.keyMark.line) stays in force"
            )
        } else {
            fields[field] = FieldValue(keyMark: entry.keyMark, node: entry.value, isOpposite: isOpposite)
        }
    }
}
