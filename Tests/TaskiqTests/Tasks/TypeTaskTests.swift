// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

struct Resize: TaskiqTask, Equatable {
    struct Size: Codable, Equatable { var width: Int, height: Int }
    static let taskName: TaskName = "images:resize"
    static let labels: Labels = [.queue("images")]

    var path: String
    var size: Size
    var quality: Int?
    var tags: [String: [Int]] = [:]

    func run(context: Context) async throws -> String {
        "\(path) \(size.width)x\(size.height) \(quality ?? -1) \(tags.count) \(context.message.taskID)"
    }
}

struct Ping: TaskiqTask {
    func run(context: Context) async throws {}
}

@Suite("Tasks that are types")
struct TypeTaskTests {
    private let broker: Broker

    init() {
        broker = Broker(
            transport: RecordingTransport(),
            resultBackend: RecordingBackend(storesWithAcknowledgement: true)
        )
        broker.register(Resize.self, Ping.self)
    }

    private func run(_ name: TaskName, args: [String] = [], kwargs: String = "{}") async throws -> StoredResult {
        let message = TaskiqMessage(
            taskID: "i",
            taskName: name,
            args: try args.map { try JSONFragment(parsing: $0) },
            kwargs: try KeywordArguments(try JSONFragment(parsing: kwargs))
        )
        return try #require(try await broker.receive(message).settlements.first?.result)
    }

    @Test(
        "arguments come by name, by position in the order of the properties, or both",
        arguments: [
            ([], #"{"path":"p","size":{"width":1,"height":2},"quality":9,"tags":{"a":[1]}}"#, "p 1x2 9 1 i"),
            ([], #"{"tags":{},"size":{"height":2,"width":1},"path":"p"}"#, "p 1x2 -1 0 i"),
            ([], #"{"path":"p","size":{"width":1,"height":2},"quality":null,"tags":{}}"#, "p 1x2 -1 0 i"),
            ([#""p""#, #"{"width":1,"height":2}"#, "9", "{}"], "{}", "p 1x2 9 0 i"),
            ([#""p""#, #"{"width":1,"height":2}"#, "null"], #"{"tags":{}}"#, "p 1x2 -1 0 i"),
            ([#""p""#], #"{"size":{"width":1,"height":2},"tags":{}}"#, "p 1x2 -1 0 i"),
        ]
    )
    func calls(args: [String], kwargs: String, wanted: String) async throws {
        let result = try await run("images:resize", args: args, kwargs: kwargs)
        #expect(try result.returnValue.decode(String.self) == wanted, "\(result)")
    }

    @Test(
        "a call that does not fit is refused with the property, what it takes and what came",
        arguments: [
            ([], "{}", #"task "images:resize": the argument "path" is missing"#),
            ([], #"{"path":5}"#, #"task "images:resize": path: expected a string, found 5"#),
            (
                [], #"{"path":"p","size":{"width":"w","height":2}}"#,
                #"task "images:resize": size.width: expected an integer, found "w""#
            ),
            ([], #"{"path":"p","size":{"width":1}}"#, #"task "images:resize": size: the key "height" is missing"#),
            (
                [], #"{"path":"p","size":{"width":1,"height":2},"tags":{},"colour":1}"#,
                #"task "images:resize": has no parameter "colour""#
            ),
            (
                [#""p""#], #"{"path":"q","size":{"width":1,"height":2},"tags":{}}"#,
                #"task "images:resize": "path" was given twice, by position and by name"#
            ),
            (
                [#""p""#, #"{"width":1,"height":2}"#, "1"], #"{"quality":2,"tags":{}}"#,
                #"task "images:resize": "quality" was given twice, by position and by name"#
            ),
            (
                [#""p""#, #"{"width":1,"height":2}"#, "1", "{}", "5"], "{}",
                #"task "images:resize": takes 4 positional arguments, 5 were given"#
            ),
        ]
    )
    func misfits(args: [String], kwargs: String, wanted: String) async throws {
        #expect(try await run("images:resize", args: args, kwargs: kwargs).error?.message == wanted)
    }

    @Test("a task without properties takes nothing")
    func empty() async throws {
        #expect(Ping.taskName == "Ping")
        #expect(try await run("Ping").returnValue.isNull)
        #expect(
            try await run("Ping", args: ["1"]).error?.message
                == #"task "Ping": takes 0 positional arguments, 1 was given"#
        )
        #expect(try await run("Ping", kwargs: #"{"a":1}"#).error?.message == #"task "Ping": has no parameter "a""#)
    }

    @Test("a task is sent by name, with its labels, absent values left out")
    func sending() async throws {
        let transport = RecordingTransport()
        let broker = Broker(transport: transport)
        try await Resize(path: "p", size: .init(width: 1, height: 2)).kiq(on: broker, taskID: "i")
        let bytes = try #require(transport.messages.first)
        #expect(bytes.queue == "images")
        #expect(
            String(decoding: bytes.message, as: UTF8.self)
                == #"{"task_id":"i","task_name":"images:resize","labels":{"queue_name":"images"},"#
                + #""labels_types":{"queue_name":3},"args":[],"#
                + #""kwargs":{"path":"p","size":{"width":1,"height":2},"tags":{}}}"#
        )
    }

    @Test("two tasks of one name: the broker refuses to start and says which")
    func duplicates() async throws {
        broker.task("Ping") { () -> Int in 1 }
        let error = await #expect(throws: TaskiqError.self) { try await broker.startup() }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains(#""Ping""#) == true)
        #expect(try await run("Ping").returnValue.isNull)
    }

    @Test("a task registered while the broker runs is found")
    func atRunTime() async throws {
        try await broker.startup(role: .worker)
        #expect(try await run("late").error?.type == "UnknownTaskError")
        broker.task("late") { () -> Int in 7 }
        #expect(try await run("late").returnValue.text == "7")
        #expect(broker.catalogue(application: "a").tasks.map(\.name) == ["Ping", "images:resize", "late"])
        await broker.shutdown()
    }
}
