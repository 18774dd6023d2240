// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

@Suite("Tasks made of closures")
struct ClosureTaskTests {
    private let journal = Journal()
    private let broker = Broker(
        transport: RecordingTransport(),
        resultBackend: RecordingBackend(storesWithAcknowledgement: true)
    )

    init() {
        let journal = journal
        broker.task("none") { () -> Int in
            journal.note("ran")
            return 0
        }
        broker.task("void") { (text: String) in journal.note(text) }
        broker.task("async", parameters: ["a", "b"]) { (a: Int, b: String) async throws -> String in
            await Task.yield()
            journal.note("ran")
            return "\(a)\(b)"
        }
        broker.task("optional", parameters: ["a", "b", "c"]) { (a: Int, b: Int?, c: [String]?) -> [Int] in
            journal.note("ran")
            return [a, b ?? -1, c?.count ?? -1]
        }
        broker.task("unnamed") { (a: Int, b: Double, c: [String: Bool]) -> Double in
            journal.note("ran")
            return Double(a) + b + Double(c.count)
        }
    }

    private func run(
        _ name: TaskName,
        _ args: [String],
        _ kwargs: [(String, String)] = []
    ) async throws -> StoredResult? {
        let message = TaskiqMessage(
            taskID: "i",
            taskName: name,
            args: try args.map { try JSONFragment(parsing: $0) },
            kwargs: KeywordArguments(try kwargs.map { .init($0.0, try JSONFragment(parsing: $0.1)) })
        )
        return try await broker.receive(message).settlements.first?.result
    }

    @Test("arguments come by position, by name, or both")
    func calls() async throws {
        #expect(try await run("none", [])?.returnValue.text == "0")
        #expect(try await run("void", [#""x""#])?.returnValue.isNull == true)
        #expect(try await run("async", ["1", #""x""#])?.returnValue.text == #""1x""#)
        #expect(try await run("async", ["1"], [("b", #""x""#)])?.returnValue.text == #""1x""#)
        #expect(try await run("async", [], [("b", #""x""#), ("a", "1")])?.returnValue.text == #""1x""#)
        #expect(try await run("optional", ["1"])?.returnValue.text == "[1,-1,-1]")
        #expect(try await run("optional", ["1", "null", "[]"])?.returnValue.text == "[1,-1,0]")
        #expect(try await run("optional", ["1"], [("c", #"["x"]"#)])?.returnValue.text == "[1,-1,1]")
        #expect(try await run("unnamed", ["1", "2", #"{"k":true}"#])?.returnValue.text == "4.0")
        #expect(journal.entries == ["ran", "x"] + Array(repeating: "ran", count: 7))
    }

    @Test(
        "a call that does not fit is refused with the parameter, what it takes and what came, and the body does not run",
        arguments: [
            ("async", ["1"], [], #"task "async": argument 2 (b) is missing: expected String"#),
            ("async", [], [], #"task "async": argument 1 (a) is missing: expected Int"#),
            (
                "async", ["1", "2"], [],
                #"task "async": argument 2 (b): expected a string, found 2 (the parameter is String)"#
            ),
            (
                "async", ["null", "2"], [],
                #"task "async": argument 1 (a): expected an integer, found null (the parameter is Int)"#
            ),
            ("async", ["1", #""x""#, "3"], [], #"task "async": takes 2 positional arguments, 3 were given"#),
            (
                "async", ["1", #""x""#], [("a", "1")],
                #"task "async": argument 1 (a) was given twice, by position and by name"#
            ),
            ("async", ["1", #""x""#], [("z", "1")], #"task "async": has no parameter "z""#),
            ("none", ["1"], [], #"task "none": takes 0 positional arguments, 1 was given"#),
            ("none", [], [("a", "1")], #"task "none": has no parameter "a""#),
            (
                "unnamed", ["1", "2", #"{"k":2}"#], [],
                #"task "unnamed": argument 3: k: expected true or false, found 2 (the parameter is Dictionary<String, Bool>)"#
            ),
            ("unnamed", ["1"], [("b", "2")], #"task "unnamed": argument 2 is missing: expected Double"#),
            (
                "optional", ["1", #""x""#], [],
                #"task "optional": argument 2 (b): expected an integer, found "x" (the parameter is Optional<Int>)"#
            ),
        ] as [(TaskName, [String], [(String, String)], String)]
    )
    func misfits(name: TaskName, args: [String], kwargs: [(String, String)], wanted: String) async throws {
        let result = try #require(try await run(name, args, kwargs))
        #expect(result.error?.message == wanted)
        #expect(result.error?.type == "TaskiqError")
        #expect(journal.entries.isEmpty)
        let task = try #require(broker.registeredTask(name))
        let message = TaskiqMessage(
            taskID: "i",
            taskName: name,
            args: try args.map { try JSONFragment(parsing: $0) },
            kwargs: KeywordArguments(try kwargs.map { .init($0.0, try JSONFragment(parsing: $0.1)) })
        )
        let context = Context(
            message: message,
            broker: broker,
            delivery: DeliveryInfo(),
            acknowledgement: Acknowledgement(RecordingReceipt())
        )
        let error = await #expect(throws: TaskiqError.self) { try await task.run(message, context) }
        #expect(error?.code == .invalidArguments)
    }

    @Test("a definition sends its arguments by position, and its labels under those of the call")
    func sending() async throws {
        let transport = RecordingTransport()
        let broker = Broker(transport: transport)
        let task = broker.task("t", labels: [.label("a", 1), .label("b", 1)]) { (a: Int, b: [String]?) in }
        try await task.kiq(5, nil, labels: [.label("b", 2)], taskID: "id")
        let text = String(decoding: try #require(transport.messages.first).message, as: UTF8.self)
        #expect(
            text == #"{"task_id":"id","task_name":"t","labels":{"a":"1","b":"2"},"labels_types":{"a":2,"b":2},"#
                + #""args":[5,null],"kwargs":{}}"#
        )
    }

    @Test("a task is still the function it was made of")
    func calling() async throws {
        let broker = Broker(transport: RecordingTransport())
        let add = broker.task("add") { (a: Int, b: Int) in a + b }
        let fail = broker.task("fail") { () throws in throw VisibleError() }
        #expect(try await add(2, 3) == 5)
        await #expect(throws: VisibleError.self) { try await fail() }
    }
}
