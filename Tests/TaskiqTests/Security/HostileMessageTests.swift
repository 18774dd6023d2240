// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import Testing

/// What authors of payloads may try: the envelope is read strictly, and nothing in it becomes more than data.
@Suite struct HostileMessageTests {
    private func message(args: String = "[]", kwargs: String = "{}", labels: String = "{}") -> [UInt8] {
        Array(#"{"task_id":"i","task_name":"t","labels":\#(labels),"args":\#(args),"kwargs":\#(kwargs)}"#.utf8)
    }

    @Test(
        "S9: the type of an error is a name, whatever it names",
        arguments: ["os.system", "__import__", "Process", "\u{202E}exe"]
    )
    func errorTypes(name: String) throws {
        let json =
            #"{"is_err":true,"log":null,"return_value":null,"execution_time":0.1,"labels":{},"error":{"exc_type":\#(JSONFragment(string: name).text),"exc_message":["rm -rf /"],"exc_module":"os","exc_cause":null,"exc_context":null,"exc_suppress_context":false}}"#
        let result = try StoredResult(json: Array(json.utf8))
        #expect(result.error?.type == name)
        #expect(result.error?.module == "os")
        #expect(try StoredResult(json: result.json()).error?.type == name)
    }

    @Test("S9: arguments of another type than the task's are refused, not converted by force")
    func typeConfusion() async throws {
        let broker = Broker.inMemory()
        broker.task("t") { (a: Int) in a }
        try await broker.startup()
        for value in [JSONValue.string("1; rm"), .object([]), .array([.int(1)]), .null, .double(1.5)] {
            let result = try await broker.kiq(named: "t", args: [value]).waitForResult(timeout: .seconds(30))
            #expect(result.isError, "\(value)")
        }
        await broker.shutdown()
    }

    @Test("S10: an envelope nested without end is refused", arguments: ["[", #"{"a":"#])
    func depth(opening: String) {
        let bomb = String(repeating: opening, count: 200_000)
        for bytes in [message(args: bomb), message(kwargs: bomb), message(labels: bomb), Array(bomb.utf8)] {
            let error = #expect(throws: TaskiqError.self) { try JSONFormatter().loads(bytes) }
            #expect(error?.code == .malformed)
        }
    }

    @Test("S10: NaN and numbers of any size stay the bytes they were")
    func numbers() throws {
        let huge = String(repeating: "9", count: 10_000)
        for number in ["NaN", "Infinity", "-Infinity", huge, "-\(huge)", "1e\(huge)", "0.\(huge)"] {
            let read = try JSONFormatter().loads(message(args: "[\(number)]", kwargs: #"{"k":\#(number)}"#))
            #expect(read.args.first?.text == number)
            #expect(read.kwargs["k"]?.text == number)
        }
    }

    /// Python's json takes the last one; a hub, a worker and a middleware that disagreed could be played off.
    @Test("S10: of a key that stands twice, the last one counts, for everybody")
    func duplicates() throws {
        let text =
            #"{"task_id":"i","task_name":"harmless","labels":{"a":1,"a":2},"args":[],"kwargs":{"k":1,"k":2},"task_name":"last"}"#
        let read = try JSONFormatter().loads(Array(text.utf8))
        #expect(read.taskName == "last")
        #expect(try read.labels["a"] == .json(JSONFragment(parsing: "2")))
        #expect(read.kwargs["k"]?.text == "2")
        #expect(try JSONFormatter().loads(try JSONFormatter().dumps(read).message) == read)
    }

    /// 165 KB of names of few shapes took a minute when each was compared with those before it.
    @Test("S10: very many names cost no more than their number", .timeLimit(.minutes(1)), arguments: [16, 17, 40_000])
    func manyNames(count: Int) async throws {
        let object = "{" + (0..<count).map { #""k\#($0)":\#($0)"# }.joined(separator: ",") + "}"
        let texts = "{" + (0..<count).map { #""k\#($0)":"\#($0)""# }.joined(separator: ",") + "}"
        let types = "{" + (0..<count).reversed().map { #""k\#($0)":2"# }.joined(separator: ",") + "}"
        let usual = #"{"task_id":"i","task_name":"t","labels":\#(texts),"labels_types":\#(types),"args":[],"#
        let first = #"{"kwargs":\#(object),"task_id":"i","task_name":"t","labels":{},"args":[]}"#
        for text in [usual + #""kwargs":\#(object)}"#, first] {
            let read = try JSONFormatter().loads(Array(text.utf8))
            #expect(read.kwargs.arguments.map(\.name) == (0..<count).map { "k\($0)" })
            #expect(read.kwargs["k\(count - 1)"]?.text == "\(count - 1)")
            #expect(read.labels.merging(read.labels) == read.labels)
            #expect(try JSONFormatter().loads(try JSONFormatter().dumps(read).message) == read)
        }
        #expect(try JSONFormatter().loads(Array((usual + #""kwargs":{}}"#).utf8)).labels.entries.count == count)
        // One that stands twice is one, wherever it stands.
        let twice = object.dropLast() + #","k0":"again"}"#
        let read = try JSONFormatter().loads(message(kwargs: String(twice)))
        #expect(read.kwargs.arguments.count == count)
        #expect(read.kwargs["k0"]?.text == #""again""#)
    }

    @Test("names that only look the same are two, as in Python")
    func lookalikes() throws {
        let (one, two) = ("\u{E9}", "e\u{301}")
        for filler in ["", (0..<20).map { #""k\#($0)":"","# }.joined()] {
            let names = #"{\#(filler)"\#(one)":"1","\#(two)":"2"}"#
            let types = names.replacing(#""""#, with: "3").replacing(#""1""#, with: "3").replacing(#""2""#, with: "3")
            let text =
                #"{"task_id":"i","task_name":"t","labels":\#(names),"labels_types":\#(types),"args":[],"kwargs":\#(names)}"#
            for text in [text, " " + text] {
                let read = try JSONFormatter().loads(Array(text.utf8))
                #expect(read.labels[one] == .string("1") && read.labels[two] == .string("2"))
                #expect(read.kwargs[one]?.text == #""1""# && read.kwargs[two]?.text == #""2""#)
                let again = try JSONFormatter().loads(try JSONFormatter().dumps(read).message)
                #expect(again.labels.entries.count == read.labels.entries.count)
                #expect(again.kwargs.arguments.count == read.kwargs.arguments.count)
            }
        }
        var labels = Labels([Labels.Entry(name: one, value: 1)])
        labels[two] = 2
        #expect(labels.merging(Labels([Labels.Entry(name: two, value: 3)]))[one] == .int(1))
    }
}
