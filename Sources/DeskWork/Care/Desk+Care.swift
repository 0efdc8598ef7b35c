import CausalHistory
import Foundation
import RecordModel
import RecordStorage

extension Desk {
    /// Returns how the desk stands.
    public func status() throws -> StatusReport {
        try store.read { reader in
            let peer = try reader.peers().first
            return StatusReport(
                desk: code,
                replica: try reader.setting(Setting.replica) ?? "",
                mission: try reader.setting(Setting.mission) ?? missionSpace.text,
                officer: officer,
                unsent: try unsent(to: peer, reader),
                conflicts: try reader.conflictCount(),
                lastSync: peer?.lastSync,
                spaces: try spaces(reader),
                clockSkewSeconds: peer?.clockSkew.map { Int($0 / 1000) },
                headquarters: peer?.url
            )
        }
    }

    /// Returns the spaces in figures, by name.
    public func spaces() throws -> [SpaceReport] {
        try store.read { try spaces($0) }
    }

    private func spaces(_ reader: StoreReader) throws -> [SpaceReport] {
        try reader.spaces().map { space in
            SpaceReport(
                name: space.name.text,
                records: try reader.recordCount(in: space.name),
                digest: space.fingerprint.hex
            )
        }
    }

    /// The number of own changes beyond what headquarters last stated.
    private func unsent(to peer: StoredPeer?, _ reader: StoreReader) throws -> Int {
        let told = try peer.map { try reader.peerSpaces(of: $0.row) } ?? []
        return try reader.spaces().reduce(0) { sum, space in
            guard let actor = space.actor else { return sum }
            let own = try reader.knowledge(of: space.name).counter(of: actor)
            let theirs =
                told.first { $0.space == space.name }?.knowledge?.counter(of: actor) ?? 0
            return sum + Int(clamping: own > theirs ? own - theirs : 0)
        }
    }

    /// Writes a consistent copy of the replica while work goes on.
    ///
    /// The copy is a replica of its own, so that one restored from it never uses a dot twice.
    /// - Throws: `StoreError.replicaExists` where a file is at the path, `.diskFull`, `.io`.
    public func backup(
        to path: String,
        progress: @escaping (Int, Int) -> Void = { _, _ in }
    ) throws -> BackupReport {
        try store.copy(to: path, progress: progress)
        let copy = try ReplicaStore(
            opening: path,
            environment: store.environment,
            schema: store.schema
        )
        try copy.write { try $0.becomeBackup() }
        let records = try copy.read { try $0.recordCount() }
        copy.checkpoint()
        try copy.close()
        for suffix in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: path + suffix)
        }
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber
        return BackupReport(file: path, bytes: size?.intValue ?? 0, records: records)
    }

    /// Checks the replica from the disk up: the file, what derives from the records, the chains.
    ///
    /// - Parameter repair: Whether what the file's own redundancy tells is mended first; a file whose pages
    ///   are malformed is put together anew before (`ReplicaStore.salvage`).
    /// - Returns: What was mended and what was found.
    /// - Throws: `StoreError`.
    /// - Complexity: O(*n*) in the size of the replica.
    public func doctor(repair: Bool = false) throws -> DoctorReport {
        let repairs = repair ? try mend() : []
        return DoctorReport(
            repairs: repairs,
            checks: [
                try check("file") { try $0.integrityProblems() },
                try check("settings") { reader in
                    try [Setting.desk, Setting.replica, Setting.officer].filter {
                        try reader.setting($0) == nil
                    }.map { "\($0) is missing" }
                },
                try check("records") { reader in
                    try reader.damagedRecords().damaged.map {
                        "record \($0.uid) of \($0.space) is not as it was written; attache sync --verify mends it"
                    }
                },
                try check("fingerprints", fingerprintProblems),
                try check("counters", counterProblems),
                try check("chains", chainProblems),
                try check("indexes") { try $0.indexProblems() },
                try checkAttachments(),
            ]
        )
    }

    /// Looks at the bytes of attachments, and counts those that no record names any more.
    private func checkAttachments() throws -> DoctorCheck {
        let name = "attachments"
        let check = try check(name) { reader in
            try reader.damagedAttachments().map {
                "the bytes of attachment \($0.hash.description.prefix(12)) are not those that it names; "
                    + "--repair drops them, and they come again from headquarters"
            }
        }
        guard check.isOK else { return check }
        return try store.read { reader in
            let all = try reader.attachmentTally()
            if all.count == 0 { return check }
            let unnamed = try reader.unnamedAttachments().filter { $0.held > 0 }
            var detail = "\(all.count) in order, \(ByteSize(all.bytes).text)"
            if !unnamed.isEmpty {
                let bytes = unnamed.reduce(0) { $0 + $1.held }
                detail +=
                    "; \(unnamed.count) of them (\(ByteSize(bytes).text)) that no record names any "
                    + "more: --repair frees them"
            }
            return DoctorCheck(name: name, isOK: true, detail: detail)
        }
    }

    /// Mends counters and chains, and makes anew what derives from the records.
    /// - Returns: What was mended, a sentence each.
    private func mend() throws -> [String] {
        try store.write { writer in
            var repairs: [String] = []
            let counters = try writer.mendCounters()
            if !counters.isEmpty {
                let names = counters.map(\.text).joined(separator: ", ")
                repairs.append("the counter of \(names) was raised to that of its records")
            }
            let (lines, broken) = try writer.mendChains()
            if lines > 0 {
                repairs.append(
                    "\(lines) line\(lines == 1 ? "" : "s") of the journal mended from the records"
                )
            }
            if !broken.isEmpty {
                let names = broken.map(\.text).joined(separator: ", ")
                try giveUpChains(of: broken, writer)
                repairs.append(
                    "the chain of \(names) cannot be mended: the replica goes on under a new identity, with all "
                        + "that it holds"
                )
            }
            try writer.rebuildIndexes()
            // What is lost comes again from whoever holds it; what nobody names is not kept.
            for attachment in try writer.reader.damagedAttachments() {
                try writer.drop(attachment)
            }
            try writer.freeAttachments()
            return repairs
        }
    }

    /// Goes on under a new identity, and writes again under it what the old one cannot prove.
    private func giveUpChains(of broken: [SpaceName], _ writer: StoreWriter) throws {
        let replica = try writer.reader.setting(Setting.replica).flatMap { bytes(hexadecimal: $0) }
        let actors = try broken.map { (space: $0, actor: try writer.reader.space($0).actor) }
        try writer.takeNewIdentity()
        try writer.flush()
        for (space, actor) in actors {
            guard let actor, let replica else { continue }
            try writer.writeUnprovenAgain(
                in: space,
                of: actor,
                replica: replica,
                attribution: Attribution(
                    time: writer.nextTime(),
                    author: officer,
                    note: "written again after the journal was damaged"
                )
            )
        }
    }

    /// Runs a check on a snapshot of its own: what one cannot read must not hide what the others
    /// find, and SQLite may report damage at the very end of a transaction.
    private func check(
        _ name: String,
        _ problems: (StoreReader) throws -> [String]
    ) throws -> DoctorCheck {
        do {
            let found = try store.read(problems)
            let shown = found.prefix(5).joined(separator: "; ")
            return DoctorCheck(
                name: name,
                isOK: found.isEmpty,
                detail: found.isEmpty ? "in order" : shown
            )
        } catch let error as StoreError {
            guard case .damaged(let detail) = error else { throw error }
            return DoctorCheck(name: name, isOK: false, detail: detail)
        }
    }

    private func fingerprintProblems(_ reader: StoreReader) throws -> [String] {
        var sums: [SpaceName: Fingerprint] = [:]
        try reader.forEachRecord { record in
            sums[record.key.space, default: Fingerprint()]
                .add(record.writtenDigest ?? record.state.digest(uid: record.key.uid))
            return true
        }
        return try reader.spaces().filter { $0.fingerprint != sums[$0.name] ?? Fingerprint() }
            .map { "the fingerprint of \($0.name) is not that of its records" }
    }

    private func counterProblems(_ reader: StoreReader) throws -> [String] {
        var problems: [String] = []
        for space in try reader.spaces() {
            let knowledge = try reader.knowledge(of: space.name)
            var beyond: [Dot] = []
            try reader.forEachRecord(space: space.name) { record in
                if let actor = space.actor {
                    beyond += record.state.dots.filter {
                        $0.actor == actor && !knowledge.covers($0)
                    }
                }
                return beyond.isEmpty
            }
            if !beyond.isEmpty {
                problems.append("\(space.name) holds own changes beyond its counter")
            }
        }
        return problems
    }

    private func chainProblems(_ reader: StoreReader) throws -> [String] {
        try reader.spaces().flatMap { space -> [String] in
            guard let actor = space.actor else { return [] }
            return try reader.chainProblems(of: actor, in: space)
        }
    }
}
