// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// A stretch of time during which a zone's clocks keep one offset.
///
/// All times are seconds since the Unix epoch. The first span of a zone starts and the last one ends so far away that
/// no timestamp reaches it, yet near enough that adding offsets never overflows.
struct ZoneSpan {
    let start: Int
    /// The first second after the span.
    let end: Int
    /// What to add to UTC to get local time.
    let offset: Int
    /// The latest local time that clocks showed before ``start``, given as an offset from ``start``.
    ///
    /// Less than ``offset`` after a jump forward: the local times in between were skipped. More after a jump back: the
    /// local times in between come a second time.
    let seenOffset: Int

    static let distantPast = -(1 << 60)
    static let distantFuture = 1 << 60

    /// The local time at which the span starts.
    @inline(__always)
    var localStart: Int { start + offset }

    /// The local time at which the span ends; it does not belong to the span.
    @inline(__always)
    var localEnd: Int { end + offset }

    /// The first local time that clocks had not shown before ``start``.
    @inline(__always)
    var seenUntil: Int { start + seenOffset }
}
