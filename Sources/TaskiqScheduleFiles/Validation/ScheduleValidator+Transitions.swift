// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqCron

extension ScheduleValidator {
    /// Reads what happens to a cron schedule when clocks are set forward or back: `{gap: skip, repeat: twice}`.
    mutating func transitions(_ node: ScheduleNode) -> TransitionPolicy? {
        guard let entries = map(node, of: "dst") else { return nil }
        var policy = TransitionPolicy.automatic
        let before = problems.rejections
        for entry in entries {
            switch entry.key {
            case "gap":
                let gap = choice(entry.value, of: "gap", ["run_after", "skip"], TransitionPolicy.Gap.init(name:))
                policy.gap = gap ?? .automatic
            case "repeat":
                let repeated = choice(
                    entry.value,
                    of: "repeat",
                    ["once", "twice"],
                    TransitionPolicy.Repeated.init(name:)
                )
                policy.repeated = repeated ?? .automatic
            default:
                let nearest = NameSuggestion.nearest(to: entry.key, among: ["gap", "repeat"])
                problems.error(
                    .unknownField,
                    at: entry.keyMark,
                    "\"\(entry.key.clipped(to: 60))\" is not a field of dst",
                    suggestion: nearest.map { "did you mean \"\($0)\"?" } ?? "known are gap and repeat"
                )
            }
        }
        return problems.rejections == before ? policy : nil
    }

    private mutating func choice<Choice>(
        _ node: ScheduleNode,
        of name: String,
        _ choices: [String],
        _ read: (String) -> Choice?
    ) -> Choice? {
        guard let text = text(node, of: name) else { return nil }
        if let choice = read(text) { return choice }
        let nearest = NameSuggestion.nearest(to: text, among: choices)
        problems.error(
            .badValue,
            at: node.mark,
            "\(name) must be \(choices.joined(separator: " or ")), found the text \"\(text.clipped(to: 60))\"",
            suggestion: nearest.map { "did you mean \"\($0)\"?" }
        )
        return nil
    }
}
