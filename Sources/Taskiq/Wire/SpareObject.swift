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
    /// Lets go of what the last use was about.
    func clear()
}

/// An object that each thread keeps for its next use, because to make one takes longer than to use it.
///
/// Who takes it has it alone until it is given back, which must be on the same thread; a second one that is needed in
/// between is made anew.
struct SpareObject<Object: Reusable>: Sendable {
    private let key: pthread_key_t

    init() {
        var key = pthread_key_t()
        // Without a key, of which a process has many but not endless, there is never a spare one.
        guard pthread_key_create(&key, release) == 0 else {
            self.key = .max
            return
        }
        self.key = key
    }

    /// The thread's object, if it has one.
    @inline(__always)
    func take() -> Object? {
        guard let pointer = pthread_getspecific(key) else { return nil }
        pthread_setspecific(key, nil)
        return Unmanaged<Object>.fromOpaque(pointer).takeRetainedValue()
    }

    /// Ends the use of an object, and keeps it for the next one unless somebody has a reference to it still.
    @inline(__always)
    func giveBack(_ object: consuming Object) {
        guard isKnownUniquelyReferenced(&object) else { return }
        object.clear()
        let kept = Unmanaged.passRetained(object)
        if pthread_setspecific(key, kept.toOpaque()) != 0 { kept.release() }
    }
}

#if canImport(Darwin)
private func release(_ pointer: UnsafeMutableRawPointer) {
    Unmanaged<AnyObject>.fromOpaque(pointer).release()
}
#else
private func release(_ pointer: UnsafeMutableRawPointer?) {
    if let pointer { Unmanaged<AnyObject>.fromOpaque(pointer).release() }
}
#endif
