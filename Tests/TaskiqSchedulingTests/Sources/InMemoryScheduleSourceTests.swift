// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import Testing

@testable import TaskiqScheduling

@Suite("In-memory source", .timeLimit(.minutes(5)))
struct InMemoryScheduleSourceTests {
    @Test("adds, replaces and deletes, and says so to everybody")
    func changes() async throws {
        let source = InMemoryScheduleSource([task("a", .every(.seconds(60)))])
        var (one, other) = (source.changes().makeAsyncIterator(), source.changes().makeAsyncIterator())
        source.add(task("b", .every(.seconds(60))))
        source.add(task("a", .every(.seconds(90))))
        #expect(await one.next() != nil)
        #expect(await other.next() != nil)
        #expect(try await source.schedules() == [task("a", .every(.seconds(90))), task("b", .every(.seconds(60)))])
        #expect(source.delete("a"))
        #expect(!source.delete("a"))
        #expect(await one.next() != nil)
        #expect(try await source.schedules().map(\.id) == ["b"])
    }
}
