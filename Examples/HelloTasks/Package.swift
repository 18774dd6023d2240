// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "HelloTasks",
    platforms: [.macOS(.v15)],
    dependencies: [
        // Outside this repository: .package(url: "…/taskiq", from: "0.1.0")
        .package(name: "taskiq", path: "../..")
    ],
    targets: [
        .executableTarget(
            name: "HelloTasks",
            dependencies: [
                .product(name: "Taskiq", package: "taskiq"),
                .product(name: "TaskiqApp", package: "taskiq"),
            ]
        )
    ]
)
