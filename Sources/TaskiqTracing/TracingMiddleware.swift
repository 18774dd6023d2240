// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

public import Taskiq
public import Tracing

/// Traces tasks: a span `send/<task>` where a task is sent, and as its child a span `execute/<task>` where it runs.
///
/// Names and attributes are those of Python's OpenTelemetry middleware, and the context travels as it does there: the
/// fields that the tracer writes (`traceparent`, `tracestate` and `baggage` for one that speaks W3C) are labels, so that
/// a trace goes on from a Python sender to a Swift worker and back.
///
/// A span ends with what it encloses, also when sending fails or the worker is stopped. An error is recorded at the
/// span; if the task is going to be retried the span's status stays unset and `taskiq.retry.reason` says why. Put this
/// middleware first, so that its spans enclose the work of the others.
public struct TracingMiddleware: TaskiqMiddleware {
    private let ownTracer: (any Tracer)?

    /// Makes the middleware.
    ///
    /// - Parameter tracer: what makes the spans; the one that the program has set up for itself when not given.
    public init(tracer: (any Tracer)? = nil) {
        ownTracer = tracer
    }

    private var tracer: any Tracer { ownTracer ?? InstrumentationSystem.tracer }

    /// Encloses sending in a span, and gives the message its context.
    public func send(_ message: TaskiqMessage, next: NextSend) async throws {
        let tracer = tracer
        let span = tracer.startAnySpan("send/\(message.taskName)", ofKind: .producer)
        defer { span.end() }
        span.updateAttributes { attributes in
            attributes["taskiq.action"] = "send"
            attributes["taskiq.task_name"] = message.taskName.rawValue
            attributes["messaging.message.id"] = message.taskID.rawValue
            attributes["messaging.system"] = "taskiq"
            Self.setLabels(of: message, to: &attributes)
        }
        var message = message
        tracer.inject(span.context, into: &message.labels, using: LabelInjector())
        do {
            try await InstrumentationContext.$current.withValue(span.context) { try await next(message) }
        } catch {
            Self.fail(span, error)
            throw error
        }
    }

    /// Encloses the task in a span, as the child of the one in which it was sent.
    public func execute(
        _ message: TaskiqMessage,
        context: Context,
        next: NextExecution
    ) async throws -> StoredResult {
        let tracer = tracer
        // Not the current context: a worker's own has nothing to do with the task.
        var parent = InstrumentationContext.topLevel
        tracer.extract(message.labels, into: &parent, using: LabelExtractor())
        let span = tracer.startAnySpan("execute/\(message.taskName)", context: parent, ofKind: .consumer)
        defer { span.end() }
        span.updateAttributes { attributes in
            attributes["taskiq.action"] = "execute"
            attributes["taskiq.task_name"] = message.taskName.rawValue
            attributes["messaging.message.id"] = message.taskID.rawValue
            attributes["messaging.system"] = "taskiq"
            attributes["messaging.destination.name"] = context.delivery.queue
            attributes["taskiq.attempt"] = context.attempt
            Self.setLabels(of: message, to: &attributes)
        }
        do {
            let result = try await InstrumentationContext.$current.withValue(span.context) {
                try await next(message, context)
            }
            if let error = result.error { Self.fail(span, error) }
            span.attributes["taskiq.outcome"] = result.isError ? "failed" : "succeeded"
            return result
        } catch {
            if let outcome = TaskOutcome(askedForBy: error) {
                span.attributes["taskiq.outcome"] = outcome.description
            } else if Self.isRetried(message) {
                span.recordError(error)
                span.attributes["taskiq.retry.reason"] = "\(error)"
                span.attributes["taskiq.outcome"] = TaskOutcome.retried.description
            } else {
                Self.fail(span, error)
                span.attributes["taskiq.outcome"] = TaskOutcome.failed.description
            }
            throw error
        }
    }

    /// The labels that Python's middleware shows at its spans.
    private static let shownLabels = [
        "_retries", "delay", "max_retries", "retry_on_error", "timeout", "X-Taskiq-requeue",
    ]

    private static func setLabels(of message: TaskiqMessage, to attributes: inout SpanAttributes) {
        for name in shownLabels {
            switch message.labels[name] {
            case nil: break
            case .int(let value)?: attributes["taskiq.\(name)"] = value
            case .double(let value)?: attributes["taskiq.\(name)"] = value
            case .bool(let value)?: attributes["taskiq.\(name)"] = value
            case let value?: attributes["taskiq.\(name)"] = value.text
            }
        }
    }

    private static func fail(_ span: any Span, _ error: any Error) {
        span.recordError(error)
        span.setStatus(SpanStatus(code: .error, message: "\(error)"))
    }

    /// As far as the labels tell: whether the error is one that is retried is known only later.
    private static func isRetried(_ message: TaskiqMessage) -> Bool {
        guard message.labels[.retryOnError] == true else { return false }
        guard let limit = message.labels[.maxRetries] else { return true }
        let retries = message.labels[.retries] ?? 0
        return retries < limit && retries + 1 < limit
    }
}
