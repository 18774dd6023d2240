// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser

/// What a fleet has to live through.
enum NemesisKind: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// SIGKILL to the hub, the workers, the clients, or any of them and now and then all at once.
    case hub, worker, client, all
    /// SIGSTOP, and SIGCONT some time later.
    case stopHub = "stop-hub"
    case stopWorker = "stop-worker"
    /// Tasks that kill the process that runs them.
    case poison
    /// Peers that are cut off, heard in one direction only, or slow, over tcp.
    case network
}

extension NemesisKind {
    /// Whether workers die or fall silent, so that a second run may be right.
    var harmsWorkers: Bool {
        switch self {
        case .hub, .client, .stopHub: false
        case .worker, .all, .stopWorker, .poison, .network: true
        }
    }
}
