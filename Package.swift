// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "taskiq",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Taskiq", targets: ["Taskiq"]),
        .library(name: "TaskiqCron", targets: ["TaskiqCron"]),
        .library(name: "TaskiqZeroMQ", targets: ["TaskiqZeroMQ"]),
        .library(name: "TaskiqApp", targets: ["TaskiqApp"]),
        .library(name: "TaskiqScheduling", targets: ["TaskiqScheduling"]),
        .library(name: "TaskiqSQLite", targets: ["TaskiqSQLite"]),
        .library(name: "TaskiqTracing", targets: ["TaskiqTracing"]),
        .library(name: "TaskiqTestKit", targets: ["TaskiqTestKit"]),
        .library(name: "TaskiqPrometheus", targets: ["TaskiqPrometheus"]),
        .executable(name: "taskiq", targets: ["TaskiqCLI"]),
        .executable(name: "taskiq-scheduler", targets: ["TaskiqSchedulerDaemon"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0", traits: []),
    ],
    targets: [
        // Cron expressions, instants and time zones. Pure.
        .target(name: "TaskiqCron"),

        // The core that clients, workers and schedulers share.
        .target(
            name: "Taskiq",
            dependencies: [
                "TaskiqCron",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),

        // Traces of tasks; a module of its own, so that who does not trace builds none of it.
        .target(
            name: "TaskiqTracing",
            dependencies: [
                "Taskiq",
                .product(name: "Instrumentation", package: "swift-distributed-tracing"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]
        ),

        // What is due when, and the service that asks the hub to enqueue it.
        .target(
            name: "TaskiqScheduling",
            dependencies: [
                "Taskiq", "TaskiqCron",
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "TaskiqScheduleFiles",
            dependencies: [
                "Taskiq", "TaskiqCron", "TaskiqScheduling",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Yams", package: "Yams"),
            ]
        ),

        // The hub: what it says to its peers, what it decides, where it keeps it.
        .target(
            name: "TaskiqHubProtocol",
            dependencies: [
                "Taskiq", "TaskiqCron",
                .product(name: "DequeModule", package: "swift-collections"),
            ]
        ),
        .target(
            name: "TaskiqHub",
            dependencies: [
                "Taskiq", "TaskiqCron", "TaskiqHubProtocol",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "TaskiqSQLite",
            dependencies: [
                "Taskiq", "TaskiqCron", "TaskiqHub",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"]), .brew(["zeromq"])]),
        .target(
            name: "TaskiqZeroMQ",
            dependencies: [
                "CZeroMQ", "Taskiq", "TaskiqCron", "TaskiqHubProtocol",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(
            name: "TaskiqZeroMQHub",
            dependencies: [
                "Taskiq", "TaskiqCron", "TaskiqHub", "TaskiqHubProtocol", "TaskiqZeroMQ",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),

        // What a user's executable links, and the stock commands.
        .target(
            name: "TaskiqApp",
            dependencies: [
                "Taskiq", "TaskiqCron", "TaskiqZeroMQ",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .target(
            name: "TaskiqPrometheus",
            dependencies: [
                "Taskiq", "TaskiqApp",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "TaskiqCommands",
            dependencies: [
                "Taskiq", "TaskiqApp", "TaskiqCron", "TaskiqHub", "TaskiqHubProtocol", "TaskiqPrometheus",
                "TaskiqSQLite", "TaskiqScheduleFiles", "TaskiqScheduling", "TaskiqZeroMQ", "TaskiqZeroMQHub",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .executableTarget(
            name: "TaskiqCLI",
            dependencies: ["TaskiqApp", "TaskiqCommands"]
        ),
        .executableTarget(
            name: "TaskiqSchedulerDaemon",
            dependencies: ["TaskiqApp", "TaskiqCommands"]
        ),

        // What tests need, a user's as well as ours: a broker and a clock for tests, suites that every engine runs.
        .target(
            name: "TaskiqTestKit",
            dependencies: [
                "Taskiq",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),

        // Tests mirror the sources; what several of them need is beside them.
        .target(name: "TestSupport", path: "Tests/TestSupport"),
        .target(
            name: "HubSimulation",
            dependencies: ["Taskiq", "TaskiqCron", "TaskiqHub", "TaskiqHubProtocol", "TestSupport"],
            path: "Tests/HubSimulation"
        ),
        .executableTarget(
            name: "SimulationTool",
            dependencies: [
                "HubSimulation", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/SimulationTool"
        ),
        .testTarget(name: "TaskiqCronTests", dependencies: ["TaskiqCron", "TestSupport"]),
        .testTarget(
            name: "TaskiqTests",
            dependencies: [
                "Taskiq", "TaskiqCron", "TestSupport",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(
            name: "TaskiqTracingTests",
            dependencies: [
                "Taskiq", "TaskiqTracing",
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "Instrumentation", package: "swift-distributed-tracing"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]
        ),
        .testTarget(
            name: "TaskiqSchedulingTests",
            dependencies: [
                "Taskiq", "TaskiqCron", "TaskiqScheduling", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(
            name: "TaskiqScheduleFilesTests",
            dependencies: ["Taskiq", "TaskiqCron", "TaskiqScheduleFiles", "TestSupport"]
        ),
        .testTarget(
            name: "TaskiqHubProtocolTests",
            dependencies: ["Taskiq", "TaskiqCron", "TaskiqHubProtocol", "TestSupport"]
        ),
        .testTarget(
            name: "TaskiqHubTests",
            dependencies: [
                "HubSimulation", "Taskiq", "TaskiqCron", "TaskiqHub", "TaskiqHubProtocol", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(
            name: "TaskiqSQLiteTests",
            dependencies: [
                "Taskiq", "TaskiqCron", "TaskiqHub", "TaskiqHubProtocol", "TaskiqSQLite", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "TaskiqZeroMQTests",
            dependencies: [
                "Taskiq", "TaskiqCron", "TaskiqHub", "TaskiqHubProtocol", "TaskiqZeroMQ", "TaskiqZeroMQHub",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(
            name: "TaskiqCommandsTests",
            dependencies: [
                "Taskiq", "TaskiqApp", "TaskiqCommands", "TaskiqCron",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        .testTarget(name: "TaskiqTestKitTests", dependencies: ["Taskiq", "TaskiqTestKit"]),
        // The suites of the test kit, run against every engine of this package.
        .testTarget(
            name: "TaskiqConformanceTests",
            dependencies: [
                "Taskiq", "TaskiqHub", "TaskiqSQLite", "TaskiqTestKit", "TaskiqZeroMQ", "TaskiqZeroMQHub",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "TaskiqPrometheusTests",
            dependencies: [
                "Taskiq", "TaskiqApp", "TaskiqPrometheus", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(
            name: "TaskiqDocumentationTests",
            dependencies: [
                "Taskiq", "TaskiqCron", "TaskiqScheduling",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "TaskiqSystemTests",
            dependencies: [
                "ChaosTool", "Taskiq", "TaskiqCLI", "TaskiqCron", "TaskiqHubProtocol", "TaskiqSchedulerDaemon",
                "TaskiqZeroMQ",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),

        // Fleets of real processes, killed and stopped; scripts/chaos runs it.
        .executableTarget(
            name: "ChaosTool",
            dependencies: [
                "Taskiq", "TaskiqApp", "TaskiqCron", "TaskiqSchedulerDaemon", "TaskiqZeroMQ", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Tests/ChaosTool"
        ),

        // Python's own taskiq on the other side; scripts/test installs it.
        .executableTarget(
            name: "CompatibilityWorker",
            dependencies: [
                "Taskiq", "TaskiqApp", "TaskiqCron",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/CompatibilityWorker"
        ),
        .testTarget(
            name: "TaskiqCompatibilityTests",
            dependencies: [
                "CompatibilityWorker", "Taskiq", "TaskiqZeroMQ", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Python"]
        ),
    ],
    swiftLanguageModes: [.v6]
)

// The spelling matters: an unknown feature name is accepted without a word.
let upcomingFeatures: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
// The printed examples are compiled as a user's package is, with nothing switched on.
for target in package.targets where target.type != .system && target.name != "TaskiqDocumentationTests" {
    target.swiftSettings = (target.swiftSettings ?? []) + upcomingFeatures
}
