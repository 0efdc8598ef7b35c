import CausalHistory
import RecordModel
import RecordStorage
import TestSupport

/// The judges: they look at what replicas show and state, and at the ground truth, not at how it came.
extension Simulation {
    /// I2, I6: a replica shows of each record what follows from the writes that it has seen.
    func judge(_ replica: SimulatedReplica) throws {
        try judgeIndexes(replica)
        for uid in Self.uids where !isForAPerson(uid) {
            let expected = truth.shown(uid, to: replica.seen)
            let shown = try replica.shown(uid)
            if shown != expected {
                complaints.append(
                    "\(replica.name) shows \(uid.value) as \(shown), not \(expected)"
                )
            }
        }
    }

    /// A value is found by its word, and the indexes hold what the replica's schema makes of its
    /// records, by whatever schemas they were indexed before.
    func judgeIndexes(_ replica: SimulatedReplica) throws {
        guard profile.contains(.schemas) else { return }
        let problems = try replica.store.read { reader in
            var problems = try reader.indexProblems()
            var conflicts = 0
            try reader.forEachRecord(space: Self.space) { record in
                conflicts += reader.conflictsToDecide(in: record)
                if record.state.isHidden { return true }
                for sibling in record.state.siblings(of: Self.registers[0]) {
                    guard let bytes = sibling.version.content.bytes else { continue }
                    let word = String(decoding: bytes, as: UTF8.self)
                    if try !reader.search([word], limit: 50).contains(record.row) {
                        problems.append("\(record.key.uid) is not found by \(word)")
                    }
                }
                return true
            }
            let counted = try reader.conflictCount(in: [Self.space])
            if counted != conflicts { problems.append("\(counted) conflicts, not \(conflicts)") }
            return problems
        }
        complaints += problems.map { "the index of \(replica.name): \($0)" }
    }

    /// Whether a record is judged by its undisputed values alone.
    ///
    /// Somebody kept it who returned late; or it was made twice apart, and one of the two was deleted and
    /// given up before the other was heard of, which does not bring it back.
    private func isForAPerson(_ uid: RecordUID) -> Bool {
        returned.contains(uid) || givenUp.contains(uid) && truth.isMadeTwice(uid)
    }

    /// I4: replicas of equal knowledge and equal chains, without anything beyond it, prove to be equal.
    func judgeAgreement() throws {
        var settled:
            [(name: String, knowledge: VersionVector, heads: [UInt32?], sum: Fingerprint)] =
                []
        for replica in try members {
            let knowledge = try replica.knowledge()
            let (heads, isBeyond) = try replica.store.read { reader in
                let heads = try knowledge.entries.map {
                    try reader.chainDigest(of: Dot($0.actor, $0.counter))
                }
                var isBeyond = false
                try reader.forEachRecord(space: Self.space) { record in
                    isBeyond = record.state.dots.contains { !knowledge.covers($0) }
                    return !isBeyond
                }
                return (heads, isBeyond)
            }
            if isBeyond { continue }
            settled.append((replica.name, knowledge, heads, try replica.fingerprint()))
        }
        for (index, left) in settled.enumerated() {
            for right in settled[(index + 1)...]
            where left.knowledge == right.knowledge && left.heads == right.heads
                && left.sum != right.sum
            {
                complaints.append("\(left.name) and \(right.name) know the same and differ")
            }
        }
    }

    /// I3: after quiescence every replica shows what follows from all writes that any replica has.
    func judgeEnd() throws {
        let surviving = replicas.reduce(into: Set<Int>()) { $0.formUnion($1.seen) }
        let knowledge = try headquarters.knowledge()
        let sum = try headquarters.fingerprint()
        for replica in try members {
            if try replica.knowledge() != knowledge {
                complaints.append("\(replica.name) never came to know what headquarters does")
            }
            if try replica.fingerprint() != sum {
                complaints.append("\(replica.name) holds other records than headquarters")
            }
            for uid in Self.uids {
                let expected = truth.shown(uid, to: surviving)
                let shown = try replica.shown(uid)
                if isForAPerson(uid) {
                    let lost = truth.undisputed(uid, to: surviving).subtracting(shown.values)
                    let isAlike = try shown == headquarters.shown(uid)
                    if !lost.isEmpty || !isAlike || expected == .erased && shown != .erased {
                        complaints.append("\(replica.name) lost \(lost) of \(uid.value), late")
                    }
                } else if shown != expected {
                    complaints.append(
                        "in the end \(replica.name) shows \(uid.value) as \(shown), not \(expected)"
                    )
                }
            }
        }
        try judgeAgreement()
    }
}

extension StoreReader {
    /// The number of a record's registers that a person has to decide by this store's schema, counted
    /// from what is read and not by the index.
    fileprivate func conflictsToDecide(in record: StoredRecord) -> Int {
        if record.state.isHidden { return 0 }
        let kind = schema.kind(orStandInFor: record.state.kind)
        let open = record.state.fields.filter { entry in
            entry.key != .life
                && RecordState.reading(of: entry, as: kind.field(number: entry.key.number))
                    .isConflict
        }
        return open.count + (record.state.life == .contested ? 1 : 0)
    }
}
