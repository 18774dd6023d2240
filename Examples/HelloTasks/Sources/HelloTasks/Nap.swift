import Taskiq

/// A slow task: sleeps, then tells which delivery of the message it was.
struct Nap: TaskiqTask {
    static let taskName: TaskName = "nap"

    var seconds: Double

    func run(context: Context) async throws -> String {
        context.logger.info("going to sleep", metadata: ["seconds": "\(seconds)"])
        try await Task.sleep(for: .seconds(seconds))
        return "slept \(seconds) s in delivery \(context.attempt)"
    }
}
