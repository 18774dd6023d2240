// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Synchronization

/// The keyed containers that an object lends, one at each of its uses, made once for each type of keys.
///
/// A container of the standard library's is a reference to an object, and to make that object takes longer than to use it
/// for a task's few arguments. A lent one does not hold whom it reads from or writes to, which is kept instead for as long
/// as anybody has the container.
struct LentContainers: ~Copyable {
    private static let placeCount = 64

    // A place is taken by the first type that comes to it and never given up; none until there is something to lend.
    private var places: UnsafeMutablePointer<LentContainer?>?
    private var lent: Unmanaged<LentContainer>?
    private var isOpen = false
    /// How often it was used while somebody had kept a container, since it was last seen who has let go.
    private var uses = 0
    /// Whether containers are what is expected of them.
    private var isPossible = true

    deinit {
        guard let places else { return }
        places.deinitialize(count: Self.placeCount)
        places.deallocate()
    }

    /// Begins a use.
    @inline(__always)
    mutating func open() { isOpen = isPossible }

    /// Lends the container for a type of keys, if there is one and none is lent yet.
    @inline(__always)
    mutating func lend(keyedBy keys: ObjectIdentifier) -> Unmanaged<LentContainer>? {
        guard isOpen, lent == nil, let places, let found = places[Self.place(of: keys)], found.keys == keys else {
            return nil
        }
        let lending = Unmanaged.passUnretained(found)
        lent = lending
        return lending
    }

    /// Makes a container, and lends it from now on if that can be; the closure is told whether it must hold its owner.
    @inline(never)
    mutating func lendNew<Container>(
        keyedBy keys: ObjectIdentifier,
        _ make: (_ isHeld: Bool) -> Container
    ) -> Container {
        guard isOpen, lent == nil else { return make(true) }
        let places = ownPlaces
        let place = Self.place(of: keys)
        guard places[place] == nil else { return make(true) }
        guard let made = LentContainerOf(make(false), keyedBy: keys) else {
            isPossible = false
            return make(true)
        }
        places[place] = made
        lent = .passUnretained(made)
        return made.container
    }

    /// Ends a use; should somebody have kept the container, its owner lives on until that one lets go of it.
    @inline(__always)
    mutating func close(of owner: AnyObject) {
        isOpen = false
        guard let container = lent else { return }
        lent = nil
        if !container._withUnsafeGuaranteedRef({ $0.isBack }) { Self.keep(owner, container.takeUnretainedValue()) }
        if Self.keptCount.load(ordering: .relaxed) > 0 { endSome() }
    }

    private var ownPlaces: UnsafeMutablePointer<LentContainer?> {
        mutating get {
            if let places { return places }
            let made = UnsafeMutablePointer<LentContainer?>.allocate(capacity: Self.placeCount)
            made.initialize(repeating: nil, count: Self.placeCount)
            places = made
            return made
        }
    }

    @inline(__always)
    private static func place(of keys: ObjectIdentifier) -> Int {
        // Types lie some hundred bytes apart.
        let address = UInt(bitPattern: keys)
        return Int(truncatingIfNeeded: (address >> 4 ^ address >> 12) & UInt(placeCount - 1))
    }

    // MARK: Containers that somebody has kept

    private struct Kept: @unchecked Sendable {
        let owner: AnyObject
        let container: LentContainer
    }

    private struct List {
        var kept: [Kept] = []
        /// How many there may be before it is seen who has let go.
        var limit = 16

        /// Takes those out that nobody has any more.
        mutating func takeEnded() -> [Kept] {
            var ended: [Kept] = []
            var rest: [Kept] = []
            for entry in kept {
                if entry.container.isBack { ended.append(entry) } else { rest.append(entry) }
            }
            kept = rest
            limit = max(16, 2 * rest.count)
            return ended
        }
    }

    private static let list = Mutex(List())
    private static let keptCount = Atomic<Int>(0)

    @inline(never)
    private static func keep(_ owner: AnyObject, _ container: LentContainer) {
        let new = Kept(owner: owner, container: container)
        // Owners end outside the lock.
        let ended = list.withLock { list in
            list.kept.append(new)
            let ended = list.kept.count > list.limit ? list.takeEnded() : []
            keptCount.store(list.kept.count, ordering: .relaxed)
            return ended
        }
        withExtendedLifetime(ended) {}
    }

    /// Ends the owners whose containers nobody has any more: so seldom that it costs each use next to nothing.
    @inline(never)
    private mutating func endSome() {
        uses += 1
        guard uses >= max(256, Self.keptCount.load(ordering: .relaxed)) else { return }
        uses = 0
        let ended = Self.list.withLock { list in
            let ended = list.takeEnded()
            Self.keptCount.store(list.kept.count, ordering: .relaxed)
            return ended
        }
        withExtendedLifetime(ended) {}
    }
}

/// A container that is lent.
class LentContainer {
    fileprivate let keys: ObjectIdentifier
    /// What the container is a reference to.
    // It is optional because what is no optional would be copied to be asked who else has it.
    @exclusivity(unchecked) fileprivate final var object: AnyObject?

    fileprivate init(_ object: AnyObject, keyedBy keys: ObjectIdentifier) {
        self.object = object
        self.keys = keys
    }

    /// Whether nobody else has the container.
    @inline(__always)
    fileprivate final var isBack: Bool { isKnownUniquelyReferenced(&object) }

    /// The container, given its type, which is that of the keys.
    @inline(__always)
    final func container<Container>(as type: Container.Type) -> Container {
        unsafeDowncast(self, to: LentContainerOf<Container>.self).container
    }
}

private final class LentContainerOf<Container>: LentContainer {
    /// Nil if the container is anything but a reference to an object.
    fileprivate init?(_ container: Container, keyedBy keys: ObjectIdentifier) {
        let parts = Mirror(reflecting: container).children
        guard MemoryLayout<Container>.size == MemoryLayout<AnyObject>.size, parts.count == 1,
            let part = parts.first?.value, type(of: part) is AnyClass
        else { return nil }
        let object = part as AnyObject
        guard unsafeBitCast(container, to: UnsafeRawPointer.self) == Unmanaged.passUnretained(object).toOpaque() else {
            return nil
        }
        super.init(object, keyedBy: keys)
    }

    // Not compiled into its callers: they would look up what type the container is, which stands here in the object.
    @inline(never)
    fileprivate var container: Container { unsafeBitCast(object, to: Container.self) }
}
