// This source file is part of taskiq for Swift.
// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Goes through a folder once.
struct FolderWalk {
    private let folder: ScheduleFolder
    private let isKnown: (String, Int) -> Bool
    private(set) var scan = FolderScan()
    /// The folder with all links resolved; what a link leads to must lie in it.
    private var bounds = ""
    private var visited: Set<SystemFile.Kind> = []

    init(folder: ScheduleFolder, isKnown: @escaping (String, Int) -> Bool) {
        self.folder = folder
        self.isKnown = isKnown
    }

    mutating func run() {
        do throws(SystemFile.Failure) {
            let kind = try SystemFile.kind(of: folder.path, followingLinks: true)
            if kind.isFolder {
                bounds = try SystemFile.resolved(folder.path)
                visit(folder: folder.path, kind, namespace: nil, depth: 0)
                scan.files.sort { $0.path < $1.path }
            } else {
                watchParent()
                guard let format = folder.formats.format(ofFile: folder.path) else {
                    scan.problems.append(folder.formatProblem)
                    return
                }
                visit(file: folder.path, format, namespace: nil)
            }
        } catch {
            watchParent()
            refuse(folder.path, error)
        }
    }

    /// A file is watched through its folder, since editors replace files rather than write into them.
    private mutating func watchParent() {
        guard let slash = folder.path.lastIndex(of: "/") else { return scan.folders.append(".") }
        scan.folders.append(slash == folder.path.startIndex ? "/" : String(folder.path[..<slash]))
    }

    // MARK: Folders

    private mutating func visit(folder path: String, _ kind: SystemFile.Kind, namespace: String?, depth: Int) {
        guard depth <= ScheduleFolder.depthLimit else {
            let message = "folders are nested more than \(ScheduleFolder.depthLimit) levels deep"
            scan.problems.append(Diagnostic(.error, .tooDeep, path: path, message: message))
            return
        }
        // A link may lead back up; each folder counts where it is met first.
        guard visited.insert(kind).inserted else { return }
        scan.folders.append(path)
        let names: [String]
        do throws(SystemFile.Failure) {
            names = try SystemFile.names(inFolder: path)
        } catch {
            refuse(path, error)
            return
        }
        for name in names where !ScheduleFolder.isIgnored(name) {
            visit(path.hasSuffix("/") ? path + name : "\(path)/\(name)", name, namespace: namespace, depth: depth)
        }
    }

    private mutating func visit(_ path: String, _ name: String, namespace: String?, depth: Int) {
        let format = folder.formats.format(ofFile: name)
        do throws(SystemFile.Failure) {
            let own = try SystemFile.kind(of: path, followingLinks: false)
            let kind = own.isLink ? try SystemFile.kind(of: path, followingLinks: true) : own
            guard kind.isFolder || format != nil else { return }
            if own.isLink, !isInside(try SystemFile.resolved(path)) {
                let message =
                    "the symbolic link leads out of \(folder.path) and is not followed; put the file itself there"
                scan.problems.append(Diagnostic(.error, .symlinkOutside, path: path, message: message))
            } else if kind.isFolder {
                visit(folder: path, kind, namespace: namespace ?? name, depth: depth + 1)
            } else if let format {
                visit(file: path, format, namespace: namespace)
            }
        } catch {
            // What vanished while we looked is not there, but a link that leads nowhere is a mistake.
            let isLink = (try? SystemFile.kind(of: path, followingLinks: false))?.isLink ?? false
            if !error.isMissing || (isLink && format != nil) { refuse(path, error) }
        }
    }

    private func isInside(_ resolved: String) -> Bool {
        resolved == bounds || resolved.hasPrefix(bounds == "/" ? "/" : bounds + "/")
    }

    // MARK: Files

    private mutating func visit(file path: String, _ format: ScheduleFileFormat, namespace: String?) {
        do throws(SystemFile.Failure) {
            let bytes = try SystemFile.contents(of: path, atMost: ScheduleFile.sizeLimit + 1)
            guard bytes.count <= ScheduleFile.sizeLimit else {
                let limit = ScheduleFile.sizeLimit
                let message = "the file has more than the \(limit) bytes that are read; split it into several"
                add(path, namespace, .refused(Diagnostic(.error, .fileTooLarge, path: path, message: message)), hash: 1)
                return
            }
            let hash = bytes.hashValue
            let contents = isKnown(path, hash) ? FolderScan.Contents.known : .text(bytes, format)
            add(path, namespace, contents, hash: hash)
        } catch {
            guard !error.isMissing || path == folder.path else { return }
            let reason = error.number == EINVAL ? "it is no regular file" : error.reason
            let message = "the file cannot be read: \(reason)"
            let diagnostic = Diagnostic(.error, .unreadable, path: path, message: message)
            add(path, namespace, .refused(diagnostic), hash: Int(error.number))
        }
    }

    private mutating func add(_ path: String, _ namespace: String?, _ contents: FolderScan.Contents, hash: Int) {
        scan.files.append(.init(path: path, namespace: namespace, contents: contents, fingerprint: hash))
    }

    private mutating func refuse(_ path: String, _ error: SystemFile.Failure) {
        scan.unreadable.append(path)
        let message = error.isMissing ? ScheduleFolder.missing : "it cannot be read: \(error.reason)"
        scan.problems.append(
            Diagnostic(.error, error.isMissing ? .notFound : .unreadable, path: path, message: message)
        )
    }
}
