// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What people may want to know of a hub's doings.
public enum HubNotice: Sendable {
    /// A worker is there and can be given work.
    case workerJoined(name: String, tasks: Int)
    /// A worker said goodbye.
    case workerLeft(name: String)
    /// A worker is lost; so many of its deliveries go to others.
    case workerLost(name: String, redelivered: Int, reason: String)
    /// A message went to the dead letters.
    case deadLetter(taskID: String, taskName: String, reason: String)
    /// A message was put aside because its stored form is damaged.
    case quarantined(taskID: String, taskName: String, reason: String)
    /// A result that somebody asked for is damaged.
    case damagedResult(taskID: String, reason: String)
    /// A message waits and no worker knows its task.
    case unroutable(taskID: String, taskName: String, queue: String)
    /// A peer was refused, or sent what could not be understood.
    case peerProblem(String)
    /// A task ended.
    case runEnded(RunReport)
}
