// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqCron

/// How the cron commands write instants.
enum CronAnswer {
    /// An instant with the offset of a zone; UTC is `Z`.
    static func text(_ instant: Timestamp, in zone: Zone) -> String {
        zone == .utc ? instant.description : instant.rfc3339(in: zone)
    }

    /// One instant a line, or one JSON array of them.
    static func lines(_ instants: [Timestamp], in zone: Zone, asJSON: Bool) -> [String] {
        let texts = instants.map { text($0, in: zone) }
        return asJSON ? ["\(JSONValue.array(texts.map { .string($0) }).fragment)"] : texts
    }

    /// The instants before another one, the latest first, that are later than an end.
    static func previous(
        _ expression: CronExpression,
        before start: Timestamp,
        after end: Timestamp = .earliest,
        in zone: Zone,
        policy: TransitionPolicy,
        count: Int
    ) -> [Timestamp] {
        var instants: [Timestamp] = []
        var last = start
        while instants.count < count, let previous = expression.previous(before: last, in: zone, policy: policy),
            previous > end
        {
            instants.append(previous)
            last = previous
        }
        return instants
    }

    /// The start of a search backwards; a fraction finer than timestamps lies after the millisecond it is cut to.
    static func backwardStart(_ start: Timestamp, written text: String?) -> Timestamp {
        guard let text, let point = text.firstIndex(of: ".") else { return start }
        let digits = text[text.index(after: point)...].prefix { $0.isASCII && $0.isNumber }
        return digits.dropFirst(3).contains { $0 != "0" } ? start + .milliseconds(1) : start
    }
}
