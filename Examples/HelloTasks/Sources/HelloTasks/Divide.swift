import Taskiq

/// Divides; fails when asked to divide by zero, and whoever waits sees why.
struct Divide: TaskiqTask {
    static let taskName: TaskName = "divide"

    var dividend: Double
    var divisor: Double

    struct DivisionByZero: Error, CustomStringConvertible {
        let dividend: Double
        var description: String { "\(dividend) cannot be divided by zero" }
    }

    func run(context: Context) async throws -> Double {
        guard divisor != 0 else { throw DivisionByZero(dividend: dividend) }
        return dividend / divisor
    }
}
