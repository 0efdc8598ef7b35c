import CausalHistory
import RecordModel
import TestSupport

extension ModelWorld {
    /// Judges one replica by what it has seen.
    mutating func judge(_ number: Int) {
        let replica = replicas[number]
        for uid in Self.uids {
            let expected = truth.shown(uid, to: seen[number])
            let shown = GroundTruth.Shown(replica.records[uid])
            if shown != expected {
                complaints.append("replica \(number) shows \(uid) as \(shown), not \(expected)")
            }
        }
        for write in unseen(by: number)
        where replica.knowledge.covers(truth.writes[write].dot) {
            complaints.append("replica \(number) claims to know write \(write), which it never saw")
        }
    }

    /// The writes that a replica has not seen, those aside that an erasure that it has seen ended.
    private func unseen(by number: Int) -> [Int] {
        let seen = seen[number]
        let erased = Set(seen.map { truth.writes[$0] }.filter { $0.act == .erasure }.map(\.uid))
        return truth.writes.indices.filter {
            !seen.contains($0) && !erased.contains(truth.writes[$0].uid)
        }
    }

    /// Judges that replicas of equal knowledge, without anything beyond it, prove to be equal.
    mutating func judgeAgreement() {
        let settled = replicas.indices.filter { !replicas[$0].holdsBeyondKnowledge }
        for (index, left) in settled.enumerated() {
            for right in settled[(index + 1)...]
            where replicas[left].knowledge == replicas[right].knowledge
                && replicas[left].fingerprint != replicas[right].fingerprint
            {
                complaints.append("replicas \(left) and \(right) know the same and differ")
            }
        }
    }

    /// Judges the end: everybody has seen everything and shows what the truth says.
    mutating func judgeEnd() {
        for number in replicas.indices {
            if replicas[number].knowledge != replicas[0].knowledge {
                complaints.append("replica \(number) never came to know what the others do")
            }
            if replicas[number].holdsBeyondKnowledge {
                complaints.append("replica \(number) holds more than it knows")
            }
            if let write = unseen(by: number).first {
                complaints.append("replica \(number) never saw write \(write)")
            }
            let same = replicas[number].records.mapValues(\.erasure).filter { $0.value != nil }
            if same != replicas[0].records.mapValues(\.erasure).filter({ $0.value != nil }) {
                complaints.append("replica \(number) holds other erasures")
            }
            if !profile.contains(.collection), replicas[number].records != replicas[0].records {
                complaints.append("replica \(number) holds other states")
            }
            judge(number)
        }
        judgeAgreement()
    }
}
