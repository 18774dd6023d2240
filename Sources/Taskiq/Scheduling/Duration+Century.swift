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

    private static let century = Duration.seconds(36_500 * 86_400)
}
