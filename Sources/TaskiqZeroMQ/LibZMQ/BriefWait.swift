// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// Decides whether a thread that has nothing to do looks again for a moment before it sleeps.
///
/// To wake a core that has halted takes tens of microseconds, on a virtual machine a hundred, which is as long as all
/// the rest of a task's way through a hub. Where the next thing to do comes within that time, it pays to stay awake for
/// it; where it does not, a thread that looks for it takes time from others. So it looks only as long as that is mostly
/// of use, and otherwise tries it again now and then while things happen often: a thread that has little to do never
/// looks twice, and one that looks in vain does so in a few of a hundred waits.
struct BriefWait {
    /// The longest time that is spent on looking, in nanoseconds.
    static let longest: Int64 = 150_000
    /// A look that takes longer lets others run, in nanoseconds: the core does not halt, so there is no need to look.
    static let longestLook: Int64 = 10_000
    /// Waits up to this long may become short enough if it is tried, in nanoseconds.
    private static let promising: Int64 = 400_000
    /// How many of them there must be before it is.
    private static let patience = 64
    private static let mostTrust = 8

    private var trust = 0
    private var promises = 0

    /// Whether to look again in the next wait.
    var isWorthwhile: Bool { trust > 0 }

    /// What came of a wait.
    enum Outcome {
        /// Nobody looked again.
        case slept
        /// Something was found by looking again.
        case found
        /// Nothing was.
        case nothing
        /// Others wanted to run.
        case crowded
    }

    /// Notes how long a wait was, in nanoseconds, and what came of it.
    mutating func note(_ time: Int64, _ outcome: Outcome) {
        switch outcome {
        // Whether it would have been of use is not known.
        case .slept, .crowded: break
        case .found: trust = min(trust + 1, Self.mostTrust)
        case .nothing: trust = max(trust - Self.mostTrust / 2, 0)
        }
        guard trust == 0 else { return }
        promises = time <= Self.promising ? promises + 1 : 0
        if promises >= Self.patience {
            promises = 0
            trust = Self.mostTrust / 2
        }
    }
}
