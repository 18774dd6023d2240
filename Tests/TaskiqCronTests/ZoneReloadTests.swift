// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Foundation
import TaskiqCron
import Testing

@Suite("Zone data that changes")
struct ZoneReloadTests {
    @Test("a replaced file is read again, an untouched or damaged one is not")
    func reload() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "zones-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let source = try #require(
            Zone.standardDirectories.map { URL(filePath: $0) }.first {
                FileManager.default.fileExists(atPath: $0.appending(path: "Asia/Tokyo").path)
            }
        )
        let place = folder.appending(path: "Here")
        func put(_ name: String) throws {
            let data = try Data(contentsOf: source.appending(path: name))
            try data.write(to: place, options: .atomic)
        }
        let directories = [folder.path]
        try put("Asia/Tokyo")
        let before = try Zone(identifier: "Here", directories: directories)
        #expect(before.offsetSeconds(at: .epoch) == 32_400)
        #expect(!Zone.reloadChanged().contains(where: { $0.identifier == "Here" }))

        let known = Zone.changes(since: 0).count
        try put("Europe/Berlin")
        Zone.reloadChanged()
        // Not what was returned: a scheduler of another test may have been the one who found it.
        let changed = Zone.changes(since: known)
        #expect(changed.zones.first { $0.identifier == "Here" }?.offsetSeconds(at: .epoch) == 3_600)
        #expect(!Zone.changes(since: changed.count).zones.contains(where: { $0.identifier == "Here" }))
        let after = try Zone(identifier: "Here", directories: directories)
        #expect(after.offsetSeconds(at: .epoch) == 3_600)
        #expect(before.offsetSeconds(at: .epoch) == 32_400)

        try Data("no zone".utf8).write(to: place, options: .atomic)
        #expect(!Zone.reloadChanged().contains(where: { $0.identifier == "Here" }))
        try FileManager.default.removeItem(at: place)
        #expect(!Zone.reloadChanged().contains(where: { $0.identifier == "Here" }))
        #expect(try Zone(identifier: "Here", directories: directories) == after)
    }

    @Test(
        "Python's offsets",
        arguments: [
            ("Europe/Berlin", nil), ("UTC", 0), ("+02:00", 7_200), ("PT2H", 7_200), ("-PT3H30M", -12_600),
            ("P0DT5H30M", 19_800), ("PT0S", 0), ("PT1H30M15.5S", 5_415), ("-P0DT0H0M1S", -1), ("2:00:00", 7_200),
            ("-1 day, 21:00:00", -10_800), ("0:00:00", 0), ("5:30:00.250000", 19_800), ("PT-0S", -99_999),
            ("P1D", -99_999), ("24:00:00", -99_999), ("PT", -99_999), ("1 day, 1:00:00", -99_999), ("2:00", -99_999),
            ("PT999999999H", -99_999), ("PT9999999999H", -99_999), ("", -99_999),
        ] as [(String, Int?)]
    )
    func cronOffset(text: String, expected: Int?) throws {
        guard expected != -99_999 else {
            #expect(throws: ZoneError.self) { try Zone(cronOffset: text) }
            return
        }
        let zone = try Zone(cronOffset: text)
        if let expected { #expect(zone.offsetSeconds(at: .epoch) == expected) }
        if expected == 0 { #expect(zone == .utc) }
    }

    @Test("a duration is an offset of less than a day")
    func duration() throws {
        #expect(try Zone(cronOffset: .seconds(5_400)).identifier == "+01:30")
        #expect(throws: ZoneError.self) { try Zone(cronOffset: .seconds(86_400)) }
        #expect(throws: ZoneError.self) { try Zone(cronOffset: .seconds(Int64.min)) }
    }
}
