// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// S21: what the hub and its keys leave on the disk is for their owner alone.
@Suite struct PermissionTests {
    private func mode(_ path: String) throws -> UInt32 {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw TestProcess.Failure(description: "there is no \(path)") }
        return status.st_mode & 0o777
    }

    /// Everything below a folder.
    private func contents(_ folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).map { "\(folder)/\($0)" }
    }

    @Test("S21: folders are 700 and files and sockets 600, whatever the mask", arguments: ["000", "022", "077"])
    func modes(mask: String) async throws {
        let fleet = try Fleet()
        let keys = fleet.directory + "/keys"
        let maker = try TestProcess(
            "/bin/sh",
            ["-c", "umask \(mask); exec \"$0\" keys new --role hub --out \(keys)", Programs.taskiq]
        )
        #expect(try await maker.end() == 0)
        let scheduler = try fleet.startScheduler(under: "umask \(mask)")
        try await scheduler.wait("it served") { _, errors in errors.contains("] started") }
        let worker = try await fleet.worker()
        #expect(try await fleet.taskiq("kiq", "add", "1", "2", "--wait").output == "3\n")
        #expect(try mode(fleet.data) == 0o700)
        #expect(try mode(keys) == 0o700)
        let files = try contents(fleet.data)
        #expect(files.contains(fleet.data + "/hub.sqlite"))
        for file in files {
            var isFolder: ObjCBool = false
            #expect(FileManager.default.fileExists(atPath: file, isDirectory: &isFolder))
            #expect(try mode(file) == (isFolder.boolValue ? 0o700 : 0o600), "\(file)")
        }
        for name in ["hub.sock", "hub.sock.workers", "hub.sock.lock"] {
            #expect(try mode("\(fleet.directory)/\(name)") == 0o600, "\(name)")
        }
        for (name, wanted) in [("hub.key", 0o600), ("authorized_keys", 0o600), ("hub.pub", UInt32(0o644))] {
            #expect(try mode("\(keys)/\(name)") == wanted, "\(name)")
        }
        _ = (scheduler, worker)
    }

    @Test("S21: a data directory that others can write to is warned of, with the remedy")
    func openDirectory() async throws {
        let fleet = try Fleet()
        #expect(mkdir(fleet.data, 0o700) == 0 && chmod(fleet.data, 0o777) == 0)
        let scheduler = try await fleet.scheduler()
        #expect(scheduler.errors.contains("the data directory is not private"))
        #expect(scheduler.errors.contains("chmod 700 \(fleet.data)"))
        #expect(try mode(fleet.data + "/hub.sqlite") == 0o600)
    }

    @Test("S21: a data directory of another user's is warned of", .enabled(if: geteuid() == 0))
    func foreignDirectory() async throws {
        let fleet = try Fleet()
        #expect(mkdir(fleet.data, 0o700) == 0 && chown(fleet.data, 12345, 12345) == 0)
        let scheduler = try await fleet.scheduler()
        #expect(scheduler.errors.contains("belongs to user 12345"))
    }

    @Test("S21: a link of another user's in place of the data directory is warned of", .enabled(if: geteuid() == 0))
    func foreignLink() async throws {
        let fleet = try Fleet()
        let real = fleet.directory + "/real"
        #expect(mkdir(real, 0o700) == 0 && symlink(real, fleet.data) == 0 && lchown(fleet.data, 12345, 12345) == 0)
        let scheduler = try await fleet.scheduler()
        #expect(scheduler.errors.contains("is a link that belongs to user 12345"))
    }

    @Test("S21: without an address, the folder of the socket is the user's alone, or nothing is done in it")
    func standardFolder() async throws {
        let fleet = try Fleet()
        let folder = fleet.directory + "/taskiq"
        let commands = [["kiq", "add", "1", "2", "--timeout", "1s"], ["scheduler", "--data", fleet.data]]
        for preparation in [
            "mkdir -m 777 \(folder)",
            "rm -r \(folder); mkdir \(fleet.directory)/other; ln -s \(fleet.directory)/other \(folder)",
            "rm \(folder); touch \(folder)",
        ] {
            #expect(try await TestProcess("/bin/sh", ["-c", preparation]).end() == 0)
            for arguments in commands {
                let environment = ["XDG_RUNTIME_DIR": fleet.directory, "TASKIQ_BROKER": ""]
                let process = try TestProcess(Programs.taskiq, arguments, environment: environment)
                #expect(try await process.end() == 1)
                #expect(process.errors.contains("that nobody else can enter"), "\(process.errors)")
            }
        }
    }

    @Test("S21: a key that others can read is not used")
    func openKey() async throws {
        let fleet = try Fleet()
        #expect(try await fleet.taskiq("keys", "new", "web", "--out", fleet.directory).code == 0)
        let key = fleet.directory + "/web.key"
        #expect(chmod(key, 0o644) == 0)
        let result = try await fleet.taskiq("kiq", "add", "1", "2", "--key", key)
        #expect(result.code == 2)
        #expect(result.errors.contains("chmod 600 \(key)"))
    }
}
