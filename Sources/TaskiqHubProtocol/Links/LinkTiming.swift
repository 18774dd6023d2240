// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

/// The numbers by which clients and workers hold their connection to a hub, in milliseconds.
public enum LinkTiming {
    /// How often they say that they are there.
    public static let heartbeat: Int64 = 1000
    /// After how long without a word from the hub they open a new socket.
    public static let silence: Int64 = 5000
    /// How long a greeting may stay unanswered before they open a new socket.
    public static let greeting: Int64 = 5000
    /// After how long without a word from the hub a worker ends fenced tasks: before the hub gives them to others.
    public static let fence: Int64 = 8000
    /// Most submissions on their way; a quarter of what libzmq takes before it refuses.
    public static let window = 512
    /// After how many answers a client tells the hub that it has them; fewer are told with a heartbeat.
    public static let answersAtATime = 128
    /// After how many bytes of results a client tells the hub that it has read them; fewer are told with a heartbeat.
    public static let receivedAtATime: Int64 = 4 * 1024 * 1024
}
