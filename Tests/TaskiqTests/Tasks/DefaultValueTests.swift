// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Taskiq

@Suite("Default values of parameters")
struct DefaultValueTests {
    private struct Convert: TaskiqTask {
        static let defaults: KeywordArguments = ["quality": 80, "tags": ["a"]]
        var path: String
        var quality = 80
        var tags: [String] = ["a"]
        var note: String?

        func run(context: Context) async throws -> String { "\(path) \(quality) \(tags) \(note ?? "-")" }
    }

    private struct Report: TaskiqTask, DefaultInitializable {
        var day = "today"
        var copies = 1
        var every = Duration.seconds(5)

        func run(context: Context) async throws -> String { "\(day) \(copies) \(every)" }
    }

    private struct Mistaken: TaskiqTask {
        static let defaults: KeywordArguments = ["qualty": 80]
        var quality: Int?

        func run(context: Context) async throws {}
    }

    private let broker: Broker

    init() {
        broker = Broker(
            transport: RecordingTransport(),
            resultBackend: RecordingBackend(storesWithAcknowledgement: true)
        )
        broker.register(Convert.self, Report.self, Mistaken.self)
        broker.task("closure", parameters: ["a", .named("b", default: 3), .named("c", default: ["x"])]) {
            (a: Int, b: Int, c: [String]) -> String in "\(a) \(b) \(c)"
        }
        broker.task("maybe", parameters: [.named("a", default: 3), "b"]) { (a: Int?, b: Int?) -> String in
            "\(a ?? -1) \(b ?? -1)"
        }
    }

    private func run(_ name: TaskName, _ args: String = "[]", _ kwargs: String = "{}") async throws -> String {
        let message = TaskiqMessage(
            taskID: "i",
            taskName: name,
            args: try JSONFragment(parsing: args).decode([JSONFragment].self),
            kwargs: try KeywordArguments(try JSONFragment(parsing: kwargs))
        )
        let result = try #require(try await broker.receive(message).settlements.first?.result)
        return try result.error?.message ?? result.returnValue.decode(String.self)
    }

    @Test("a type's parameters that are left out have their default values")
    func types() async throws {
        #expect(try await run("Convert", "[]", #"{"path":"p"}"#) == #"p 80 ["a"] -"#)
        #expect(try await run("Convert", #"["p"]"#) == #"p 80 ["a"] -"#)
        #expect(try await run("Convert", #"["p",5]"#, #"{"note":"n"}"#) == #"p 5 ["a"] n"#)
        #expect(try await run("Convert", #"["p"]"#, #"{"tags":[],"quality":"7"}"#) == "p 7 [] -")
        #expect(try await run("Convert") == #"task "Convert": the argument "path" is missing"#)
        #expect(
            try await run("Convert", #"["p"]"#, #"{"quality":null}"#)
                == #"task "Convert": quality: expected an integer, found null"#
        )
        #expect(
            try await run("Convert", #"["p",1,[],"n",5]"#)
                == #"task "Convert": takes 4 positional arguments, 5 were given"#
        )
        #expect(try await run("Convert", #"["p"]"#, #"{"x":1}"#) == #"task "Convert": has no parameter "x""#)
    }

    @Test("a type whose properties all have default values repeats none of them")
    func initializable() async throws {
        #expect(try await run("Report") == "today 1 5.0 seconds")
        #expect(try await run("Report", #"["Monday"]"#, #"{"every":"PT1M"}"#) == "Monday 1 60.0 seconds")
    }

    @Test("a default value for no parameter is an error that says so")
    func mistaken() async throws {
        #expect(
            try await run("Mistaken")
                == #"task "Mistaken": has a default value for "qualty", which is none of its parameters"#
        )
    }

    @Test("a closure's parameters that are left out have their default values")
    func closures() async throws {
        #expect(try await run("closure", "[1]") == #"1 3 ["x"]"#)
        #expect(try await run("closure", "[]", #"{"a":1,"c":[]}"#) == "1 3 []")
        #expect(try await run("closure", "[1,2,[]]") == "1 2 []")
        #expect(try await run("closure") == #"task "closure": argument 1 (a) is missing: expected Int"#)
        #expect(try await run("maybe") == "3 -1")
        #expect(try await run("maybe", "[null]", #"{"b":4}"#) == "-1 4")
        #expect(
            try await run("closure", "[1,2,[],4]") == #"task "closure": takes 3 positional arguments, 4 were given"#
        )
    }

    @Test("a default value that has no form on the wire keeps the broker from starting")
    func unencodable() async throws {
        broker.task("bad", parameters: [.named("a", default: Data([0xFF]))]) { (a: Data) in }
        let error = await #expect(throws: TaskiqError.self) { try await broker.startup() }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains(#"task "bad": the default value of parameter "a""#) == true)
    }

    private struct Lax: TaskiqTask {
        struct Inner: Codable { var on: Bool, levels: [Int8] }
        var count: Int
        var ratio: Double
        var inner: Inner
        var ids: [UInt16: Bool]
        var when: Date?

        func run(context: Context) async throws -> String {
            "\(count) \(ratio) \(inner.on) \(inner.levels) \(ids) \(when?.timeIntervalSince1970 ?? 0)"
        }
    }

    @Test("properties convert as a closure's parameters do, at any depth")
    func conversion() async throws {
        broker.register(Lax.self)
        #expect(
            try await run(
                "Lax",
                #"["11","1.5"]"#,
                #"{"inner":{"on":"yes","levels":["1",2.0,true]},"ids":{"7":"off"},"when":60}"#
            ) == "11 1.5 true [1, 2, 1] [7: false] 60.0"
        )
        #expect(
            try await run("Lax", "[1,1]", #"{"inner":{"on":"perhaps","levels":[]},"ids":{}}"#)
                == #"task "Lax": inner.on: expected true or false, found "perhaps""#
        )
        #expect(
            try await run("Lax", "[1,1]", #"{"inner":{"on":1,"levels":[1,300]},"ids":{}}"#)
                == #"task "Lax": inner.levels.[1]: expected an integer that fits Int8, found 300"#
        )
    }

    @Test("return values convert too, and a send that cannot be names the argument")
    func results() async throws {
        #expect(try OutputCoder<Int>.codable.decode(JSONFragment(parsing: #""11""#)) == 11)
        let task = broker.task("send") { (a: Int, b: Data) in }
        let error = await #expect(throws: TaskiqError.self) { try await task.kiq(1, Data([0xFF])) }
        #expect(error?.code == .unencodable)
        #expect(error?.message.hasPrefix(#"task "send": cannot encode argument 2, Data, as JSON: "#) == true)
    }
}
