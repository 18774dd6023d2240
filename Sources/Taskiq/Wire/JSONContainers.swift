// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

/// A keyed container that writes to an output.
protocol JSONKeyedEncoding: KeyedEncodingContainerProtocol {
    /// A container that holds the output, or one for whose output somebody else sees to it that it lives as long.
    init(output: JSONOutput, level: Int, isHeld: Bool)
}

/// A keyed container that reads from a source of members.
protocol JSONKeyedDecoding: KeyedDecodingContainerProtocol {
    /// A container that holds the source, or one for whose source somebody else sees to it that it lives as long.
    init(source: JSONMemberSource, isHeld: Bool)
}

/// Makes the keyed containers of one type of keys.
///
/// Containers are generic over their keys, and what a generic type and its conformances are is looked up each time that
/// generic code names them, which takes as long as to write the members of a small object. Here they are arguments of a
/// class, and stand in the object.
class JSONContainers {
    fileprivate let keys: ObjectIdentifier

    fileprivate init(keys: ObjectIdentifier) {
        self.keys = keys
    }

    static func encoding<Key: CodingKey>(
        keyedBy type: Key.Type,
        _ output: JSONOutput,
        _ level: Int,
        isHeld: Bool
    ) -> KeyedEncodingContainer<Key> {
        guard let makers = known(type) else {
            return KeyedEncodingContainer(JSONKeyedEncodingContainer<Key>(output: output, level: level, isHeld: isHeld))
        }
        return makers._withUnsafeGuaranteedRef {
            unsafeDowncast($0, to: Of<Key>.self).encoding(output, level, isHeld: isHeld)
        }
    }

    static func decoding<Key: CodingKey>(
        keyedBy type: Key.Type,
        _ source: JSONMemberSource,
        isHeld: Bool
    ) -> KeyedDecodingContainer<Key> {
        guard let makers = known(type) else {
            return KeyedDecodingContainer(JSONKeyedContainer<Key>(source: source, isHeld: isHeld))
        }
        return makers._withUnsafeGuaranteedRef { unsafeDowncast($0, to: Of<Key>.self).decoding(source, isHeld: isHeld) }
    }

    private typealias Of<Key: CodingKey> = JSONContainersOf<
        Key, JSONKeyedEncodingContainer<Key>, JSONKeyedContainer<Key>
    >

    // MARK: What is known

    // A place is taken by the first type that comes to it and never given up, so that it is read without a lock.
    private static let placeCount = 256
    nonisolated(unsafe) private static let places: UnsafeMutablePointer<Atomic<Unmanaged<JSONContainers>?>> = {
        let places = UnsafeMutablePointer<Atomic<Unmanaged<JSONContainers>?>>.allocate(capacity: placeCount)
        for index in 0..<placeCount { (places + index).initialize(to: Atomic(nil)) }
        return places
    }()

    /// The maker for a type of keys; nil if another type has its place.
    @inline(__always)
    private static func known<Key: CodingKey>(_ type: Key.Type) -> Unmanaged<JSONContainers>? {
        let keys = ObjectIdentifier(Key.self)
        // Types lie some hundred bytes apart.
        let address = UInt(bitPattern: keys)
        let index = Int(truncatingIfNeeded: (address >> 4 ^ address >> 12) & UInt(placeCount - 1))
        guard let found = places[index].load(ordering: .acquiring) else { return learn(type, index) }
        return found._withUnsafeGuaranteedRef { $0.keys == keys } ? found : nil
    }

    @inline(never)
    private static func learn<Key: CodingKey>(_ type: Key.Type, _ index: Int) -> Unmanaged<JSONContainers>? {
        let made = Unmanaged<JSONContainers>.passRetained(Of<Key>(keys: ObjectIdentifier(Key.self)))
        let (isNew, _) = places[index].compareExchange(
            expected: nil,
            desired: made,
            ordering: .acquiringAndReleasing
        )
        if isNew { return made }
        made.release()
        return nil
    }
}

private final class JSONContainersOf<Key, Encoding: JSONKeyedEncoding, Decoding: JSONKeyedDecoding>: JSONContainers
where Encoding.Key == Key, Decoding.Key == Key {
    func encoding(_ output: JSONOutput, _ level: Int, isHeld: Bool) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(Encoding(output: output, level: level, isHeld: isHeld))
    }

    func decoding(_ source: JSONMemberSource, isHeld: Bool) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Decoding(source: source, isHeld: isHeld))
    }

    override init(keys: ObjectIdentifier) {
        super.init(keys: keys)
    }
}
