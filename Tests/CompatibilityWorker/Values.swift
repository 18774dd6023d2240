// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq

/// The fields of the pydantic model `Address`.
struct Address: Codable {
    var city: String
    var zip: Int
}

/// The fields of the pydantic model `Person`.
struct Person: Codable {
    var name: String
    var age: Int
    var addresses: [Address]
    var born: String?
}

/// The fields of the dataclass `Point`.
struct Point: Codable {
    var x: Int
    var y: Double
    var tags: [String]
}

/// The values of the enumeration `Color`.
enum Color: String, Codable {
    case red, green
}

/// A task with named parameters, which Python gives by position, by keyword, or both.
struct Order: TaskiqTask {
    static let taskName: TaskName = "order"

    var item: String
    var count: Int
    var note: String?

    func run(context: Context) async throws {
        try Record.write(self)
    }
}
