// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

package import Taskiq
import TaskiqCron

extension Schedule {
    /// The timing as text of one form: spaces, letter case and the order of expressions do not matter.
    ///
    /// Unlike `description` it leaves nothing out. Two texts may still mean the same instants (`@daily` and
    /// `0 0 * * *`); one taken for the other's edit starts at the moment of the edit, which harms nothing.
    package var canonicalText: String {
        switch trigger {
        case .cron(let expressions, let zone):
            let texts = expressions.map { expression in
                expression.description.split { $0 == " " || $0 == "\t" }.joined(separator: " ").uppercased()
            }
            // As it was before there were policies, so that schedules without one keep their fingerprints.
            let policy = transitions == .automatic ? "" : "|\(transitions)"
            return "cron|\(zone.identifier)|\(Set(texts).sorted().joined(separator: "|"))\(policy)"
        case .interval(let interval, let anchor):
            return "interval|\(interval.inMilliseconds)|\(anchor.millisecondsSinceEpoch)"
        case .once(let instant):
            return "once|\(instant.millisecondsSinceEpoch)"
        }
    }

    /// Tells one version of a timing from another: 32 hexadecimal digits, the same in every process and every release.
    package var fingerprint: String {
        var hash = StableHash()
        hash.combine("timing")
        hash.combine(canonicalText)
        return hash.hexadecimalDigest
    }
}
