// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TestSupport
import Testing

@testable import TaskiqHub

struct SequenceIndexTests {
    @Test("it knows what a dictionary knows, whatever comes and goes", arguments: UInt64(0)..<16)
    func dictionary(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var index = SequenceIndex()
        var model: [Int64: Int] = [:]
        // Numbers in a row, as the hub gives them out, and some from anywhere.
        var next: Int64 = 1
        for step in 0..<20_000 {
            if Int.random(in: 0..<100, using: &random) < (step < 10_000 ? 60 : 40) {
                var number = next
                next += 1
                if Int.random(in: 0..<10, using: &random) == 0 {
                    number = Int64.random(in: .min ... .max, using: &random)
                }
                if model[number] == nil {
                    let place = Int.random(in: 0..<1_000_000, using: &random)
                    model[number] = place
                    index.insert(place, at: number)
                }
            } else if let number = model.keys.randomElement(using: &random) {
                model[number] = nil
                index.remove(number)
                // Once more does nothing.
                index.remove(number)
            }
            let probe = Int64.random(in: 0...next, using: &random)
            #expect(index[probe] == model[probe])
        }
        #expect(index.count == model.count)
        #expect(Dictionary(uniqueKeysWithValues: index.sequences.map { ($0, index[$0]) }) == model.mapValues { $0 })
    }

    @Test("rows are found, changed and taken out by their numbers")
    func table() {
        var table = SequenceTable<String>()
        for number: Int64 in 1...3_000 { table[number] = "\(number)" }
        #expect(table.count == 3_000)
        #expect(table.update(7) { row in row += "!" } != nil)
        #expect(table[7] == "7!")
        #expect(table.update(0) { row in row = "" } == nil)
        #expect(table.removeValue(forKey: 8) == "8")
        #expect(table.removeValue(forKey: 8) == nil)
        table[9] = nil
        #expect(!table.contains(9) && table.contains(10))
        #expect(table.count == 2_998)
        #expect(Set(table.sequences) == Set(1...3_000).subtracting([8, 9]))
        #expect(table.values.contains("3000"))
    }

    @Test("tasks are found by their ids, of whatever form", arguments: UInt64(0)..<8)
    func tasks(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var index = TaskIndex()
        var model: [String: Int64] = [:]
        for step in 0..<20_000 {
            let id = taskID(&random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<(step < 10_000 ? 6 : 3):
                let number = Int64.random(in: 0 ... .max, using: &random)
                model[id] = number
                index[TaskKey(id)] = number
            case 9: #expect(index.removeValue(forKey: TaskKey(id)) == model.removeValue(forKey: id))
            default:
                model[id] = nil
                index[TaskKey(id)] = nil
            }
            let probe = taskID(&random)
            #expect(index[TaskKey(probe)] == model[probe])
        }
        #expect(index.count == model.count)
        for (id, number) in model { #expect(index[TaskKey(id)] == number) }
    }

    /// One of some thousand ids of all forms.
    private func taskID(_ random: inout SeededGenerator) -> String {
        let number = Int.random(in: 0..<4000, using: &random)
        switch number % 4 {
        case 0: return "task-\(number)"
        case 1: return String(repeating: "0", count: 28) + String(1000 + number)
        // The same number in both forms, which are two ids.
        case 2: return "00000000-0000-4000-8000-00000000" + String(1000 + number / 4)
        default: return "0000000000004000800000000000" + String(1000 + number / 4)
        }
    }

    @Test("sessions are found, changed and taken out by their keys")
    func sessions() {
        var table = SessionTable<String, [Int]>()
        table["a"] = [1]
        table["b"] = [2]
        table["a"]?.append(3)
        #expect(table.update("b") { list in list.removeLast() } == 2)
        #expect(table["a"] == [1, 3] && table["b"] == [])
        table["a"] = nil
        table["c"] = [4]
        #expect(table["a"] == nil && !table.contains("a"))
        #expect(table.removeValue(forKey: "c") == [4])
        #expect(Array(table.keys) == ["b"] && Array(table.values) == [[]] && table.count == 1)
        #expect(table.pairs.map(\.key) == ["b"])
    }
}
