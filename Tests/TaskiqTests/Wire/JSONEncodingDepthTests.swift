// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Testing

@testable import Taskiq

@Suite("Values of many levels")
struct JSONEncodingDepthTests {
    private enum Key: String, CodingKey { case inner, next, name }

    fileprivate final class Calls {
        var count = 0
    }

    /// A list of itself that counts how often it is asked to encode itself.
    fileprivate final class Link: Encodable {
        enum Style: CaseIterable { case nested, unkeyed, superclass, twice }

        let style: Style
        let next: Link?
        let calls: Calls

        init(_ style: Style, next: Link?, calls: Calls) {
            (self.style, self.next, self.calls) = (style, next, calls)
        }

        func encode(to encoder: any Encoder) throws {
            calls.count += 1
            var container = encoder.container(keyedBy: Key.self)
            switch style {
            case .nested:
                var inner = container.nestedContainer(keyedBy: Key.self, forKey: .inner)
                try inner.encode(next, forKey: .next)
            case .unkeyed:
                var inner = container.nestedUnkeyedContainer(forKey: .inner)
                try inner.encode(next)
            case .superclass:
                var inner = container.superEncoder().singleValueContainer()
                try inner.encode(next)
            case .twice:
                try container.encode(1, forKey: .name)
                try container.encode(next, forKey: .next)
                try container.encode(2, forKey: .name)
            }
        }
    }

    @Test(
        "each link of a chain that needs trees is encoded a few times, however long the chain",
        arguments: Link.Style.allCases
    )
    fileprivate func trees(style: Link.Style) throws {
        // Two containers for each link, but for the last two.
        let depth = style == .nested || style == .unkeyed ? 60 : 100
        let calls = Calls()
        var chain: Link?
        for _ in 0..<depth { chain = Link(style, next: chain, calls: calls) }
        let text = try JSONFragment(encoding: chain).text
        #expect(try JSONFragment(parsing: text).text == text)
        #expect(text.split(separator: "null").first?.filter { $0 == "{" || $0 == "[" }.count ?? 0 >= depth)
        // A key that comes twice is seen at the end only, when what is inside was written in order.
        #expect(calls.count <= (style == .twice ? depth * depth : 4 * depth), "\(calls.count)")
    }

    private struct Box: Codable {
        var item: [Box]
    }

    private func nested(_ levels: Int) -> JSONValue {
        (1..<levels).reduce(JSONValue.array([])) { value, _ in .array([value]) }
    }

    private func roundTrip(_ fragment: JSONFragment) throws {
        let kwargs = KeywordArguments([.init("k", fragment)])
        let message = TaskiqMessage(taskID: "i", taskName: "n", args: [fragment], kwargs: kwargs)
        let formatters: [any TaskiqFormatter] = [
            JSONFormatter(), ProxyFormatter(serializer: CBORSerializer()),
            ProxyFormatter(serializer: MSGPackSerializer()),
            ProxyFormatter(serializer: PickleSerializer()),
        ]
        for formatter in formatters { #expect(try formatter.loads(formatter.dumps(message).message) == message) }
    }

    @Test("what is encoded is read from a message, to the last level")
    func deepest() throws {
        try roundTrip(JSONFragment(encoding: nested(JSONOutput.maximumDepth)))
        let boxes = (1..<JSONOutput.maximumDepth / 2).reduce(Box(item: [])) { box, _ in Box(item: [box]) }
        try roundTrip(JSONFragment(encoding: boxes))
    }

    @Test("one level more is refused where it is encoded, not where it is read", arguments: [127, 130, 200, 1000])
    func tooDeep(levels: Int) throws {
        let boxes = (0..<levels / 2 + 1).reduce(Box(item: [])) { box, _ in Box(item: [box]) }
        let calls = Calls()
        let chain = (0..<levels).reduce(nil as Link?) { next, _ in Link(.nested, next: next, calls: calls) }
        var encoder = ArgumentEncoder(task: "deep")
        let errors: [TaskiqError?] = [
            #expect(throws: TaskiqError.self) { try JSONFragment(encoding: nested(levels)) },
            #expect(throws: TaskiqError.self) { try JSONFragment(encoding: boxes) },
            #expect(throws: TaskiqError.self) { try JSONFragment(encoding: chain) },
            #expect(throws: TaskiqError.self) { try JSONFragment(encoding: ["x": nested(levels).fragment]) },
            #expect(throws: TaskiqError.self) { try encoder.append(boxes) },
        ]
        for error in errors {
            #expect(error?.code == .unencodable)
            #expect(error?.message.contains("nested more than 126 levels deep") == true, "\(error?.message ?? "")")
        }
    }

    @Test("a fragment that is too deep, wherever it comes from, is refused by the sender", arguments: 125...130)
    func fragments(levels: Int) throws {
        let fragment = nested(levels).fragment
        let calls = [
            TaskiqMessage(taskID: "1", taskName: "t", args: [fragment]),
            TaskiqMessage(taskID: "1", taskName: "t", kwargs: KeywordArguments([.init("x", fragment)])),
            TaskiqMessage(taskID: "1", taskName: "t", labels: Labels([.init(name: "x", value: .json(fragment))])),
        ]
        for message in calls {
            if levels <= JSONOutput.maximumDepth {
                #expect(try JSONFormatter().loads(JSONFormatter().dumps(message).message) == message)
            } else {
                let error = #expect(throws: TaskiqError.self) { try JSONFormatter().dumps(message) }
                #expect(error?.code == .unencodable)
                #expect(error?.message.contains("nested more than 126 levels deep") == true)
            }
        }
    }

    @Test("brackets in text are no levels")
    func text() throws {
        let text = String(repeating: "[{\\\"", count: 500)
        #expect(try JSONFragment(encoding: JSONValue.string(text)).decode(String.self) == text)
    }
}
