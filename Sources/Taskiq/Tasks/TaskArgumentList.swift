// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The arguments of a call one by one, for a task that does not take them in the order in which they stand.
final class TaskArgumentList {
    let args: [JSONFragment]
    let keywords: [KeywordArguments.Argument]
    private let defaults: KeywordArguments
    /// The parameters in the order in which they were asked for; kept only where it matters.
    private var asked: [String] = []
    private let keepsNames: Bool
    /// Which of the first keywords were asked for, a bit each.
    private var used: UInt64
    /// The place of the keyword that is asked for next, most likely.
    private var expected: Int

    init(_ message: borrowing TaskiqMessage, _ defaults: KeywordArguments) {
        args = message.args
        keywords = message.kwargs.arguments
        self.defaults = defaults
        keepsNames = !args.isEmpty || !defaults.isEmpty || keywords.count > Self.mostInOrder
        used = 0
        expected = 0
    }

    /// So many keywords are told apart by a bit each.
    static let mostInOrder = 64

    /// Goes on where keywords, at most `mostInOrder`, were taken in order.
    init(keywords: [KeywordArguments.Argument], taken: Int) {
        args = []
        self.keywords = keywords
        defaults = .none
        keepsNames = false
        used = (1 << UInt64(taken)) - 1
        expected = taken
    }

    /// What was given for a parameter, by position or by name, or its default value; nil if none of them is there.
    ///
    /// - Throws: the reason why the call is refused.
    func value(of name: String) throws(Refusal) -> JSONFragment? {
        let place = place(of: name)
        if let place, place < 64 { used |= 1 << UInt64(place) }
        guard keepsNames else { return place.map { keywords[$0].value } }
        let index: Int
        if let known = asked.firstIndex(of: name) {
            index = known
        } else {
            index = asked.count
            asked.append(name)
        }
        guard index < args.count else { return place.map { keywords[$0].value } ?? defaults[name] }
        guard place == nil else { throw Refusal(reason: "\"\(name)\" was given twice, by position and by name") }
        return args[index]
    }

    /// Mostly the keywords are in the order of the properties.
    @inline(__always)
    private func place(of name: String) -> Int? {
        if expected < keywords.count, keywords[expected].name == name {
            expected += 1
            return expected - 1
        }
        guard let place = keywords.firstIndex(where: { $0.name == name }) else { return nil }
        expected = place + 1
        return place
    }

    /// Refuses arguments and default values that nobody asked for.
    func finish() throws(Refusal) {
        guard keepsNames else {
            if used.nonzeroBitCount < keywords.count { throw unknown(keywords[(~used).trailingZeroBitCount]) }
            return
        }
        guard args.count <= asked.count else {
            throw Refusal(reason: excessArguments(given: args.count, taken: asked.count))
        }
        if let stranger = defaults.arguments.first(where: { !asked.contains($0.name) }) {
            throw Refusal(
                reason: "has a default value for \"\(stranger.name)\", which is none of its parameters"
            )
        }
        if let stranger = keywords.first(where: { !asked.contains($0.name) }) { throw unknown(stranger) }
    }

    private func unknown(_ argument: KeywordArguments.Argument) -> Refusal {
        Refusal(reason: "has no parameter \"\(argument.name)\"")
    }

    /// Why a call is refused; whoever knows the task's name says so.
    struct Refusal: Error {
        let reason: String
    }
}
