// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

extension TransportConformance {
    static let life: [Check] = [
        Check("a broker's startup and shutdown may be repeated") { stage in
            let broker = Broker(transport: try await stage.subject.connect())
            await broker.shutdown()
            try await broker.startup(role: .worker)
            try await broker.startup(role: .worker)
            await broker.shutdown()
            await broker.shutdown()
        },
        Check("a transport's shutdown may be repeated, and need no startup") { stage in
            let idle = try await stage.subject.connect()
            await idle.shutdown()
            let transport = try await stage.connect()
            await transport.stopListening()
            await transport.shutdown()
            await transport.shutdown()
        },
        Check("a message that is sent after the shutdown is refused") { stage in
            let transport = try await stage.connect()
            await transport.shutdown()
            try await refused(.sample("late"), by: transport, .shutdown, .unreachable)
        },
        Check("a transport that was shut down can be started again", .restartable) { stage in
            let listener = try await stage.listen()
            await listener.leave()
            try await listener.transport.startup()
            let message = BrokerMessage.sample("m")
            try await listener.transport.kick(message)
            try await stage.listen().complete(message, "a message is delivered after the second startup")
        },
        Check("who stops listening gets nothing more, and loses nothing", [.releases, .keepsMessages]) { stage in
            let first = try await stage.listen()
            let sender = try await stage.connect()
            let (kept, next) = (BrokerMessage.sample("kept"), BrokerMessage.sample("next"))
            try await sender.kick(kept)
            let delivery = try await first.next()
            await first.stop()
            try await sender.kick(next)
            // What was delivered may still be settled.
            delivery.receipt.settle(.completed(nil))
            let second = try await stage.listen()
            try await second.complete(next, "what was sent after the stop goes to another")
            try expect(first.inbox.count, is: 0, "deliveries after the stop")
        },
        Check("a shutdown loses nothing of what was not settled", [.releases, .keepsMessages]) { stage in
            let first = try await stage.listen(concurrency: 2)
            let sender = try await stage.connect()
            let bodies = (0..<6).map { "body of m\($0)" }
            for number in 0..<6 { try await sender.kick(.sample("m\(number)")) }
            let held = try await first.take(2, "deliveries arrive")
            await first.stop()
            for delivery in held { delivery.receipt.settle(.released) }
            await first.leave()
            await sender.shutdown()
            let second = try await stage.listen()
            var found: [String] = []
            for delivery in try await second.take(6, "everything arrives after the shutdown") {
                found.append(String(decoding: delivery.data, as: UTF8.self))
                delivery.receipt.settle(.completed(nil))
            }
            try expect(found.sorted(), is: bodies, "each message arrives after the shutdown")
        },
        Check("a delay goes on while nobody listens", [.delays, .keepsMessages]) { stage in
            let first = try await stage.listen()
            let sender = try await stage.connect()
            let delay = Duration.milliseconds(100)
            let message = BrokerMessage.sample("later", labels: [.delay(delay)])
            let start = ContinuousClock.now
            try await sender.kick(message)
            await first.leave()
            try await stage.listen().complete(message, "a delayed message is delivered to whoever listens then")
            try isNotEarly(ContinuousClock.now - start, delay)
        },
        Check("what was accepted outlives the engine's restart", [.survivesRestart, .keepsMessages]) { stage in
            guard let restart = stage.subject.restart else {
                throw ConformanceFailure(promised: "messages outlive a restart", found: "no way to restart the engine")
            }
            let sender = try await stage.connect()
            let messages = (0..<3).map { BrokerMessage.sample("m\($0)") }
            for message in messages { try await sender.kick(message) }
            let listener = try await stage.listen(concurrency: 1)
            try await listener.complete(messages[0], "a message is delivered")
            try await listener.complete(messages[1], "a message is delivered")
            // Its third message is out, so the first two are settled.
            let held = try await listener.expect(messages[2], "a message is delivered")
            try await restart()
            let last = BrokerMessage.sample("last")
            try await sender.kick(last)
            held.receipt.settle(.completed(nil))
            try await listener.complete(last, "what was settled before the restart, or across it, does not come again")
        },
    ]
}
