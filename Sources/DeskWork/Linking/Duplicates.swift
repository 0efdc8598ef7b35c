import Interchange
import RecordModel

/// A record as it is named beside another.
public struct RecordLabel: Hashable, Sendable {
    /// The record's name: its short id.
    public let id: String
    /// The record's number.
    public let uid: RecordUID
    /// The text that names it in lists.
    public let title: String
    /// The space of its main part.
    public let space: String
    /// The mission whose record it is, where that is said.
    public let owner: String?

    /// The order of names: `ber-9` before `ber-10`.
    static func precedes(_ left: RecordLabel, _ right: RecordLabel) -> Bool {
        (left.id.utf8.count, left.id) < (right.id.utf8.count, right.id)
    }
}

/// Two records that may be one, and why.
public struct DuplicatePair: Sendable {
    /// The name of the kind.
    public let kind: String
    /// The one.
    public let first: RecordLabel
    /// The other.
    public let second: RecordLabel
    /// The score, what is proposed, and the evidence by field.
    public let comparison: LinkageComparison
    /// The name of the first record of the group that are all one, where both are in it.
    public let group: String?

    /// The object that scripts read.
    public var json: JSONValue {
        var members = [
            JSONMember("a", .string(first.id)), JSONMember("b", .string(second.id)),
            JSONMember("kind", .string(kind)),
            JSONMember("score", .number(comparison.scoreText)),
            JSONMember("proposal", .string(comparison.verdict.rawValue)),
        ]
        if let group { members.append(JSONMember("group", .string(group))) }
        let owners = (first.owner, second.owner)
        if let one = owners.0, let other = owners.1, one != other {
            members.append(JSONMember("owners", .array([.string(one), .string(other)])))
        }
        members.append(
            JSONMember(
                "evidence",
                .array(
                    comparison.evidence.map { evidence in
                        .object([
                            JSONMember("field", .string(evidence.field)),
                            JSONMember("level", .string(evidence.level)),
                            JSONMember("weight", .number(evidence.weightText)),
                        ])
                    }
                )
            )
        )
        return .object(members)
    }
}

extension LinkageComparison {
    /// The score in bits, with two decimals.
    var scoreText: String { LinkageEvidence.text(score) }
}

extension LinkageEvidence {
    /// The weight in bits, with two decimals.
    var weightText: String { Self.text(weight) }

    /// What a table shows: `phone same +9.31`.
    var text: String { "\(field) \(level) \(weight < 0 ? "" : "+")\(weightText)" }

    /// Hundredths of a bit are more than the weights know.
    fileprivate static func text(_ bits: Double) -> String {
        let hundredths = Int((bits * 100).rounded())
        let sign = hundredths < 0 ? "-" : ""
        let digits = String(abs(hundredths) % 100)
        let fraction = digits.count == 1 ? "0" + digits : digits
        return "\(sign)\(abs(hundredths) / 100).\(fraction)"
    }
}
