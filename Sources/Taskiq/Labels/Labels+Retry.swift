// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension Label {
    /// Whether the task is run again when it fails; text counts when it reads `true`.
    public static var retryOnError: Label<Bool> { Label<Bool>("retry_on_error") }
    /// How often the task is run at most, the first time included.
    public static var maxRetries: Label<Int> { Label<Int>("max_retries") }
    /// How often the task was run before because it failed.
    public static var retries: Label<Int> { Label<Int>("_retries") }
    /// The seconds that the delays between retries are computed from, where the message itself named them.
    public static var retryDelay: Label<Double> { Label<Double>("_retry_delay") }
}

extension Labels.Entry {
    /// Whether the task is run again when it fails; needs a retry middleware.
    public static func retryOnError(_ isEnabled: Bool = true) -> Self {
        .label(.retryOnError, isEnabled)
    }

    /// How often the task is run at most, the first time included.
    ///
    /// The name is Python's: three means one execution and two retries.
    public static func maxRetries(_ count: Int) -> Self {
        .label(.maxRetries, count)
    }
}

extension TaskiqMessage {
    /// How often the task was run before because it failed; the label comes from outside and may be anything.
    var retries: Int { max(0, labels[.retries] ?? 0) }
}

extension Context {
    /// How often the task was run before because it failed, from 0: what retry middlewares count.
    ///
    /// Deliveries that a lost worker made necessary are counted by `attempt`.
    public var retries: Int { message.retries }
}
