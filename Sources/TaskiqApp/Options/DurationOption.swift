// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Taskiq

/// A duration on the command line: `30`, `90s`, `15m`, `1h30m`.
package struct DurationOption: ExpressibleByArgument {
    /// The duration.
    package let duration: Duration

    package init(_ duration: Duration) {
        self.duration = duration
    }

    package init?(argument: String) {
        guard let duration = Duration.parse(argument) else { return nil }
        self.duration = duration
    }

    package var defaultValueDescription: String { duration.formattedShortly }
}
