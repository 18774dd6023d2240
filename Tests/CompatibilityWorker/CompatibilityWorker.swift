// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import Taskiq
import TaskiqApp
import TaskiqCron

/// A worker that tells what Python clients send to it; the compatibility tests run it.
@main
struct CompatibilityWorker: TaskiqApplication {
    static func register(in broker: Broker) {
        broker.task("ping") { () in try Record.write("pong") }
        broker.task("int") { (value: Int) in try Record.write(value) }
        broker.task("uint64") { (value: UInt64) in try Record.write(value) }
        broker.task("double") { (value: Double) in try Record.write(value) }
        broker.task("bool") { (value: Bool) in try Record.write(value) }
        broker.task("string") { (value: String) in try Record.write(value) }
        broker.task("optional") { (value: Int?) in try Record.write(value) }
        broker.task("matrix") { (value: [[Int]]) in try Record.write(value) }
        broker.task("numbers") { (value: [Double?]) in try Record.write(value) }
        broker.task("strings") { (value: [String: String]) in try Record.write(value) }
        broker.task("date") { (value: Date) in try Record.write(value) }
        broker.task("timestamp") { (value: Timestamp) in try Record.write(value) }
        broker.task("duration") { (value: Duration) in try Record.write(value) }
        broker.task("decimal") { (value: Decimal) in try Record.write(value) }
        broker.task("uuid") { (value: UUID) in try Record.write(value) }
        broker.task("data") { (value: Data) in try Record.write(value) }
        broker.task("large") { (value: BigInteger) in try Record.write(value) }
        broker.task("set") { (value: Set<Int>) in try Record.write(value) }
        broker.task("keys") { (value: [Int: String]) in try Record.write(value) }
        broker.task("color") { (value: Color) in try Record.write(value) }
        broker.task("person") { (value: Person) in try Record.write(value) }
        broker.task("people") { (value: [Person]) in try Record.write(value) }
        broker.task("point") { (value: Point) in try Record.write(value) }
        broker.task("any") { (value: JSONValue) in try Record.write(value) }
        broker.task("pair", parameters: ["left", "right"]) { (left: Int, right: String) in
            try Record.write([JSONValue.int(left), .string(right)])
        }
        broker.register(Order.self)
        broker.register(named: "raw") { message, _ in
            let arguments = message.args.map(\.text) + message.kwargs.arguments.map { "\($0.name)=\($0.value.text)" }
            try Record.write(type: "raw", JSONFragment(string: arguments.joined(separator: ";")))
            return .null
        }
    }
}
