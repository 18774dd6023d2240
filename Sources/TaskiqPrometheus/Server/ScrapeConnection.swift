// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// One client's connection, from its request to its end, and how long each part of it may take.
struct ScrapeConnection {
    /// What the connection waits for.
    enum Phase: Equatable {
        /// The client's request.
        case reading
        /// Room for the rest of the answer.
        case writing
        /// The client's end; were the socket closed with something unread in it, the answer could be lost on its way.
        case draining
    }

    /// How long the request and the answer may take together.
    static let timeout = Duration.seconds(10)
    /// How long the client's end is waited for.
    static let drainTimeout = Duration.seconds(1)

    private(set) var phase = Phase.reading
    /// When the connection is closed, whatever is on its way.
    private(set) var deadline: ContinuousClock.Instant
    private var request: [UInt8] = []
    private(set) var rest: ArraySlice<UInt8> = []

    init(now: ContinuousClock.Instant) {
        deadline = now + Self.timeout
    }

    /// Takes what the client says.
    ///
    /// - Parameters:
    ///   - bytes: what it says.
    ///   - metrics: the metrics as text; asked for when the request is complete and wants them.
    mutating func receive(_ bytes: [UInt8], metrics: () -> String) {
        guard phase == .reading else { return }
        request += bytes
        let wish = ScrapeRequest(request)
        guard wish != .incomplete else { return }
        request = []
        rest = wish.response(metrics: metrics)[...]
        phase = .writing
    }

    /// Notes that some of the answer has been written.
    ///
    /// - Returns: whether that was the end of it, and nothing more will be said.
    mutating func wrote(_ count: Int, now: ContinuousClock.Instant) -> Bool {
        rest = rest.dropFirst(count)
        guard rest.isEmpty, phase == .writing else { return false }
        phase = .draining
        deadline = min(deadline, now + Self.drainTimeout)
        return true
    }
}
