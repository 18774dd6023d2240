// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What a client says to the hub.
public enum ClientCommand: Sendable, Hashable {
    /// Opens a session.
    case hello(ClientHello)
    /// Asks for a message to be enqueued.
    case submit(Submission)
    /// Every submission numbered below is answered, and will not come again.
    case answered(below: UInt64)
    /// Asks for results, now and when they come.
    case resultWait(taskIDs: [String])
    /// No longer asks for results.
    case resultCancel(taskIDs: [String])
    /// Has read so many bytes of results in this session.
    case received(bytes: Int64)
    /// Asks how a task stands: whether there is a result, and how far it is.
    case standing(taskID: String)
    /// Has read results, and nobody else will.
    case resultDrop(taskIDs: [String])
    /// Wants an operation done.
    case call(OperationCall)
    /// Is there.
    case heartbeat
    /// Goes.
    case bye
}
