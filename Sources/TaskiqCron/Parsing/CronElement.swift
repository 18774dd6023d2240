// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// One element of a field's list as it was written; for explanations and lint.
struct CronElement {
    enum Value: Hashable {
        /// `*`, or `?`.
        case all
        case single(Int)
        case range(Int, Int)
        /// `a/n`.
        case from(Int)
        /// `L`, `L-3`.
        case last(offset: Int)
        /// `15W`.
        case nearest(Int)
        /// `LW`, `L-3W`.
        case lastNearest(offset: Int)
        /// `MON#2`.
        case nth(weekday: Int, Int)
        /// `FRIL`.
        case lastWeekday(Int)
        /// `H`, with the values it stands for.
        case hashed(from: Int, through: Int)
    }

    var field: CronField
    var value: Value
    var step = 1
    /// The bytes of the element within the text.
    var range: Range<Int>
}
