// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "taskiq-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "taskiq", path: "..")
    ],
    targets: [
        .executableTarget(
            name: "TaskiqBenchmarks",
            dependencies: [.product(name: "Taskiq", package: "taskiq")]
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

for target in package.targets where target.name != "CAllocationCount" {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}
