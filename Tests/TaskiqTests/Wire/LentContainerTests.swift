// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Taskiq

private enum Keys: String, CodingKey {
    case first, second, nested, list
}

/// Keeps all that a decoder gives away.
private struct Collector: TaskContract, @unchecked Sendable {
    private let nested: KeyedDecodingContainer<Keys>
    private let list: any UnkeyedDecodingContainer
    private let whole: any SingleValueDecodingContainer
    // Every other one has none, so that nothing but the container tells that it is kept.
    private let parent: (any Decoder)?
    private let later: () throws -> Int

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        nested = try container.nestedContainer(keyedBy: Keys.self, forKey: .nested)
        list = try container.nestedUnkeyedContainer(forKey: .list)
        whole = try decoder.singleValueContainer()
        later = { try container.decode(Int.self, forKey: .first) }
        parent = try later().isMultiple(of: 2) ? container.superDecoder() : nil
    }

    func encode(to encoder: any Encoder) throws {}

    /// One number, read in each of the ways.
    var numbers: Set<Int> {
        get throws {
            var list = list
            return try [
                nested.decode(Int.self, forKey: .first), list.decode(Int.self), later(),
                parent?.container(keyedBy: Keys.self).decode(Int.self, forKey: .first) ?? later(),
                whole.decode([String: JSONFragment].self)["first"]?.decode(Int.self) ?? 0,
            ]
        }
    }

    static func message(_ number: Int) throws -> TaskiqMessage {
        try LentContainerTests.message(
            #"{"first":\#(number),"nested":{"first":\#(number)},"list":[\#(number)]}"#
        )
    }
}

/// Fails with an error that holds the container.
private struct Failing: TaskContract {
    struct Failure: Error, @unchecked Sendable { let container: KeyedDecodingContainer<Keys> }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        _ = try container.decode(Int.self, forKey: .first)
        throw Failure(container: container)
    }

    func encode(to encoder: any Encoder) throws {}
}

/// A key that has messages encoded and decoded when it is asked for its name.
private struct BusyKey: CodingKey {
    let name: String
    var intValue: Int? { nil }
    var stringValue: String {
        if let message = try? TaskiqMessage(Pair<Int>(7), taskID: "i") { _ = try? message.task(Pair<Int>.self) }
        return name
    }

    init(_ name: String) { self.name = name }
    init?(stringValue: String) { name = stringValue }
    init?(intValue: Int) { nil }
}

private struct Busy: TaskContract, Equatable {
    var first: Int
    var second: String

    init(_ first: Int, _ second: String) { (self.first, self.second) = (first, second) }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: BusyKey.self)
        first = try container.decode(Int.self, forKey: BusyKey("first"))
        second = try container.decode(String.self, forKey: BusyKey("second"))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: BusyKey.self)
        try container.encode(first, forKey: BusyKey("first"))
        try container.encode(second, forKey: BusyKey("second"))
    }
}

/// A task whose type of keys is another for each parameter.
private struct Pair<Parameter>: TaskContract, Equatable {
    private enum CodingKeys: String, CodingKey { case number, text }

    static var taskName: TaskName { "pair" }
    var number: Int
    var text: String

    init(_ number: Int) { (self.number, text) = (number, "text \(number)") }
}

/// What a thread lends must be right whoever has it, however long, and on whichever thread.
@Suite("Containers that are lent")
struct LentContainerTests {
    fileprivate static func message(_ kwargs: String) throws -> TaskiqMessage {
        let text = #"{"task_id":"i","task_name":"t","labels":{},"labels_types":{},"args":[],"kwargs":\#(kwargs)}"#
        return try JSONFormatter().loads(Array(text.utf8))
    }

    @Test("what a decoder gave away reads its own message")
    func collections() throws {
        let kept = try (1...20).map { try Collector.message($0).task(Collector.self) }
        for (index, collector) in kept.enumerated() { #expect(try collector.numbers == [index + 1]) }
    }

    @Test("an error that holds a container keeps what it reads")
    func failures() throws {
        var failures: [Failing.Failure] = []
        for number in 1...20 {
            let message = try Self.message(#"{"first":\#(number),"second":"\#(number)"}"#)
            let failure = #expect(throws: Failing.Failure.self) { try message.task(Failing.self) }
            if let failure { failures.append(failure) }
        }
        for (index, failure) in failures.enumerated() {
            #expect(try failure.container.decode(String.self, forKey: .second) == "\(index + 1)")
        }
    }

    @Test("keys that have messages encoded and decoded in between")
    func busyKeys() throws {
        for _ in 0..<3 {
            let message = try TaskiqMessage(Busy(1, "one"), taskID: "i")
            #expect(message.kwargs == ["first": 1, "second": "one"])
            #expect(try message.task(Busy.self) == Busy(1, "one"))
        }
    }

    @Test("more types of keys than a thread has places for")
    func manyKeyTypes() throws {
        func travel<Parameter>(_ type: Parameter.Type, _ left: Int) throws {
            let pair = Pair<Parameter>(left)
            #expect(try TaskiqMessage(pair, taskID: "i").task(Pair<Parameter>.self) == pair)
            if left > 0 { try travel([Parameter].self, left - 1) }
        }
        for _ in 0..<2 { try travel(Int.self, 300) }
    }

    @Test("a thread that ends leaves its containers to whoever has them")
    func endedThreads() async throws {
        for number in 1...20 {
            let kept: Result<Collector, any Error> = await withCheckedContinuation { continuation in
                // The thread may still run when this one reads; its containers end with it or later.
                Thread.detachNewThread {
                    continuation.resume(returning: Result { try Collector.message(number).task(Collector.self) })
                }
            }
            #expect(try kept.get().numbers == [number])
        }
    }
}

/// Keys of a class may be asked for by the type of a subclass.
private class BaseKey: CodingKey, @unchecked Sendable {
    let stringValue: String
    var intValue: Int? { nil }
    required init?(stringValue: String) { self.stringValue = stringValue }
    required init?(intValue: Int) { nil }
}

private final class DerivedKey: BaseKey, @unchecked Sendable {}

private struct ByBaseKey: TaskContract {
    init(from decoder: any Decoder) throws {
        let type: BaseKey.Type = DerivedKey.self
        #expect(try decoder.container(keyedBy: type).allKeys.count == 1)
        _ = try decoder.container(keyedBy: type).decodeIfPresent(Int.self, forKey: #require(BaseKey(stringValue: "n")))
    }
    func encode(to encoder: any Encoder) throws {}
}

private struct ByDerivedKey: TaskContract {
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: DerivedKey.self)
        #expect(container.allKeys.count == 1)
        _ = try container.decodeIfPresent(Int.self, forKey: #require(DerivedKey(stringValue: "n")))
    }
    func encode(to encoder: any Encoder) throws {}
}

private final class Keeping: TaskContract, @unchecked Sendable {
    let container: KeyedDecodingContainer<Keys>
    weak var decoder: AnyObject?
    init(from decoder: any Decoder) throws {
        self.decoder = decoder as AnyObject
        container = try decoder.container(keyedBy: Keys.self)
        _ = try container.decode(Int.self, forKey: .first)
    }
    func encode(to encoder: any Encoder) throws {}
}

extension LentContainerTests {
    @Test("keys of a class and of its subclass")
    func classKeys() throws {
        _ = try Self.message(#"{"n":1}"#).task(ByBaseKey.self)
        _ = try Self.message(#"{"n":1}"#).task(ByDerivedKey.self)
    }

    @Test("what a container read from ends with it, whether or not another is kept")
    func endWithoutAnother() throws {
        struct Weak { weak var decoder: AnyObject? }
        var kept = try (1...100).map { try Self.message(#"{"first":\#($0)}"#).task(Keeping.self) }
        let decoders = kept.map { Weak(decoder: $0.decoder) }
        kept = []
        for number in 1...1000 { _ = try Self.message(#"{"number":\#(number),"text":""}"#).task(Pair<Int>.self) }
        #expect(decoders.count { $0.decoder != nil } == 0)
    }

    @Test("an error names its task as the message spells it")
    func spelling() throws {
        for name in ["caf\u{E9}", "cafe\u{301}"] {
            let text = #"{"task_id":"i","task_name":"\#(name)","labels":{},"labels_types":{},"args":[],"kwargs":{}}"#
            let message = try JSONFormatter().loads(Array(text.utf8))
            let error = #expect(throws: TaskiqError.self) { try message.task(Pair<Int>.self) }
            #expect(error.map { Array($0.message.utf8).contains(0xCC) } == name.utf8.contains(0xCC))
        }
    }
}
