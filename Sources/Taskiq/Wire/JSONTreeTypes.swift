// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The types of which one encoding has seen a value that fills its containers out of order.
///
/// Their values are encoded as trees at once: to try each in order first would encode what is inside twice, and what is
/// inside that four times. All outputs of one encoding share it.
final class JSONTreeTypes {
    private var types: Set<ObjectIdentifier> = []

    func contains(_ type: ObjectIdentifier) -> Bool { !types.isEmpty && types.contains(type) }

    func insert(_ type: ObjectIdentifier) { types.insert(type) }
}
