// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import TaskiqHubProtocol

extension ClientReply {
    /// The answer to one submission.
    static func stored(_ sequence: Int64, as correlation: UInt64 = 0, isDuplicate: Bool = false) -> ClientReply {
        .submitted([SubmitReceipt(correlation: correlation, sequence: sequence, isDuplicate: isDuplicate)])
    }

    /// Those of the submissions that it answers.
    var receipts: [SubmitReceipt] {
        if case .submitted(let receipts) = self { receipts } else { [] }
    }
}
