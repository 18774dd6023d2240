// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// When a message is acknowledged, that is: from when on it is not delivered again.
public enum AcknowledgeType: String, Sendable, Hashable, CaseIterable {
    /// Before the task starts: it runs at most once.
    case whenReceived = "when_received"
    /// When the task has ended, before its result is stored.
    case whenExecuted = "when_executed"
    /// When the result is stored, in one step with it. The default.
    case whenSaved = "when_saved"
    /// When the task says so through its context.
    case manual
}
