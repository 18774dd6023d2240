// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Logging
import Taskiq

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The exporter's thread: waits for whatever comes first, and does what there is to do about it.
struct ExporterLoop {
    private static let maxClients = 32

    private let listener: Int32
    private let wake: Int32
    private let registry: PrometheusRegistry?
    private let logger: Logger
    private var board = SnapshotBoard()
    private var workers: [Int32: SnapshotFrames] = [:]
    /// In the order of their arrival.
    private var clients: [(descriptor: Int32, connection: ScrapeConnection)] = []
    /// The metrics as text, until something is reported; many scrapes cost no more than one.
    private var text: String?
    /// Nobody is let in before, because the system has no more descriptors.
    private var listensFrom: ContinuousClock.Instant?

    init(listener: Int32, wake: Int32, registry: PrometheusRegistry?, logger: Logger) {
        self.listener = listener
        self.wake = wake
        self.registry = registry
        self.logger = logger
    }

    /// Takes the connection of a worker process.
    mutating func adopt(_ worker: Int32) {
        workers[worker] = SnapshotFrames()
    }

    /// Closes everything that it has opened or adopted.
    mutating func close() {
        for descriptor in Array(workers.keys) + clients.map(\.descriptor) { closeDescriptor(descriptor) }
        workers = [:]
        clients = []
    }

    /// Waits until something can be done, and does it.
    mutating func turn() {
        let known = Array(workers.keys)
        var entries = [pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
        // A negative descriptor is passed over.
        entries.append(pollfd(fd: listensFrom == nil ? listener : -1, events: Int16(POLLIN), revents: 0))
        entries += known.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        entries += clients.map { client in
            let events = client.connection.phase == .writing ? POLLOUT : POLLIN
            return pollfd(fd: client.descriptor, events: Int16(events), revents: 0)
        }
        let count = poll(&entries, nfds_t(entries.count), timeout())
        let now = ContinuousClock.now
        if let listensFrom, listensFrom <= now { self.listensFrom = nil }
        let ready = count > 0 ? entries.filter { $0.revents != 0 } : []
        // Workers first: who is answered now is told what they have said until now.
        for entry in ready where workers[entry.fd] != nil { readReport(entry.fd) }
        for entry in ready {
            if entry.fd == wake {
                _ = Sockets.read(wake, atMost: 256)
            } else if entry.fd == listener {
                accept(now)
            } else if let index = clients.firstIndex(where: { $0.descriptor == entry.fd }) {
                serve(index, now)
            }
        }
        for client in clients where client.connection.deadline <= now { end(client.descriptor) }
    }

    /// How long to wait, in milliseconds.
    private func timeout() -> Int32 {
        guard let next = (clients.map(\.connection.deadline) + [listensFrom].compactMap(\.self)).min() else {
            return -1
        }
        let milliseconds = (next - ContinuousClock.now) / .milliseconds(1)
        // Rounded up, lest it turn and turn in the last millisecond.
        return Int32(min(60_000, max(0, milliseconds.rounded(.up))))
    }

    // MARK: Workers

    private mutating func readReport(_ worker: Int32) {
        switch Sockets.read(worker, atMost: 65536) {
        case .wouldBlock: break
        case .ended: endWorker(worker)
        case .some(let bytes):
            do {
                workers[worker]?.append(bytes)
                while let frame = try workers[worker]?.next() {
                    board.report(try MetricsSnapshot(decoding: frame), from: worker)
                    text = nil
                }
            } catch {
                logger.warning(
                    "a worker process reported metrics that cannot be read; it is not listened to any more",
                    metadata: ["error.message": "\(error)"]
                )
                endWorker(worker)
            }
        }
    }

    private mutating func endWorker(_ worker: Int32) {
        workers[worker] = nil
        board.end(worker)
        text = nil
        closeDescriptor(worker)
    }

    // MARK: Clients

    private mutating func accept(_ now: ContinuousClock.Instant) {
        let descriptor = acceptDescriptor(listener)
        guard descriptor >= 0 else {
            // They wait where they are, and so would be met again at once.
            if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) { listensFrom = now + .seconds(1) }
            return
        }
        Sockets.prepare(descriptor)
        // Who only holds its connection must not keep others out; whoever came first has had the most time.
        if clients.count >= Self.maxClients {
            end((clients.first { $0.connection.phase != .writing } ?? clients[0]).descriptor)
        }
        clients.append((descriptor, ScrapeConnection(now: now)))
    }

    private mutating func serve(_ index: Int, _ now: ContinuousClock.Instant) {
        var (descriptor, connection) = clients[index]
        if connection.phase != .writing {
            switch Sockets.read(descriptor, atMost: ScrapeRequest.maxLength + 1) {
            case .wouldBlock: return
            case .ended: return end(descriptor)
            case .some(let bytes): connection.receive(bytes) { page() }
            }
        }
        if connection.phase == .writing {
            switch Sockets.write(connection.rest, to: descriptor) {
            case .wouldBlock: break
            case .ended: return end(descriptor)
            case .some(let count):
                if connection.wrote(count, now: now) { shutdown(descriptor, Int32(SHUT_WR)) }
            }
        }
        clients[index].connection = connection
    }

    private mutating func page() -> String {
        if registry == nil, let text { return text }
        var total = board.total
        if let registry { total.merge(registry.snapshot) }
        let page = total.text
        text = page
        return page
    }

    private mutating func end(_ descriptor: Int32) {
        clients.removeAll { $0.descriptor == descriptor }
        closeDescriptor(descriptor)
    }
}

/// `close(2)`, by a name that does not collide with the method's.
private func closeDescriptor(_ descriptor: Int32) {
    close(descriptor)
}

/// `accept(2)`, by a name that does not collide with the method's.
private func acceptDescriptor(_ listener: Int32) -> Int32 {
    accept(listener, nil, nil)
}
