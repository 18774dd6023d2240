// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq
public import TaskiqHubProtocol

/// What a hub wants done.
public enum HubEffect: Sendable {
    /// Answer a client.
    case sendToClient(PeerID, Packet<ClientReply>)
    /// Answer a worker, or give it work.
    case sendToWorker(PeerID, Packet<WorkerReply>)
    /// Store a group and say when it is on disk.
    case commit(StoreGroup)
    /// Read bodies.
    case readBodies([Int64])
    /// Read results.
    case readResults(PeerID, correlation: UInt64, taskIDs: [String])
    /// Look whether a task has a result.
    case findResult(PeerID, correlation: UInt64, taskID: String)
    /// Look which deliveries a worker had begun that is about to be given up.
    case findBegun(PeerIdentity)
    /// Forget what such a worker had begun, unless its process lives.
    case forgetBegun(PeerIdentity)
    /// Forget what all other workers had begun whose processes are gone.
    case forgetAllBegun(except: Set<PeerIdentity>)
    /// Ask the store something for an operation.
    case inquire(HubInquiry, for: OperationRequest)
    /// Tell the scheduler of this process that its slots are decided, or why not.
    case fired(call: UInt64, TaskiqError?)
    /// An application announced other tasks than before.
    case catalogueChanged(TaskCatalogue)
    /// Tell people.
    case notice(HubNotice)
    /// Stop: nothing more can be promised.
    case halt(reason: String)
}
