import CausalHistory
import RecordModel
import RecordStorage

/// What goes over from one record into another that it is found to be.
///
/// The rule is that of concurrent edits: a value that only the merged record has goes over, items of
/// sets are joined, and what both have is settled by the field's policy, or left to a person. What
/// stays in a space stays there: parts of a space go into the survivor's part of that space, and from
/// the space that all share into the survivor; what lies in another mission's space is not copied.
struct MergePlan {
    /// A value that goes over.
    struct Taking {
        /// What the schema says of the field; nil for one that it does not know.
        let field: Field?
        let key: FieldKey
        let space: SpaceName
        let content: Content
        /// What the survivor showed there.
        let had: Content?
    }

    /// A value that differs, and is left to a person.
    struct Difference {
        let field: Field?
        let key: FieldKey
        let kept: Content
        let other: Content
    }

    private(set) var takings: [Taking] = []
    private(set) var differences: [Difference] = []
    /// Spaces of which nothing was copied, since the survivor lies elsewhere.
    private(set) var spacesLeft: [SpaceName] = []

    init(keep: HeldRecord, other: HeldRecord, kind: Kind, _ reader: StoreReader) throws {
        for part in other.parts {
            guard let space = Self.space(of: part, other, into: keep) else {
                spacesLeft.append(part.key.space)
                continue
            }
            let own = keep.parts.first { $0.key.space == space }
            for entry in part.state.fields {
                // Of a field of a newer schema nothing is known but the values, which go over like
                // others, a register's for a person to settle.
                let field = kind.field(number: entry.key.number)
                if field?.staysInAMerge ?? false { continue }
                // A sensitive field of a record in a shared space is never written into that space.
                if field?.isSensitive ?? false, space == .allMissions { continue }
                try take(entry, of: part, field, into: own, space, reader)
            }
        }
    }

    /// The space into which a part of the merged record goes over; nil where it stays.
    private static func space(
        of part: StoredRecord,
        _ other: HeldRecord,
        into keep: HeldRecord
    ) -> SpaceName? {
        let (from, to) = (part.key.space, keep.main.key.space)
        if from == to { return to }
        // A mission's part of a record in a shared space goes into its part of the survivor.
        if part.row != other.main.row, to == .allMissions { return from }
        return from == .allMissions ? to : nil
    }

    private mutating func take(
        _ entry: FieldEntry,
        of part: StoredRecord,
        _ field: Field?,
        into own: StoredRecord?,
        _ space: SpaceName,
        _ reader: StoreReader
    ) throws {
        let reading = try reader.reading(of: entry, as: field, row: part.row)
        guard reading.shown.bytes != nil else { return }
        let siblings = SiblingSet(own?.state.siblings(of: entry.key) ?? [])
        let ownEntry = FieldEntry(key: entry.key, siblings: siblings)
        let ownReading =
            try siblings.isEmpty
            ? nil : reader.reading(of: ownEntry, as: field, row: own?.row ?? 0)
        guard let ownReading, ownReading.shown.bytes != nil else {
            if reading.isConflict {
                // What is in conflict there would look decided here.
                note(field, entry.key, kept: .cleared, other: reading.shown)
            } else {
                takings.append(
                    Taking(
                        field: field,
                        key: entry.key,
                        space: space,
                        content: reading.shown,
                        had: ownReading?.shown
                    )
                )
            }
            return
        }
        if ownReading.shown == reading.shown { return }
        let both = FieldEntry(
            key: entry.key,
            siblings: SiblingSet([ownReading.version, reading.version])
        )
        let joined = RecordState.reading(of: both, as: field)
        if joined.isConflict || reading.isConflict || ownReading.isConflict {
            note(field, entry.key, kept: ownReading.shown, other: reading.shown)
        } else if joined.shown != ownReading.shown, joined.standing != .equal {
            takings.append(
                Taking(
                    field: field,
                    key: entry.key,
                    space: space,
                    content: joined.shown,
                    had: ownReading.shown
                )
            )
        }
    }

    private mutating func note(_ field: Field?, _ key: FieldKey, kept: Content, other: Content) {
        differences.append(Difference(field: field, key: key, kept: kept, other: other))
    }
}

/// What a merge put into the survivor's part of one space, as its record keeps it: what has to be put
/// back when it is taken back.
struct MergeSnapshot {
    struct Entry {
        let key: FieldKey
        /// What stood there; nil where nothing did.
        let had: Content?
    }

    var entries: [Entry]

    /// The text that the record of the merge holds: a list of objects `{"field","item","had"}`, item
    /// and value in hexadecimal digits.
    var text: String {
        JSONValue.array(
            entries.map { entry in
                var members = [JSONMember("field", .number(Int(entry.key.number)))]
                if !entry.key.item.isEmpty {
                    members.append(JSONMember("item", .string(hexadecimal(entry.key.item))))
                }
                if let bytes = entry.had?.bytes {
                    members.append(JSONMember("had", .string(hexadecimal(bytes))))
                }
                return .object(members)
            }
        ).text
    }

    init(_ entries: [Entry]) { self.entries = entries }

    /// Reads the text; what is no such text is an empty list.
    init(parsing text: String) {
        let list = (try? JSONValue(parsing: text))?.array ?? []
        entries = list.compactMap { object in
            guard case .number(let digits)? = object["field"], let number = UInt32(digits) else {
                return nil
            }
            return Entry(
                key: FieldKey(number, item: object["item"]?.string.flatMap(Self.bytes) ?? []),
                had: object["had"]?.string.flatMap(Self.bytes).map(Content.value)
            )
        }
    }

    private static func bytes(_ digits: String) -> [UInt8]? {
        RecordModel.bytes(hexadecimal: digits)
    }
}
