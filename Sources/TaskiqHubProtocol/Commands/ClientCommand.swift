// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What a client says to the hub.
public enum ClientCommand: Sendable, Hashable {
    /// Opens a session.
    case hello(ClientHello)
    /// Asks for a message to be enqueued.
    case submit(Submission)
    /// Asks for results, now and when they come.
    case resultWait(taskIDs: [String])
    /// No longer asks for results.
    case resultCancel(taskIDs: [String])
    /// Is there.
    case heartbeat
    /// Goes.
    case bye
}
