// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension Duration {
    /// The duration in whole milliseconds, rounded up, between 0 and `Int32.max`.
    ///
    /// Rounded up, because a wait that ends early finds nothing due and is started again with 0 ms: a busy loop for the
    /// rest of the millisecond.
    var wholeMilliseconds: Int32 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < Int64(Int32.max) / 1000 else { return .max }
        let attosecondsPerMillisecond: Int64 = 1_000_000_000_000_000
        let (quotient, remainder) = attoseconds.quotientAndRemainder(dividingBy: attosecondsPerMillisecond)
        return Int32(clamping: seconds * 1000 + quotient + (remainder > 0 ? 1 : 0))
    }
}
