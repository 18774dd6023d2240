// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

import Taskiq
import TaskiqHubProtocol

// What people and programs ask of a hub beside its work. An operation may be repeated when its answer was lost.
extension HubCore {
    /// Does an operation, or begins to.
    mutating func perform(_ call: OperationCall, for peer: PeerID, correlation: UInt64) {
        let operation = HubOperation(rawValue: call.operation)
        do {
            let request = OperationRequest(
                peer: peer,
                correlation: correlation,
                operation: operation,
                parameters: try Self.parameters(of: call)
            )
            switch try perform(request) {
            case .now(let body): answer(request, OperationReply(body: body))
            case .stored(let body): answerWhenStored(request, OperationReply(body: body))
            case .later: break
            }
        } catch {
            reply(.called(OperationReply(error.status, error.message)), to: peer, correlation: correlation)
        }
    }

    private static func parameters(of call: OperationCall) throws(OperationProblem) -> OperationParameters {
        guard !call.parameters.isEmpty else { return OperationParameters() }
        do {
            return try JSONFragment(parsing: call.parameters).decode(OperationParameters.self)
        } catch {
            throw OperationProblem(.invalid, "the parameters of \(call.operation) cannot be read: \(error)")
        }
    }

    private mutating func perform(_ request: OperationRequest) throws(OperationProblem) -> OperationAnswer {
        switch request.operation {
        case .listTasks: return try listTasks(request)
        case .showTask: return try showTask(request)
        case .cancelTask: return try cancelTask(request)
        case .retryTask:
            _ = try request.taskID
            return inquire(.lettersOfTasks(request.parameters.taskIDs ?? []), for: request)
        case .listQueues: return listQueues(request)
        case .pauseQueue: return try pauseQueue(request, isPaused: true)
        case .resumeQueue: return try pauseQueue(request, isPaused: false)
        case .purgeQueue: return try purgeQueue(request)
        case .listDeadLetters: return try listDeadLetters(request)
        case .showDeadLetter: return inquire(.deadLetter(taskID: try request.taskID), for: request)
        case .retryDeadLetters, .dropDeadLetters: return try changeDeadLetters(request)
        case .listWorkers: return listWorkers(request)
        case .drainWorkers: return try drainWorkers(request)
        case .pingWorker: return try pingWorker(request)
        case .listResults: return try listResults(request)
        case .subscribeEvents: return try subscribe(request)
        case .unsubscribeEvents: return unsubscribe(request)
        case .showStatus: return inquire(.statistics, for: request)
        case .backUpStore:
            let path = try request.required(\.path, "path")
            guard path.hasPrefix("/"), path.utf8.count < 4096, !path.utf8.contains(0) else {
                throw OperationProblem(.invalid, "a copy needs a path on the hub's machine that begins with /")
            }
            return inquire(.backup(path: path), for: request)
        default:
            let known = HubOperation.allCases.map(\.rawValue).joined(separator: ", ")
            throw OperationProblem(
                .unsupported,
                "this hub knows no operation \"\(request.operation.rawValue)\"; it knows \(known)"
            )
        }
    }

    // MARK: Answers

    mutating func answer(_ request: OperationRequest, _ answer: OperationReply) {
        reply(.called(answer), to: request.peer, correlation: request.correlation)
    }

    private mutating func answerWhenStored(_ request: OperationRequest, _ answer: OperationReply) {
        guard let client = clients[request.peer] else { return }
        let packet = Packet(
            ClientReply.called(answer),
            correlation: request.correlation,
            session: client.session,
            epoch: epoch
        )
        afterCommit(.effect(.sendToClient(request.peer, packet)))
    }

    /// Asks the store, once it has what is on its way there.
    mutating func inquire(_ inquiry: HubInquiry, for request: OperationRequest) -> OperationAnswer {
        afterCommit(.inquire(inquiry, for: request))
        return .later
    }

    /// Goes on with what the store said.
    mutating func handleFinding(_ finding: HubFinding, of request: OperationRequest) {
        do {
            switch try answer(request, with: finding) {
            case .now(let body): answer(request, OperationReply(body: body))
            case .stored(let body): answerWhenStored(request, OperationReply(body: body))
            case .later: break
            }
        } catch {
            answer(request, OperationReply(error.status, error.message))
        }
    }

    private mutating func answer(
        _ request: OperationRequest,
        with finding: HubFinding
    ) throws(OperationProblem) -> OperationAnswer {
        switch (request.operation, finding) {
        case (_, .failed(let reason)): throw OperationProblem(.failed, reason)
        case (.showTask, .task(let result, let letter)): return try show(request, result, letter)
        case (.cancelTask, .task(let result, let letter)): return try cancelEnded(request, result, letter)
        case (.retryTask, .deadLetters(let letters, _)): return try revive(letters, for: request, next: nil)
        case (.retryDeadLetters, .deadLetters(let letters, let next)):
            return try revive(letters, for: request, next: next)
        case (.dropDeadLetters, .deadLetters(let letters, let next)):
            return try drop(letters, for: request, next: next)
        case (.listDeadLetters, .deadLetters(let letters, let next)): return list(letters, request, next: next)
        case (.showDeadLetter, .deadLetter(let letter)): return try show(letter, request)
        case (.listResults, .results(let results)): return list(results, request)
        case (.showStatus, .statistics(let statistics, let disk)): return .now(Self.json(status(statistics, disk)))
        case (.backUpStore, .done): return .now(Self.json(OperationOutcome(.done)))
        default: throw OperationProblem(.failed, "the store gave an answer to something else")
        }
    }

    static func json(_ value: some Encodable) -> [UInt8] {
        // All of them are made of texts and numbers.
        (try? JSONFragment(encoding: value)).map { Array($0.bytes) } ?? Array("{}".utf8)
    }

    func page(_ request: OperationRequest) -> OperationPageWriter {
        OperationPageWriter(limit: request.limit, maximumBody: configuration.maximumBody)
    }
}
