// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import GRDB
import GRDBSQLite
import TaskiqHub
import Testing

@testable import TaskiqSQLite

/// The disk fails at one of the store's calls: what was committed is there afterwards, and nothing is said to be
/// committed that is not.
@Suite struct DiskErrorTests {
    private static let workload = try? FaultWorkload(seed: 1, groups: 12)

    /// Runs the workload until the store fails or everything is done.
    ///
    /// - Returns: how many groups the store said it has.
    private func run(_ workload: FaultWorkload, in folder: String) throws -> Int {
        var acknowledged = 0
        var store: SQLiteHubStore?
        do {
            let opened = try SQLiteHubStore(directory: folder, options: .durable)
            store = opened
            _ = try opened.recover()
            // Often, so that few groups suffice to see the log brought into the file.
            try opened.database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_autocheckpoint = 8") }
            for group in workload.groups {
                try opened.commit(group)
                acknowledged += 1
                _ = try opened.bodies(of: [1, Int64(acknowledged)])
            }
        } catch {
            #expect(error is HubStoreError)
        }
        store?.close()
        return acknowledged
    }

    struct Case: CustomTestStringConvertible {
        var call: FaultyDisk.Call
        var code: CInt?
        var isLasting: Bool

        var testDescription: String {
            "\(call) \(code == nil ? "fails" : "finds the disk full") \(isLasting ? "from then on" : "once")"
        }
    }

    static let cases =
        FaultyDisk.Call.allCases.flatMap { call in
            [Case(call: call, code: nil, isLasting: false), Case(call: call, code: nil, isLasting: true)]
        } + [
            Case(call: .write, code: SQLITE_FULL, isLasting: false),
            Case(call: .write, code: SQLITE_FULL, isLasting: true),
        ]

    @Test(arguments: cases)
    func atEachCall(_ fault: Case) throws {
        let workload = try #require(Self.workload)
        var failingCall = 1
        var failures = 0
        while true {
            let folder = try TemporaryFolder()
            var plan = FaultyDisk.Plan()
            plan.kinds = [fault.call]
            (plan.failingCall, plan.code, plan.isLasting) = (failingCall, fault.code, fault.isLasting)
            let (acknowledged, after) = try FaultyDisk.with(folder.path, plan) {
                (try run(workload, in: folder.path), FaultyDisk.plan(folder.path))
            }
            if after.failures == 0 {
                #expect(acknowledged == workload.groups.count)
                break
            }
            failures += 1
            // The disk is well again, and the hub is started anew.
            let store = try SQLiteHubStore(directory: folder.path, options: .durable)
            defer { store.close() }
            let memory = try Memory(store, taskIDs: workload.taskIDs)
            // The group that failed is there or not.
            let isPossible = workload.memories[acknowledged...].prefix(2).contains(memory)
            #expect(isPossible, "call \(failingCall), \(acknowledged) groups acknowledged")
            failingCall += failingCall < 100 ? 1 : 3
        }
        #expect(failures > 0)
    }
}
