// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension HubSchema {
    // Which of the messages that run are cancelled, so that a hub that was killed still knows it.
    static let version4 = """
        CREATE TABLE cancellation (
            sequence INTEGER PRIMARY KEY,
            reason TEXT NOT NULL
        ) STRICT;
        """
}
