// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension Label {
    /// For how many seconds no second task of this kind is sent; 0 for none of it.
    public static var uniqueFor: Label<Double> { Label<Double>("unique_for") }
    /// Whether the next task of this kind may be sent when this one has ended.
    public static var uniqueUntilEnded: Label<Bool> { Label<Bool>("unique_until_ended") }
    /// Marks a message that was not sent, because another of its kind is under way; it never travels.
    static var duplicate: Label<Bool> { Label<Bool>("_taskiq_duplicate") }
}

extension Labels.Entry {
    /// For how long no second task of this kind is sent; needs a `UniqueMiddleware` where the task is sent.
    public static func unique(for period: Duration) -> Self {
        .label(.uniqueFor, period.inSeconds)
    }

    /// No second task of this kind is sent before this one has ended; needs a `UniqueMiddleware` where the task is sent.
    public static var uniqueUntilEnded: Self {
        .label(.uniqueUntilEnded, true)
    }
}
