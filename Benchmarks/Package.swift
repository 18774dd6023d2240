// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "taskiq-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "taskiq", path: ".."),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    ],
    targets: [
        .executableTarget(
            name: "TaskiqBenchmarks",
            dependencies: [.product(name: "Taskiq", package: "taskiq")]
        ),
        .systemLibrary(name: "CZeroMQRaw", providers: [.apt(["libzmq3-dev"]), .brew(["zeromq"])]),
        .executableTarget(
            name: "HubBenchmark",
            dependencies: [
                "CZeroMQRaw",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Taskiq", package: "taskiq"),
                .product(name: "TaskiqZeroMQ", package: "taskiq"),
            ]
        ),
        // Counts the calls of malloc, which Swift cannot see.
        .target(name: "CAllocationCount"),
        .executableTarget(
            name: "CronBenchmark",
            dependencies: ["CAllocationCount", .product(name: "TaskiqCron", package: "taskiq")]
        ),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where !target.name.hasPrefix("C") || target.name == "CronBenchmark" {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}
