// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

extension HubStore {
    /// Answers what an operation wants to know; called where groups are committed (a backup elsewhere), and never throws:
    /// that an operation cannot be done is no reason to stop.
    ///
    /// - Parameter inquiry: what it wants to know.
    /// - Returns: the answer.
    public func answer(to inquiry: HubInquiry) -> HubFinding {
        do {
            return try find(inquiry)
        } catch {
            return .failed("\(error)")
        }
    }

    private func find(_ inquiry: HubInquiry) throws -> HubFinding {
        switch inquiry {
        case .task(let taskID):
            return .task(
                result: try results(of: [taskID])[taskID],
                deadLetter: try deadLetter(taskID: taskID)
            )
        case .deadLetter(let taskID): return .deadLetter(try deadLetter(taskID: taskID))
        case .deadLetters(let page, let taskName, let queue):
            let (letters, next) = try deadLetters(page, taskName, queue)
            return .deadLetters(letters, next: next)
        case .lettersOfTasks(let taskIDs):
            return .deadLetters(try taskIDs.compactMap { try deadLetter(taskID: $0) }, next: nil)
        case .letters(let page, let taskName, let queue):
            let (listed, next) = try deadLetters(page, taskName, queue)
            return try withMessages(listed, next)
        case .results(let page): return .results(try results(page))
        case .statistics: return .statistics(try statistics(), diskState())
        case .backup(let path):
            try backup(to: path)
            return .done
        }
    }

    /// Dead letters that fit, of a bounded number that is looked at.
    private func deadLetters(
        _ page: StorePage,
        _ taskName: String?,
        _ queue: String?
    ) throws -> (letters: [StoredDeadLetter], next: Int64?) {
        var page = page
        let wanted = page.limit
        var found: [StoredDeadLetter] = []
        // Filtered here: so many rows are read in some milliseconds, and whoever asks goes on from there.
        for _ in 0..<10 {
            page.limit = taskName == nil && queue == nil ? wanted + 1 : StorePage.maximumLimit
            let rows = try deadLetters(page)
            for row in rows {
                if found.count == wanted { return (found, page.before) }
                page.before = row.message.sequence
                if let taskName, row.message.taskName != taskName { continue }
                if let queue, row.message.queue != queue { continue }
                found.append(row)
            }
            if rows.count < page.limit { return (found, nil) }
        }
        return (found, page.before)
    }

    /// Reads their messages, as far as that makes no large heap of them.
    private func withMessages(_ listed: [StoredDeadLetter], _ next: Int64?) throws -> HubFinding {
        var letters: [StoredDeadLetter] = []
        var size = 0
        for letter in listed {
            size += letter.bodySize
            if size > 8 * 1024 * 1024, let last = letters.last {
                return .deadLetters(letters, next: last.message.sequence)
            }
            if let letter = try deadLetter(sequence: letter.message.sequence) { letters.append(letter) }
        }
        return .deadLetters(letters, next: next)
    }
}
