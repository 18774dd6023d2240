// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// What a worker must serve and know to be given a message.
struct Route: Hashable {
    var queue: String
    var taskName: String
}
