// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import CZeroMQ

extension ZeroMQSocket {
    /// Who sent the message that was received last: the number that a ``ZAPHandler`` gave its connection.
    ///
    /// Nil on a socket without an allow-list, and for a connection that nobody was asked about.
    package var sender: Int? { handle.sender }

    /// Looks whom a message comes from, where that is known.
    borrowing func noteSender(of message: inout zmq_msg_t) {
        guard handle.knowsSenders else { return }
        guard let text = zmq_msg_gets(&message, "User-Id") else { return }
        // Read by hand: this is done for every message.
        var (number, digits) = (0, 0)
        while text[digits] != 0 {
            let digit = UInt8(bitPattern: text[digits])
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit), digits < 18 else { return }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
            digits += 1
        }
        if digits > 0 { handle.sender = number }
    }
}
