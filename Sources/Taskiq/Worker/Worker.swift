// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import ServiceLifecycle
import Synchronization

/// Runs the tasks of a broker in this process.
public final class Worker: Service {
    /// The broker.
    public let broker: Broker
    /// How it works.
    public let configuration: Configuration
    private let drained = Flag()

    /// Whether it has ended because the engine asked it to: `taskiq workers drain`.
    public var wasDrained: Bool { drained.isRaised }

    /// Makes a worker.
    ///
    /// - Parameters:
    ///   - broker: the broker whose tasks it runs.
    ///   - configuration: how it works.
    public init(broker: Broker, configuration: Configuration = Configuration()) {
        self.broker = broker
        self.configuration = configuration
    }

    /// Starts the broker and runs tasks until graceful shutdown.
    ///
    /// Then it takes no more, waits for those that run, gives back those that do not end in time, and stops the broker.
    /// When it is cancelled, it does not wait. It also ends, when those that run have, if the engine asks it to.
    ///
    /// - Throws: what the broker's startup or its transport throws.
    public func run() async throws {
        try await broker.startup(role: .worker)
        do {
            let channel = try await listen()
            await serve(channel)
            if channel.isDrained { drained.raise() }
        } catch {
            await broker.shutdown()
            throw error
        }
        await broker.shutdown()
    }

    /// Begins to take messages, on a broker that is started.
    func listen() async throws -> DeliveryChannel {
        broker.contents.withLock { $0.announcedApplication = configuration.application }
        return try await broker.transport.listen(
            WorkerSubscription(
                catalogue: broker.catalogue(application: configuration.application),
                queues: configuration.queues,
                concurrency: configuration.maxAsyncTasks,
                prefetch: configuration.maxPrefetch
            )
        )
    }

    /// Runs tasks until the channel ends.
    func serve(_ channel: DeliveryChannel) async {
        let receiver = Receiver(broker: broker, acknowledgeType: configuration.acknowledgeType)
        let isAbandoning = Flag()
        let stop: @Sendable () -> Void = { [broker] in
            // Unstructured: the handlers are synchronous; the runners end when the channel does.
            Task {
                await broker.transport.stopListening()
                channel.finish()
            }
        }
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await withTaskGroup(of: Ending.self) { group in
                    group.addTask {
                        await Self.runTasks(self.configuration.maxAsyncTasks, of: channel, receiver, isAbandoning)
                        return .tasksEnded
                    }
                    group.addTask {
                        // Ends when shutdown is asked for, and some time has passed; or when the group is cancelled.
                        guard (try? await gracefulShutdown()) != nil else { return .waiting }
                        try? await Task.sleep(for: self.configuration.waitTasksTimeout.withinCentury)
                        return .timeIsUp
                    }
                    while let ending = await group.next() {
                        switch ending {
                        case .tasksEnded: group.cancelAll()
                        case .timeIsUp:
                            isAbandoning.raise()
                            group.cancelAll()
                        case .waiting: break
                        }
                    }
                }
            } onGracefulShutdown: {
                stop()
            }
        } onCancel: {
            isAbandoning.raise()
            stop()
        }
    }

    private enum Ending {
        case tasksEnded, timeIsUp, waiting
    }

    // Some are there from the start; more are made when they are needed, for a worker without a limit has no last one.
    private static let firstRunners = 100

    /// At most as many runners as tasks may run at a time, each taking one delivery after the other.
    private static func runTasks(
        _ count: Int,
        of channel: DeliveryChannel,
        _ receiver: Receiver,
        _ isAbandoning: Flag
    ) async {
        await withDiscardingTaskGroup { group in
            var made = 0
            while made < max(1, count) {
                if made >= firstRunners { guard await channel.wantsRunner() else { break } }
                made += 1
                let runner = channel.makeRunner()
                group.addTask {
                    channel.runnerHasCome()
                    var isOver = false
                    while !isOver {
                        runner.renew()
                        // Unstructured, as only a task that one has in hand can be cancelled by itself. Its end is
                        // awaited here, and it is cancelled with this one.
                        let task = Task {
                            await takeDeliveries(of: channel, runner, receiver, isAbandoning)
                        }
                        runner.adopt(task)
                        isOver = await withTaskCancellationHandler {
                            await task.value
                        } onCancel: {
                            task.cancel()
                        }
                    }
                }
            }
        }
    }

    /// Runs one delivery after the other.
    ///
    /// - Returns: true at the channel's end; false when the delivery that it ran was cancelled, and its task with it.
    private static func takeDeliveries(
        of channel: DeliveryChannel,
        _ runner: DeliveryRunner,
        _ receiver: Receiver,
        _ isAbandoning: Flag
    ) async -> Bool {
        while let delivery = await channel.next(for: runner) {
            await receiver.receive(delivery, isAbandoning: isAbandoning, runner: runner)
            if runner.end() != nil { return false }
        }
        return true
    }
}
