// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// An object that is used again and again, each time by one user from beginning to end.
protocol Reusable: AnyObject {
    init()

    /// Ends a use, whether or not there will be another.
    func end()

    /// Lets go of what the last use was about.
    func clear()
}

/// An object that each thread keeps for its next use, because to make one takes longer than to use it.
///
/// Who begins to use it has it alone until the end, which must be on the same thread; a second one that is needed in
/// between is made anew.
struct SpareObject<Object: Reusable>: Sendable {
    struct Place {
        fileprivate var object: Object
        fileprivate var isInUse = true
        /// Whether it will be used again.
        let isKept: Bool
    }

    // Of keys a process has many, but not endless.
    private let key: pthread_key_t?

    init() {
        var key = pthread_key_t()
        self.key = pthread_key_create(&key, release) == 0 ? key : nil
    }

    /// Begins to use the thread's object, or another if it is in use.
    @inline(__always)
    func begin() -> UnsafeMutablePointer<Place> {
        guard let key, let kept = pthread_getspecific(key)?.assumingMemoryBound(to: Place.self), !kept.pointee.isInUse
        else { return make() }
        kept.pointee.isInUse = true
        return kept
    }

    /// The object, which lives until the end of its use at least: references that are handed on are counted, and each
    /// count takes as long as writing a member.
    @inline(__always)
    func object(at place: UnsafeMutablePointer<Place>) -> Unmanaged<Object> {
        UnsafeRawPointer(place).load(as: Unmanaged<Object>.self)
    }

    /// Ends the use of an object; whoever has a reference to it still has it for himself from now on.
    @inline(__always)
    func end(_ place: UnsafeMutablePointer<Place>) {
        object(at: place)._withUnsafeGuaranteedRef { $0.end() }
        guard place.pointee.isKept, isKnownUniquelyReferenced(&place.pointee.object) else { return replace(place) }
        object(at: place)._withUnsafeGuaranteedRef { $0.clear() }
        place.pointee.isInUse = false
    }

    @inline(never)
    private func make() -> UnsafeMutablePointer<Place> {
        let place = UnsafeMutablePointer<Place>.allocate(capacity: 1)
        let isKept = key.map { pthread_getspecific($0) == nil && pthread_setspecific($0, place) == 0 } ?? false
        place.initialize(to: Place(object: Object(), isKept: isKept))
        return place
    }

    @inline(never)
    private func replace(_ place: UnsafeMutablePointer<Place>) {
        if place.pointee.isKept {
            place.pointee.object = Object()
            place.pointee.isInUse = false
        } else {
            place.deinitialize(count: 1)
            place.deallocate()
        }
    }
}

#if canImport(Darwin)
private func release(_ place: UnsafeMutableRawPointer) { releaseObject(place) }
#else
private func release(_ place: UnsafeMutableRawPointer?) { place.map(releaseObject) }
#endif

// The object is first in its place, whatever its class; nothing else there needs an end.
private func releaseObject(_ place: UnsafeMutableRawPointer) {
    let object = place.assumingMemoryBound(to: AnyObject.self)
    object.deinitialize(count: 1)
    place.deallocate()
}
