// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What a result backend promises; what it does not, it is not held to.
public struct ResultBackendCapabilities: OptionSet, Sendable, Hashable {
    /// One bit for each promise.
    public let rawValue: UInt32

    /// Makes a set of promises from its bits.
    ///
    /// - Parameter rawValue: one bit for each promise.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Results are stored and fetched.
    public static let storesResults = Self(rawValue: 1 << 0)
    /// A task that was never sent has no result; without this, asking for it may be an error.
    public static let answersForUnknown = Self(rawValue: 1 << 1)
    /// A second result of a task takes the place of the first.
    public static let overwrites = Self(rawValue: 1 << 2)
    /// Tasks can say how far they are.
    public static let keepsProgress = Self(rawValue: 1 << 3)
    /// What is stored is found by other instances, too; see `ResultBackendUnderTest.reopen`.
    public static let shares = Self(rawValue: 1 << 4)
    /// No more than a number of results is kept, the newest; see `ResultBackendUnderTest.keptResults`.
    public static let limitsCount = Self(rawValue: 1 << 5)
    /// Results are kept for a time only; see `ResultBackendUnderTest.expiry`.
    public static let expires = Self(rawValue: 1 << 6)
    /// A result that is there is given to who waits without any time to wait.
    public static let looksBeforeWaiting = Self(rawValue: 1 << 7)
}
