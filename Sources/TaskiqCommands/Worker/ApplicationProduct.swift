// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Subprocess
import SystemPackage
import TaskiqApp

/// Finds the program that a worker is to run.
enum ApplicationProduct {
    /// The path of a program that was given as a path, or as the name of a product of the package in this directory,
    /// which is built first.
    static func locate(_ application: String) async throws -> String {
        if application.contains("/") {
            guard Executables.isExecutable(application) else {
                throw CommandExit(.notFound, "\(application) is no program that can be run: check the path")
            }
            return application
        }
        guard Executables.isReadable("Package.swift") else {
            throw CommandExit(
                .notFound,
                "there is no Swift package here to build \(application) from: give the program's path, as in "
                    + "./\(application)"
            )
        }
        try await build(application)
        let directory = try await Subprocess.run(
            .name("swift"),
            arguments: ["build", "--show-bin-path"],
            output: .string(limit: 4096),
            error: .currentStandardError
        )
        let path = directory.standardOutput.split(separator: "\n").first.map { "\($0)/\(application)" }
        guard let path, Executables.isExecutable(path) else {
            throw CommandExit(.notFound, "the package here has no program named \(application)")
        }
        return path
    }

    private static func build(_ product: String) async throws {
        let result = try await Subprocess.run(
            .name("swift"),
            arguments: ["build", "--product", product],
            output: .currentStandardError,
            error: .currentStandardError
        )
        guard result.terminationStatus.isSuccess else {
            throw CommandExit(.problem, "\(product) could not be built; see above")
        }
    }
}
