import CausalHistory
import RecordModel

/// Numbers that stand for actors and attributions inside this one file.
protocol Interning {
    /// Returns the number of an actor, giving it one where it has none.
    func number(of actor: ActorID) throws -> Int64
    /// Returns the number of an author with a reason and note.
    func number(of attribution: Attribution) throws -> Int64
}

/// The way back from this file's numbers.
protocol InternLookup {
    /// Returns the actor of a number.
    func actor(_ number: Int64) throws -> ActorID
    /// Returns the author, reason and note of a number, at a time.
    func attribution(_ number: Int64, time: HybridTime) throws -> Attribution
}

/// The bytes of a record's state in its row.
///
/// Layout, all numbers varints: the *stamps* (actor, counter, time, attribution) that the versions
/// refer to; the context entries that the stamps do not imply; 1 and a stamp for an erased record,
/// else 0 and the versions in order: field number · 16 + has item · 8 + has parents · 4 + tag, then
/// the item's key, the stamp's index, the parents and the content.
enum StateCodec {
    private struct Stamp: Hashable {
        let dot: Dot
        let attribution: Attribution
    }

    /// Encodes a state.
    /// - Complexity: O(*n*) in its size, O(*s*²) in the few changes that its versions stem from.
    static func encode(_ state: RecordState, _ interner: some Interning) throws -> [UInt8] {
        var stamps: [Stamp] = []
        func index(of sibling: Sibling) -> Int {
            let stamp = Stamp(dot: sibling.dot, attribution: sibling.version.attribution)
            if let last = stamps.last, last == stamp { return stamps.count - 1 }
            if let index = stamps.firstIndex(of: stamp) { return index }
            stamps.append(stamp)
            return stamps.count - 1
        }
        var cells = ByteWriter(capacity: 512)
        if let erasure = state.erasure {
            stamps.append(Stamp(dot: erasure.dot, attribution: erasure.attribution))
            cells.byte(1)
        } else {
            cells.byte(0)
            for entry in state.fields {
                for sibling in entry.siblings.siblings {
                    try write(entry.key, sibling, index(of: sibling), to: &cells, interner)
                }
            }
        }
        var writer = ByteWriter(capacity: cells.bytes.count + 32)
        writer.count(stamps.count)
        for stamp in stamps {
            writer.varint(UInt64(try interner.number(of: stamp.dot.actor)))
            writer.varint(stamp.dot.counter)
            writer.varint(stamp.attribution.time.milliseconds)
            writer.varint(UInt64(try interner.number(of: stamp.attribution)))
        }
        let implied = VersionVector(covering: stamps.lazy.map(\.dot))
        let beyond = state.context.entries(beyond: implied)
        writer.count(beyond.count)
        for entry in beyond {
            writer.varint(UInt64(try interner.number(of: entry.actor)))
            writer.varint(entry.counter)
        }
        writer.raw(cells.bytes)
        return writer.bytes
    }

    private static func write(
        _ key: FieldKey,
        _ sibling: Sibling,
        _ stamp: Int,
        to writer: inout ByteWriter,
        _ interner: some Interning
    ) throws {
        let cell = sibling.version
        var head = UInt64(key.number) << 4 | UInt64(cell.content.tag)
        if !key.item.isEmpty { head |= 8 }
        if !cell.parents.isEmpty { head |= 4 }
        writer.varint(head)
        if !key.item.isEmpty { writer.string(key.item) }
        writer.count(stamp)
        if !cell.parents.isEmpty {
            writer.count(cell.parents.count)
            for dot in cell.parents { try write(dot, to: &writer, interner) }
        }
        switch cell.content {
        case .value(let bytes):
            writer.string(bytes)
        case .absent, .cleared:
            break
        case .deleted(let witnesses):
            writer.count(witnesses.count)
            for witness in witnesses {
                try write(witness.dot, to: &writer, interner)
                writer.bigEndian(witness.hash)
            }
        }
    }

    private static func write(
        _ dot: Dot,
        to writer: inout ByteWriter,
        _ interner: some Interning
    ) throws {
        writer.varint(UInt64(try interner.number(of: dot.actor)))
        writer.varint(dot.counter)
    }

    /// Decodes a state.
    /// - Throws: `StoreError.damaged` where the bytes are not what `encode` writes.
    static func decode(
        _ bytes: [UInt8],
        kind: UInt32,
        _ lookup: some InternLookup
    ) throws -> RecordState {
        do {
            return try read(bytes, kind: kind, lookup)
        } catch let error as ByteError {
            throw StoreError.damaged(detail: "a record's state is malformed: \(error)")
        }
    }

    private static func read(
        _ bytes: [UInt8],
        kind: UInt32,
        _ lookup: some InternLookup
    ) throws -> RecordState {
        var reader = ByteReader(bytes)
        var stamps: [Stamp] = []
        for _ in 0..<(try reader.count()) {
            let dot = try readDot(&reader, lookup)
            let time = HybridTime(milliseconds: try reader.varint())
            let attribution = try lookup.attribution(try reader.number(), time: time)
            stamps.append(Stamp(dot: dot, attribution: attribution))
        }
        var context = stamps.map {
            VersionVector.Entry(actor: $0.dot.actor, counter: $0.dot.counter)
        }
        for _ in 0..<(try reader.count()) {
            let dot = try readDot(&reader, lookup)
            context.append(VersionVector.Entry(actor: dot.actor, counter: dot.counter))
        }
        if try reader.byte() == 1 {
            guard let stamp = stamps.first else {
                throw ByteError.invalid(what: "erasure", offset: reader.offset)
            }
            let erasure = Erasure(dot: stamp.dot, attribution: stamp.attribution)
            return RecordState(
                kind: kind,
                fields: [],
                context: VersionVector(),
                erasure: erasure
            )
        }
        var fields: [FieldEntry] = []
        var key = FieldKey(0)
        var siblings: [Sibling] = []
        func close() {
            if siblings.count == 1 {
                let only = siblings[0]
                fields.append(
                    FieldEntry(key: key, siblings: SiblingSet(dot: only.dot, version: only.version))
                )
            } else if !siblings.isEmpty {
                fields.append(FieldEntry(key: key, siblings: SiblingSet(siblings)))
            }
            siblings.removeAll(keepingCapacity: true)
        }
        while !reader.isAtEnd {
            let head = try reader.varint()
            guard let number = UInt32(exactly: head >> 4) else {
                throw ByteError.overflow(offset: reader.offset)
            }
            let item = head & 8 != 0 ? try reader.string() : []
            let next = FieldKey(number, item: item)
            if next != key { close() }
            key = next
            let index = try reader.number(Int.self)
            guard index < stamps.count else {
                throw ByteError.invalid(what: "stamp", offset: reader.offset)
            }
            var parents: [Dot] = []
            if head & 4 != 0 {
                for _ in 0..<(try reader.count()) { parents.append(try readDot(&reader, lookup)) }
            }
            let cell = Cell(
                content: try readContent(UInt8(head & 3), &reader, lookup),
                attribution: stamps[index].attribution,
                parents: parents
            )
            siblings.append(Sibling(dot: stamps[index].dot, version: cell))
        }
        close()
        return RecordState(kind: kind, fields: fields, context: VersionVector(context))
    }

    /// One version in a row's bytes, as far as it is read without making the state.
    struct Glimpse {
        /// The number of its field.
        let number: UInt32
        /// The item's key; empty for a register.
        let item: ArraySlice<UInt8>
        /// The value; nil where the version says that there is none.
        let value: ArraySlice<UInt8>?
    }

    /// Calls a body with each version of a state, in order, without making the state.
    ///
    /// - Parameters:
    ///   - bytes: What `encode` wrote.
    ///   - body: Returns whether to go on.
    /// - Throws: `StoreError.damaged` where the bytes are not what `encode` writes, as far as they are
    ///   read: what follows the last version asked for is not.
    /// - Complexity: O(*n*) in the bytes read; nothing is copied.
    static func forEachVersion(of bytes: [UInt8], _ body: (Glimpse) -> Bool) throws {
        do {
            var reader = ByteReader(bytes)
            for _ in 0..<(try reader.count()) { try skipVarints(4, &reader) }
            for _ in 0..<(try reader.count()) { try skipVarints(2, &reader) }
            if try reader.byte() == 1 { return }
            while !reader.isAtEnd {
                let head = try reader.varint()
                let number = UInt32(truncatingIfNeeded: head >> 4)
                let item = head & 8 != 0 ? try reader.stringSlice() : []
                _ = try reader.varint()
                if head & 4 != 0 {
                    for _ in 0..<(try reader.count()) { try skipVarints(2, &reader) }
                }
                var value: ArraySlice<UInt8>?
                if head & 3 == 0 {
                    value = try reader.stringSlice()
                } else if head & 3 == 3 {
                    for _ in 0..<(try reader.count()) {
                        try skipVarints(2, &reader)
                        _ = try reader.bigEndian(UInt32.self)
                    }
                }
                guard body(Glimpse(number: number, item: item, value: value)) else { return }
            }
        } catch {
            throw StoreError.damaged(detail: "a record's state is malformed: \(error)")
        }
    }

    private static func skipVarints(_ count: Int, _ reader: inout ByteReader) throws(ByteError) {
        for _ in 0..<count { _ = try reader.varint() }
    }

    private static func readDot(
        _ reader: inout ByteReader,
        _ lookup: some InternLookup
    ) throws -> Dot {
        Dot(try lookup.actor(try reader.number()), try reader.varint())
    }

    private static func readContent(
        _ tag: UInt8,
        _ reader: inout ByteReader,
        _ lookup: some InternLookup
    ) throws -> Content {
        switch tag {
        case 0: return .value(try reader.string())
        case 1: return .absent
        case 2: return .cleared
        default:
            var witnesses: [Witness] = []
            for _ in 0..<(try reader.count()) {
                let dot = try readDot(&reader, lookup)
                witnesses.append(Witness(dot: dot, hash: try reader.bigEndian()))
            }
            return .deleted(witnesses)
        }
    }

    /// Encodes one superseded version, without its field and dot, which are in its row.
    static func encode(_ cell: Cell, _ interner: some Interning) throws -> [UInt8] {
        var writer = ByteWriter(capacity: 64)
        writer.varint(cell.attribution.time.milliseconds)
        writer.varint(UInt64(try interner.number(of: cell.attribution)))
        writer.count(cell.parents.count)
        for dot in cell.parents { try write(dot, to: &writer, interner) }
        writer.byte(cell.content.tag)
        switch cell.content {
        case .value(let bytes):
            writer.raw(bytes)
        case .absent, .cleared:
            break
        case .deleted(let witnesses):
            for witness in witnesses {
                try write(witness.dot, to: &writer, interner)
                writer.bigEndian(witness.hash)
            }
        }
        return writer.bytes
    }

    /// Decodes a superseded version.
    /// - Throws: `StoreError.damaged` where the bytes are not what `encode` writes.
    static func decodeCell(_ bytes: [UInt8], _ lookup: some InternLookup) throws -> Cell {
        do {
            var reader = ByteReader(bytes)
            let time = HybridTime(milliseconds: try reader.varint())
            let attribution = try lookup.attribution(try reader.number(), time: time)
            var parents: [Dot] = []
            for _ in 0..<(try reader.count()) { parents.append(try readDot(&reader, lookup)) }
            let content: Content
            switch try reader.byte() {
            case 0: content = .value(try reader.raw(reader.remaining))
            case 1: content = .absent
            case 2: content = .cleared
            default:
                var witnesses: [Witness] = []
                while !reader.isAtEnd {
                    let dot = try readDot(&reader, lookup)
                    witnesses.append(Witness(dot: dot, hash: try reader.bigEndian()))
                }
                content = .deleted(witnesses)
            }
            return Cell(content: content, attribution: attribution, parents: parents)
        } catch let error as ByteError {
            throw StoreError.damaged(detail: "a superseded version is malformed: \(error)")
        }
    }
}
