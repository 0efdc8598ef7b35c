/// Finds which records are worth comparing: those that share a key, of several kinds.
///
/// A record has up to some forty keys. Records that share one are a block; a block that is too large
/// to compare each with each is split by a second value (year of birth, city, postal code), and what is
/// too large then is left out: those records have better reasons to meet, or none.
/// - Complexity: O(*n* log *n*) time in the number of records, 16 bytes for each key.
struct Blocking {
    /// How many records of one block are compared with each other.
    static let blockLimit = 50

    private struct Entry {
        let key: UInt64
        let record: Int32
    }

    /// The blocks of each record.
    private var blocks: [Int32] = []
    private var blockStarts: [Int32] = []
    /// The records of each block, ascending.
    private var members: [Int32] = []
    private var memberStarts: [Int32] = [0]

    init(_ records: [IndexedRecord], _ tables: LinkageTables) {
        var entries: [Entry] = []
        for (index, record) in records.enumerated() {
            for key in BlockingKeys.keys(of: record, tables) {
                entries.append(Entry(key: key, record: Int32(index)))
            }
        }
        let oversized = take(&entries)
        var split: [Entry] = []
        for entry in oversized {
            for value in BlockingKeys.splits(of: records[Int(entry.record)], tables) {
                let key = BlockingKeys.mix(entry.key, value)
                split.append(Entry(key: key, record: entry.record))
            }
        }
        _ = take(&split)
        gather(records.count)
    }

    /// Makes blocks of the entries of one key.
    /// - Returns: The entries of those that are too large.
    private mutating func take(_ entries: inout [Entry]) -> [Entry] {
        entries.sort { $0.key == $1.key ? $0.record < $1.record : $0.key < $1.key }
        var oversized: [Entry] = []
        var start = 0
        while start < entries.count {
            var end = start + 1
            while end < entries.count, entries[end].key == entries[start].key { end += 1 }
            var distinct: [Int32] = []
            for entry in entries[start..<end] where distinct.last != entry.record {
                distinct.append(entry.record)
            }
            if distinct.count > Self.blockLimit {
                oversized += entries[start..<end]
            } else if distinct.count > 1 {
                members += distinct
                memberStarts.append(Int32(members.count))
            }
            start = end
        }
        entries = []
        return oversized
    }

    /// Turns the blocks' lists of records into the records' lists of blocks.
    private mutating func gather(_ count: Int) {
        var sizes = [Int32](repeating: 0, count: count + 1)
        for member in members { sizes[Int(member) + 1] += 1 }
        for index in 0..<count { sizes[index + 1] += sizes[index] }
        blockStarts = sizes
        blocks = [Int32](repeating: 0, count: members.count)
        var next = sizes
        for block in 0..<(memberStarts.count - 1) {
            for place in memberStarts[block]..<memberStarts[block + 1] {
                let record = Int(members[Int(place)])
                blocks[Int(next[record])] = Int32(block)
                next[record] += 1
            }
        }
    }

    /// Returns the records after this one that share a block with it, ascending, each once.
    func candidates(after record: Int) -> [Int32] {
        var found: [Int32] = []
        for place in blockStarts[record]..<blockStarts[record + 1] {
            let block = Int(blocks[Int(place)])
            for member in members[Int(memberStarts[block])..<Int(memberStarts[block + 1])]
            where member > record {
                found.append(member)
            }
        }
        found.sort()
        var last: Int32 = -1
        return found.filter { member in
            defer { last = member }
            return member != last
        }
    }
}

/// The keys under which records meet.
enum BlockingKeys {
    /// Adds a number to a hash (FNV-1a over its bytes, 8 at a time).
    static func mix(_ hash: UInt64, _ value: UInt64) -> UInt64 {
        var hash = (hash ^ value) &* 0x9e37_79b9_7f4a_7c15
        hash ^= hash >> 29
        return hash &* 0xbf58_476d_1ce4_e5b9
    }

    private enum Family: UInt64 {
        case identifier = 1, email, local, phone, link, date, swappedDate, house, street, sound,
            sounds
        case beginnings, beginningAndYear, acronym, soundAndPostcode, year, city, postcode, employer
    }

    private static func key(_ family: Family, _ value: some BinaryInteger) -> UInt64 {
        mix(family.rawValue &* 0x1000_0000_01b3, UInt64(truncatingIfNeeded: value))
    }

    /// Words and combinations of one record at most.
    private static let limit = 64

    static func keys(of record: IndexedRecord, _ tables: LinkageTables) -> Set<UInt64> {
        var keys: Set<UInt64> = []
        for identifier in record.identifiers { keys.insert(key(.identifier, identifier.value)) }
        for identifier in record.otherIdentifiers { keys.insert(key(.identifier, identifier)) }
        for email in record.emails {
            keys.insert(key(.email, email.whole))
            if !email.isShared { keys.insert(key(.local, email.local)) }
        }
        for phone in record.phones { keys.insert(key(.phone, phone)) }
        for link in record.links { keys.insert(key(.link, link)) }
        for acronym in record.acronyms { keys.insert(key(.acronym, acronym)) }
        for address in record.addresses {
            if address.number >= 0 { keys.insert(key(.house, address.number)) }
            if address.street >= 0 { keys.insert(key(.street, address.street)) }
        }
        if let date = record.birthDate, date.isWhole {
            keys.insert(key(.date, record.birthNumber))
            let months = (min(date.month, date.day), max(date.month, date.day))
            keys.insert(key(.swappedDate, date.year * 10_000 + months.0 * 100 + months.1))
        }
        for name in record.names { add(name, of: record, tables, to: &keys) }
        return keys
    }

    private static func add(
        _ name: IndexedName,
        of record: IndexedRecord,
        _ tables: LinkageTables,
        to keys: inout Set<UInt64>
    ) {
        var sounds: [(part: Int, key: UInt64)] = []
        var beginnings: [UInt64] = []
        for (index, part) in name.parts.enumerated() {
            let word = tables.words.words[Int(part.word)]
            if word.isInitial { continue }
            let own = word.keys.isEmpty ? [-1 - part.word] : Array(word.keys.prefix(3))
            for sound in own {
                sounds.append((index, key(.sound, sound)))
                if part.role != .common { keys.insert(key(.sound, sound)) }
            }
            let beginning = word.units.prefix(3).reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
            beginnings.append(beginning)
            if let date = record.birthDate {
                keys.insert(mix(key(.beginningAndYear, beginning), UInt64(date.year)))
            }
            for address in record.addresses where address.postcode >= 0 {
                let place = UInt64(address.postcode)
                keys.insert(mix(key(.soundAndPostcode, beginning), place))
            }
            if name.parts.count == 1 { keys.insert(key(.acronym, part.word)) }
        }
        for (place, one) in sounds.enumerated() {
            for other in sounds[(place + 1)...] where other.part != one.part {
                guard keys.count < limit else { return }
                keys.insert(mix(min(one.key, other.key), max(one.key, other.key)))
            }
        }
        for (place, one) in beginnings.enumerated() {
            for other in beginnings[(place + 1)...] {
                guard keys.count < limit else { return }
                keys.insert(mix(key(.beginnings, min(one, other)), max(one, other)))
            }
        }
    }

    /// The values by which a block that is too large is split.
    static func splits(of record: IndexedRecord, _ tables: LinkageTables) -> [UInt64] {
        var values: [UInt64] = []
        if let date = record.birthDate { values.append(key(.year, date.year)) }
        values += record.cities.map { key(.city, $0) }
        values += record.addresses.filter { $0.postcode >= 0 }.map { key(.postcode, $0.postcode) }
        for employer in record.employers {
            values += employer.parts.filter { $0.role == .plain }.map { key(.employer, $0.word) }
        }
        for name in record.names {
            values += name.parts.flatMap { part in
                tables.words.words[Int(part.word)].keys.prefix(1).map { key(.sound, $0) }
            }
        }
        return Array(Set(values)).sorted()
    }
}
