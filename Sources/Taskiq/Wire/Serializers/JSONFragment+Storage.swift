// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension JSONFragment {
    /// The value's bytes as an array, which is not copied when the fragment is all there is in its storage.
    var ownedBytes: [UInt8] {
        range == 0..<storage.count ? storage : Array(bytes)
    }
}
