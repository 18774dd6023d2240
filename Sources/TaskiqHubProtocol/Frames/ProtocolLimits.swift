// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The numbers that both sides of the protocol hold to.
public enum ProtocolLimits {
    /// The version spoken here.
    public static let version: UInt16 = 1
    /// Most frames of one message.
    public static let maximumFrames = 3
    /// Longest control frame, in bytes.
    public static let maximumControlFrame = 64 * 1024
    /// Longest batch of messages, in bytes.
    public static let maximumBatch = 64 * 1024
    /// Most fields of one control frame.
    public static let maximumFields = 256
    /// Longest name or id, in bytes of UTF-8.
    public static let maximumName = 255
    /// Longest sentence for people, in bytes of UTF-8; what is longer is cut.
    public static let maximumSentence = 4096
    /// Longest body, in bytes, unless the hub is told otherwise: 1 MiB.
    public static let maximumBody = 1024 * 1024
    /// Longest report of a task's progress, its state and its meta data together, in bytes: 16 KiB.
    public static let maximumProgress = 16 * 1024
    /// How many deliveries whose task ended without acknowledging a worker may have beside its credit; those above count
    /// against it, so that a greeting, which names them all, is bounded.
    public static let maximumUnacknowledged = 1000
    /// How many deliveries a worker may ask for, so that a greeting that names them all stays within a frame: about 45,000
    /// with the usual largest body.
    ///
    /// - Parameter maximumBody: the largest body that the hub takes, in bytes.
    /// - Returns: the largest credit; at least 1,700.
    public static func maximumCredit(maximumBody: Int) -> Int {
        let (limit, isTooMuch) = max(0, maximumBody).addingReportingOverflow(maximumControlFrame)
        // Twelve bytes for a delivery, twelve more when it has begun, and the beginnings of three lists.
        return ((isTooMuch ? .max : limit) - 64) / 24 - maximumUnacknowledged
    }

    /// How often each side says that it is there.
    public static let heartbeatInterval = Duration.seconds(1)

    /// Whether a text may be a name or an id: 1 to 255 bytes, no control characters.
    public static func isValidName(_ name: String) -> Bool {
        guard (1...maximumName).contains(name.utf8.count) else { return false }
        return name.utf8.withContiguousStorageIfAvailable { isPrintable($0) } ?? isPrintable(name.utf8)
    }

    private static func isPrintable(_ bytes: some Sequence<UInt8>) -> Bool {
        for byte in bytes where byte < 0x20 || byte == 0x7F { return false }
        return true
    }
}
