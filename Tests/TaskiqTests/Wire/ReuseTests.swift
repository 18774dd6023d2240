// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

private enum Keys: String, CodingKey {
    case first, second, third
}

/// Keeps the container that its arguments are in, and reads the last of them when it is asked.
private struct Late: TaskContract, @unchecked Sendable {
    var first: Int
    private let container: KeyedDecodingContainer<Keys>
    private let decoder: any Decoder

    init(from decoder: any Decoder) throws {
        self.decoder = decoder
        container = try decoder.container(keyedBy: Keys.self)
        first = try container.decode(Int.self, forKey: .first)
        _ = try container.decodeIfPresent(String.self, forKey: .second)
    }

    func encode(to encoder: any Encoder) throws {}

    var second: String { get throws { try container.decode(String.self, forKey: .second) } }
    var keys: Int { get throws { try decoder.container(keyedBy: Keys.self).allKeys.count } }
}

/// Keeps nothing but the container that its arguments are in, and can tell whether the decoder is there still.
private final class Container: TaskContract, @unchecked Sendable {
    private let container: KeyedDecodingContainer<Keys>
    private(set) weak var decoder: AnyObject?

    init(from decoder: any Decoder) throws {
        self.decoder = decoder as AnyObject
        container = try decoder.container(keyedBy: Keys.self)
        // A task must ask for all of its arguments.
        _ = try values
    }

    func encode(to encoder: any Encoder) throws {}

    var values: [String] {
        get throws {
            try ["\(container.decode(Int.self, forKey: .first))", container.decode(String.self, forKey: .second)]
        }
    }
}

/// Has its arguments read through three containers, two of them with the same keys.
private struct Divided: TaskContract, Equatable {
    private enum OtherKeys: String, CodingKey { case third }

    var first: Int
    var second: String
    var third: Bool

    init(_ first: Int, _ second: String, _ third: Bool) {
        (self.first, self.second, self.third) = (first, second, third)
    }

    init(from decoder: any Decoder) throws {
        let one = try decoder.container(keyedBy: Keys.self)
        let other = try decoder.container(keyedBy: OtherKeys.self)
        let same = try decoder.container(keyedBy: Keys.self)
        first = try one.decode(Int.self, forKey: .first)
        second = try same.decode(String.self, forKey: .second)
        third = try other.decode(Bool.self, forKey: .third)
    }

    func encode(to encoder: any Encoder) throws {
        var one = encoder.container(keyedBy: Keys.self)
        var other = encoder.container(keyedBy: OtherKeys.self)
        var same = encoder.container(keyedBy: Keys.self)
        try one.encode(first, forKey: .first)
        try same.encode(second, forKey: .second)
        try other.encode(third, forKey: .third)
    }
}

/// Reads another message while it is read.
private struct Outer: TaskContract {
    var first: Int
    var inner: Int
    var second: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        first = try container.decode(Int.self, forKey: .first)
        inner = try message(#"{"first":7,"second":"inner"}"#).task(Late.self).first
        second = try container.decode(String.self, forKey: .second)
    }
}

/// Hands out the container that it is written to.
private struct Careless: Encodable {
    final class Keeper { var container: KeyedEncodingContainer<Keys>? }
    let keeper: Keeper

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(1, forKey: .first)
        keeper.container = container
    }
}

/// Writes to the container of another value, and encodes one more, between its own members.
private struct Disturbed: Encodable {
    let keeper: Careless.Keeper

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode("a", forKey: .first)
        try keeper.container?.encode("stray", forKey: .second)
        try container.encode(JSONFragment(encoding: Careless(keeper: .init())).text, forKey: .second)
        try keeper.container?.encode("stray", forKey: .third)
        try container.encode("c", forKey: .third)
    }
}

private func message(_ kwargs: String) throws -> TaskiqMessage {
    let text = #"{"task_id":"i","task_name":"t","labels":{},"labels_types":{},"args":[],"kwargs":"# + kwargs + "}"
    return try JSONFormatter().loads(Array(text.utf8))
}

/// Encoders and decoders are used again; whoever keeps one of them must not meet the next user.
@Suite("Encoders and decoders that are used again")
struct ReuseTests {
    @Test("a decoder that was kept reads its own message")
    func keptDecoder() throws {
        let first = try message(#"{"first":1,"second":"one"}"#).task(Late.self)
        let second = try message(#"{"first":2,"second":"two"}"#).task(Late.self)
        #expect(try first.second == "one" && second.second == "two")
        #expect(try first.keys == 2 && second.keys == 2)
    }

    @Test("a container that was kept reads its own message, at whichever use it was lent")
    func keptContainer() throws {
        var kept: [Container] = []
        for number in 1...20 {
            // In between come uses after which nothing is kept.
            _ = try message(#"{"first":0,"second":"between"}"#).task(Container.self)
            kept.append(
                try message(#"{"first":\#(number),"second":"text \#(number) of some length"}"#).task(Container.self)
            )
        }
        for (index, container) in kept.enumerated() {
            #expect(try container.values == ["\(index + 1)", "text \(index + 1) of some length"])
        }
    }

    @Test("containers that were kept are read on other threads while messages are")
    func keptContainerElsewhere() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...200 {
                let kept = try message(#"{"first":\#(number),"second":"text \#(number)"}"#).task(Container.self)
                group.addTask {
                    _ = try message(#"{"first":0,"second":"between"}"#).task(Container.self)
                    #expect(try kept.values == ["\(number)", "text \(number)"])
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("what a container read from ends with it")
    func endOfKeptContainer() throws {
        weak var decoder: AnyObject?
        func keepAndLetGo() throws {
            let kept = try message(#"{"first":1,"second":"one"}"#).task(Container.self)
            decoder = kept.decoder
            #expect(decoder != nil)
        }
        try keepAndLetGo()
        // It is looked for after some more uses.
        for _ in 1...1000 { _ = try message(#"{"first":1,"second":"two","third":true}"#).task(Divided.self) }
        #expect(decoder == nil)
        let next = try message(#"{"first":2,"second":"two"}"#).task(Container.self)
        #expect(try next.values == ["2", "two"])
    }

    @Test("several containers of one message")
    func severalContainers() throws {
        for _ in 0..<3 {
            let divided = try message(#"{"first":1,"second":"two","third":true}"#).task(Divided.self)
            #expect(divided == Divided(1, "two", true))
            let kwargs = try TaskiqMessage(divided, taskID: "i").kwargs
            #expect(kwargs == ["first": 1, "second": "two", "third": true])
        }
    }

    @Test("a message is read while another is")
    func nestedDecoding() throws {
        let outer = try message(#"{"first":1,"second":"outer"}"#).task(Outer.self)
        #expect(outer.first == 1 && outer.inner == 7 && outer.second == "outer")
    }

    @Test("what failed leaves nothing behind")
    func afterFailure() throws {
        #expect(throws: TaskiqError.self) { try message(#"{"second":"one"}"#).task(Late.self) }
        #expect(throws: TaskiqError.self) { try JSONFragment(encoding: [Unwritable()]) }
        #expect(try message(#"{"first":2}"#).task(Late.self).first == 2)
        #expect(try JSONFragment(encoding: ["a": 1]).text == #"{"a":1}"#)
    }

    @Test("an encoder that was kept does not write into the next value")
    func keptEncoder() throws {
        let keeper = Careless.Keeper()
        #expect(try JSONFragment(encoding: Careless(keeper: keeper)).text == #"{"first":1}"#)
        let text = try JSONFragment(encoding: Disturbed(keeper: keeper)).text
        #expect(text == #"{"first":"a","second":"{\"first\":1}","third":"c"}"#)
    }

    @Test("values of any length, one after the other")
    func lengths() throws {
        for length in [0, 10, 300, 5_000, 100_000, 10, 0] {
            let text = String(repeating: "x", count: length)
            #expect(try JSONFragment(encoding: ["t": text]).decode([String: String].self) == ["t": text])
        }
    }
}

/// Cannot be encoded.
private struct Unwritable: Encodable {
    func encode(to encoder: any Encoder) throws {
        throw EncodingError.invalidValue(self, .init(codingPath: encoder.codingPath, debugDescription: "never"))
    }
}
