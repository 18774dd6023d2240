// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What an operation wants to know of the store.
public enum HubInquiry: Sendable, Hashable {
    /// What became of a task that is over.
    case task(String)
    /// The result that is kept of a task, and its dead letter.
    case deadLetter(taskID: String)
    /// Dead letters, newest first, without their messages: of a task and of a queue, if these are said.
    case deadLetters(StorePage, taskName: String?, queue: String?)
    /// Dead letters with their messages, by the ids of tasks.
    case lettersOfTasks([String])
    /// Dead letters with their messages, newest first: of a task and of a queue, if these are said.
    case letters(StorePage, taskName: String?, queue: String?)
    /// Results, newest first.
    case results(StorePage)
    /// How much there is.
    case statistics
    /// To make a copy of the store.
    case backup(path: String)
}

/// What the store said.
public enum HubFinding: Sendable {
    /// What is left of a task.
    case task(result: StoredBody?, deadLetter: StoredDeadLetter?)
    /// A dead letter.
    case deadLetter(StoredDeadLetter?)
    /// Dead letters, and after which one to go on; nil at the end.
    case deadLetters([StoredDeadLetter], next: Int64?)
    /// Results.
    case results([StoredResultEntry])
    /// How much there is.
    case statistics(StoreStatistics, DiskState)
    /// It is done.
    case done
    /// It went wrong.
    case failed(String)
}
