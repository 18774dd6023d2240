// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension CronExpression {
    var flags: CronFields.Flags { storage.header.fields.flags }

    /// The dialect that the text was read in.
    public var dialect: CronDialect {
        CronDialect.all.first { $0.identifier == storage.header.dialect } ?? .standard
    }

    /// The zone that the expression itself names with `CRON_TZ=` or `TZ=`; it goes before any other.
    public var zone: Zone? { storage.zone }

    /// The interval of `@every`; nil for other expressions.
    public var interval: Duration? {
        flags.contains(.interval) ? .milliseconds(storage.intervalMilliseconds) : nil
    }

    /// Whether the expression is `@reboot`, which fires when a scheduler starts and at no other instant.
    public var firesAtStart: Bool { flags.contains(.reboot) }

    /// Whether no day of any year matches, as in `0 0 30 2 *`; found when the text was read, without a search.
    public var neverFires: Bool {
        storage.header.fields.months == 0 && flags.isDisjoint(with: [.interval, .reboot])
    }

    /// Refuses an expression that has no instant to wait for.
    ///
    /// - Throws: ``CronError`` with the code `neverFires` if no day of any year matches, and `unsupported` for `@reboot`.
    public func checkFires() throws(CronError) {
        if neverFires {
            let dialect = dialect
            throw storage.withText { CronParser.neverFires($0, dialect: dialect) }
        }
        if firesAtStart {
            let dialect = dialect
            throw storage.withText { bytes in
                CronParser(bytes, dialect: dialect, seed: "").failure(
                    .unsupported,
                    "@reboot names no instant; send the task when the program starts instead",
                    0..<bytes.count
                )
            }
        }
    }
}
