// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension Worker {
    /// How a worker process works.
    public struct Configuration: Sendable {
        /// The program's name in the catalogue it announces.
        public var application: String
        /// How many tasks run at a time; at least 1; 100 when not said, as in Python.
        ///
        /// `.max` is no limit.
        public var maxAsyncTasks: Int
        /// How many more messages are held ready, beyond those that run; 0 keeps them where other workers can have them.
        public var maxPrefetch: Int
        /// The queues it serves.
        public var queues: [String]
        /// When messages are acknowledged that do not say it by a label.
        public var acknowledgeType: AcknowledgeType
        /// How long running tasks may take to end once the worker is asked to stop; then they are cancelled and given
        /// back, uncounted.
        public var waitTasksTimeout: Duration

        /// Makes a configuration.
        ///
        /// - Parameters:
        ///   - application: the program's name in the catalogue it announces.
        ///   - maxAsyncTasks: how many tasks run at a time.
        ///   - maxPrefetch: how many more messages are held ready.
        ///   - queues: the queues it serves.
        ///   - acknowledgeType: when messages are acknowledged that do not say it by a label.
        ///   - waitTasksTimeout: how long running tasks may take to end once the worker is asked to stop.
        public init(
            application: String = "app",
            maxAsyncTasks: Int = 100,
            maxPrefetch: Int = 0,
            queues: [String] = [BrokerMessage.defaultQueue],
            acknowledgeType: AcknowledgeType = .whenSaved,
            waitTasksTimeout: Duration = .seconds(30)
        ) {
            self.application = application
            self.maxAsyncTasks = maxAsyncTasks
            self.maxPrefetch = maxPrefetch
            self.queues = queues
            self.acknowledgeType = acknowledgeType
            self.waitTasksTimeout = waitTasksTimeout
        }
    }
}
