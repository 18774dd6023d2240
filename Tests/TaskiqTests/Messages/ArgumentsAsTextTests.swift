// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

private struct Mail: TaskContract, Equatable {
    static let taskName: TaskName = "mail"
    var a: Int
    var b: String
    var c: Bool?
}

/// A message that came in keeps its arguments as text, one that was made of a list has them one by one, and both read
/// alike.
@Suite("Arguments that stay text")
struct ArgumentsAsTextTests {
    private static func message(args: String = "[]", kwargs: String = "{}") throws -> TaskiqMessage {
        let text =
            #"{"task_id":"i","task_name":"mail","labels":{},"labels_types":{},"args":\#(args),"kwargs":\#(kwargs)}"#
        return try JSONFormatter().loads(Array(text.utf8))
    }

    /// The same message with its arguments one by one.
    private static func cutUp(_ message: TaskiqMessage) -> TaskiqMessage {
        TaskiqMessage(
            taskID: message.taskID,
            taskName: message.taskName,
            labels: message.labels,
            args: message.args,
            kwargs: KeywordArguments(message.kwargs.arguments)
        )
    }

    private static func outcome<Value>(_ read: () throws -> Value) -> String {
        do { return "\(try read())" } catch { return "\(error)" }
    }

    @Test(
        "keywords",
        arguments: [
            (#"{"a":1,"b":"x"}"#, true), (#"{"a":1,"b":"x","c":true}"#, true), (#"{"b":"x","a":1}"#, true),
            (#"{"a":1,"b":"x","c":null}"#, true), (#" { "a" : 1 , "b" : "x\n" } "#, true),
            (#"{"a":1,"a":2,"b":"x"}"#, true), (#"{"a":1,"b":"x","a":2}"#, true),
            (#"{"a":1,"\u0061":2,"b":"x"}"#, true),
            (#"{"\u0061":2,"b":"x"}"#, true), (#"{"a":"1","b":"x"}"#, true),
            (#"{"a":1}"#, false), (#"{"a":1,"b":"x","d":1}"#, false), (#"{"d":1,"a":1,"b":"x"}"#, false),
            (#"{"a":1,"b":2}"#, false), ("{}", false), (#"{"A":1,"b":"x"}"#, false),
        ]
    )
    func keywords(_ kwargs: String, isGood: Bool) throws {
        let message = try Self.message(kwargs: kwargs)
        let list = Self.cutUp(message)
        #expect(Self.outcome { try message.task(Mail.self) } == Self.outcome { try list.task(Mail.self) })
        #expect(((try? message.task(Mail.self)) != nil) == isGood)
        #expect(message == list)
        #expect(message.hashValue == list.hashValue)
    }

    @Test(
        "of two keywords with one name the later counts",
        arguments: [#"{"a":1,"b":"x","a":2}"#, #"{"a":1,"\u0061":2,"b":"x"}"#]
    )
    func twice(kwargs: String) throws {
        let message = try Self.message(kwargs: kwargs)
        #expect(try message.task(Mail.self) == Mail(a: 2, b: "x", c: nil))
        #expect(message.kwargs.arguments.map(\.name) == ["a", "b"])
        #expect(message.kwargs.text == nil)
    }

    @Test("names of which two look alike are still told apart")
    func lookalikes() throws {
        // First, middle and last character and the length are the same.
        let message = try Self.message(kwargs: #"{"axbxc":1,"aybyc":2,"azbzc":3}"#)
        #expect(message.kwargs.text != nil)
        #expect(try message.kwargs["aybyc"]?.decode(Int.self) == 2)
        let twice = try Self.message(kwargs: #"{"axbxc":1,"aybyc":2,"axbxc":3}"#)
        #expect(try twice.kwargs["axbxc"]?.decode(Int.self) == 3)
        #expect(twice.kwargs.arguments.count == 2)
    }

    @Test(
        "positions",
        arguments: [
            #"[1,"x",true]"#, #" [ 1 , "x\u00e9" , false ] "#, #"["1",2,"no"]"#, #"[1,"x"]"#, #"[1,"x",true,4]"#, "[]",
            "[ ]", #"[1.0,"x",1]"#, #"[123456789012345678901234,"x",true]"#, #"[[1],"x",true]"#, "[null,null,null]",
            #"[-5,"",true]"#, #"[true,"x",true]"#,
        ]
    )
    func positions(_ args: String) throws {
        let message = try Self.message(args: args)
        let list = Self.cutUp(message)
        #expect(
            Self.outcome { try message.arguments(Int.self, String.self, Bool.self) }
                == Self.outcome { try list.arguments(Int.self, String.self, Bool.self) }
        )
        #expect(
            Self.outcome { try message.arguments(Int?.self, String?.self, Bool?.self) }
                == Self.outcome { try list.arguments(Int?.self, String?.self, Bool?.self) }
        )
        #expect(message == list)
    }

    @Test("many or long arguments are cut up at once")
    func large() throws {
        let many = (0...KeywordArguments.mostInText).map { #""k\#($0)":\#($0)"# }.joined(separator: ",")
        #expect(try Self.message(kwargs: "{\(many)}").kwargs.text == nil)
        #expect(try Self.message(kwargs: "{\(many)}").kwargs.arguments.count == KeywordArguments.mostInText + 1)
        let long = String(repeating: "x", count: PositionalArguments.longestText)
        let message = try Self.message(args: #"["\#(long)",1]"#, kwargs: #"{"a":"\#(long)"}"#)
        #expect(!message.positional.isText && message.args.count == 2)
        #expect(message.kwargs.text == nil && message.kwargs.count == 1)
    }

    @Test("what was read is written with the same meaning")
    func again() throws {
        let message = try Self.message(args: "[ 1, [2 ] ]", kwargs: #"{"a": 1, "b": {"c": 1.50}}"#)
        let again = try JSONFormatter().loads(try JSONFormatter().dumps(message).message)
        #expect(again == message)
    }

    @Test("an argument that is changed travels as it was changed")
    func changed() throws {
        var message = try Self.message(args: "[1,2]", kwargs: #"{"a":1,"b":2}"#)
        message.args[1] = JSONFragment(string: "x")
        message.kwargs["b"] = nil
        let again = try JSONFormatter().loads(try JSONFormatter().dumps(message).message)
        #expect(again.args.map(\.text) == ["1", #""x""#])
        #expect(again.kwargs.arguments.map(\.name) == ["a"])
    }

    @Test(
        "labels and their types in any order",
        arguments: [
            (#"{"a":"1","b":"x"}"#, #"{"a":2,"b":3}"#), (#"{"a":"1","b":"x"}"#, #"{"b":3,"a":2}"#),
            (#"{"a":"1","b":"x"}"#, #"{"a":"2","b":3,"c":1}"#),
            (#"{"a":"0","b":"x","a":"1"}"#, #"{"a":2,"b":3,"a":2}"#),
            (#"{"a":"1","b":"x"}"#, #"{"a":3,"b":3,"a":2}"#),
        ]
    )
    func labels(values: String, types: String) throws {
        let text =
            #"{"labels_types":\#(types),"labels":\#(values),"task_id":"i","task_name":"t","args":[],"kwargs":{}}"#
        let labels = try JSONFormatter().loads(Array(text.utf8)).labels
        #expect(labels == [.label("a", 1), .label("b", "x")])
    }
}
