// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

/// What ends a worker's process before its task begins is found out too: the delivery is noted first of all.
struct TakenDeliveryTests {
    private final class Receipt: DeliveryReceipt {
        let journal: Journal

        init(_ journal: Journal) { self.journal = journal }

        func taken() { journal.note("taken") }
        func started() { journal.note("started") }
        func acknowledge() async throws { journal.note("acknowledge") }
        func settle(_ settlement: Settlement) { journal.note("settle") }
    }

    private struct Formatter: TaskiqFormatter {
        let journal: Journal

        func dumps(_ message: TaskiqMessage) throws(TaskiqError) -> BrokerMessage { try JSONFormatter().dumps(message) }

        func loads(_ data: [UInt8]) throws(TaskiqError) -> TaskiqMessage {
            journal.note("loads")
            return try JSONFormatter().loads(data)
        }
    }

    private struct Hook: TaskiqMiddleware {
        let journal: Journal

        func preExecute(_ message: inout TaskiqMessage, context: Context) async throws { journal.note("preExecute") }
    }

    @Test("before its message is read, and before any hook", arguments: [true, false])
    func order(isReadable: Bool) async throws {
        let journal = Journal()
        let broker = Broker.inMemory(middlewares: [Hook(journal: journal)], formatter: Formatter(journal: journal))
        let task = broker.task("noop") {}
        let message = try JSONFormatter().dumps(task.message(taskID: "1")).message
        let bytes = isReadable ? message : [1, 2, 3]
        await Receiver(broker: broker, acknowledgeType: .whenReceived)
            .receive(AckableMessage(data: bytes, info: DeliveryInfo(), receipt: Receipt(journal)), isAbandoning: Flag())
        let run = ["preExecute", "acknowledge", "started"]
        #expect(journal.entries == ["taken", "loads"] + (isReadable ? run : []) + ["settle"])
    }
}
