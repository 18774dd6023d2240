// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import InMemoryTracing
import Tracing

/// The tracer in memory, with a context that travels as W3C writes it and as Python's middleware reads it.
struct W3CTracer: Tracer {
    let spans: InMemoryTracer

    init() {
        let numbers = InMemoryTracer.IDGenerator.incrementing
        @Sendable func padded(_ id: String, _ count: Int) -> String {
            let number = id.drop { !$0.isNumber }
            return String(repeating: "a", count: count - number.count) + number
        }
        spans = InMemoryTracer(
            idGenerator: InMemoryTracer.IDGenerator(
                nextTraceID: { padded(numbers.nextTraceID(), 32) },
                nextSpanID: { padded(numbers.nextSpanID(), 16) }
            )
        )
    }

    func startSpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> InstrumentationContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> InMemorySpan {
        spans.startSpan(
            operationName,
            context: context(),
            ofKind: kind,
            at: instant(),
            function: function,
            file: fileID,
            line: line
        )
    }

    func forceFlush() {}

    func inject<Carrier, Inject: Injector>(
        _ context: InstrumentationContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let span = context.inMemorySpanContext else { return }
        injector.inject("00-\(span.traceID)-\(span.spanID)-01", forKey: "traceparent", into: &carrier)
        if let state = context.traceState { injector.inject(state, forKey: "tracestate", into: &carrier) }
    }

    func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout InstrumentationContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {
        guard let parts = extractor.extract(key: "traceparent", from: carrier)?.split(separator: "-"), parts.count == 4
        else { return }
        context.inMemorySpanContext = InMemorySpanContext(
            traceID: String(parts[1]),
            spanID: String(parts[2]),
            parentSpanID: nil
        )
        context.traceState = extractor.extract(key: "tracestate", from: carrier)
    }
}

private enum TraceStateKey: InstrumentationContextKey {
    typealias Value = String
}

extension InstrumentationContext {
    /// What vendors write beside the ids.
    var traceState: String? {
        get { self[TraceStateKey.self] }
        set { self[TraceStateKey.self] = newValue }
    }
}
