// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension Duration {
    /// The duration, or a hundred years if it is longer, either way.
    ///
    /// A duration that means "no limit", such as `.seconds(Int64.max)`, is more than clocks can count from now, and they
    /// trap on it; nobody waits for the end of a hundred years.
    package var withinCentury: Duration {
        min(max(self, .zero - Self.century), Self.century)
    }

    /// The sum, or the longest duration there is where it does not fit: a moment that never comes.
    package func saturatingSum(_ other: Duration) -> Duration {
        let (sum, overflow) = attoseconds.addingReportingOverflow(other.attoseconds)
        return overflow ? Duration(attoseconds: other < .zero ? .min : .max) : Duration(attoseconds: sum)
    }

    private static let century = Duration.seconds(36_500 * 86_400)
}
