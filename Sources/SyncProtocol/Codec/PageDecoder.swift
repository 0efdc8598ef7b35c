import CausalHistory
import Foundation
import RecordModel

/// Turns the columns of a page that nobody vouches for into records.
struct PageDecoder {
    private let actors: ActorTable
    private let changes: ChangeTable
    private var records: [RecordDelta]

    /// Decodes and checks a page.
    /// - Throws: `WireError.malformed` or `.tooLarge`.
    /// - Complexity: O(*n* log *n*) in the size of the page.
    static func decode(_ wire: WirePage, actors: ActorTable) throws(WireError) -> Page {
        let cells = (wire.columns + wire.bases).reduce(0) { $0 + $1.changes.count }
        try Check.count(cells, atMost: Limits.cells, "cells")
        var decoder = PageDecoder(
            actors: actors,
            changes: try ChangeTable(decoding: wire, actors: actors)
        )
        let flags = try decoder.readRecords(wire)
        try decoder.readFields(wire.columns)
        try decoder.readBases(wire.bases)
        try decoder.readContexts(wire, flags: flags)
        try decoder.readErasures(wire, flags: flags)
        return Page(records: decoder.records)
    }

    private init(actors: ActorTable, changes: ChangeTable) {
        self.actors = actors
        self.changes = changes
        records = []
    }

    /// Begins the records, still without fields and context.
    /// - Returns: The flags of each.
    private mutating func readRecords(_ wire: WirePage) throws(WireError) -> [UInt32] {
        let uids = try RecordUID.list(decoding: wire.uids, "uids")
        let kinds = try Columns.full(wire.kinds, uids.count, "kinds")
        let flags = try Columns.full(wire.flags, uids.count, "flags")
        guard flags.allSatisfy({ $0 & ~RecordFlag.all == 0 }) else {
            throw .malformed("flags: an unknown flag")
        }
        records = uids.indices.map { index in
            RecordDelta(
                uid: uids[index],
                kind: kinds[index],
                fields: [],
                context: VersionVector(),
                isComplete: flags[index] & RecordFlag.complete != 0
            )
        }
        return flags
    }

    private mutating func readFields(_ columns: [WireColumn]) throws(WireError) {
        try Self.checkAscending(columns)
        for column in columns {
            let cells = try decode(column)
            var index = 0
            while index < cells.count {
                let first = cells[index]
                var end = index + 1
                while end < cells.count, cells[end].record == first.record,
                    cells[end].item == first.item
                {
                    end += 1
                }
                let siblings =
                    end == index + 1
                    ? SiblingSet(dot: first.sibling.dot, version: first.sibling.version)
                    : SiblingSet(cells[index..<end].map(\.sibling))
                guard siblings.siblings.count == end - index else {
                    throw .malformed("field \(column.field): a cell stands twice")
                }
                let key = FieldKey(column.field, item: first.item)
                if let last = records[first.record].fields.last, last.key >= key {
                    throw .malformed("field \(column.field): items not ascending")
                }
                records[first.record].fields.append(FieldEntry(key: key, siblings: siblings))
                index = end
            }
        }
    }

    private mutating func readBases(_ columns: [WireColumn]) throws(WireError) {
        try Self.checkAscending(columns)
        for column in columns {
            for cell in try decode(column) {
                let base = BaseCell(
                    key: FieldKey(column.field, item: cell.item),
                    sibling: cell.sibling
                )
                if let last = records[cell.record].bases.last, last >= base {
                    throw .malformed("field \(column.field): bases not ascending")
                }
                records[cell.record].bases.append(base)
            }
        }
    }

    private static func checkAscending(_ columns: [WireColumn]) throws(WireError) {
        guard columns.first?.field != 0,
            zip(columns, columns.dropFirst()).allSatisfy({ $0.field < $1.field })
        else {
            throw .malformed("columns: not ascending from 1")
        }
    }

    private mutating func readContexts(_ wire: WirePage, flags: [UInt32]) throws(WireError) {
        let total = wire.contextCounters.count
        try Check.count(total, atMost: Limits.references, "context entries")
        let counts = try Columns.full(wire.contextCounts, records.count, "context counts")
        let indexes = try Columns.full(wire.contextActors, total, "context actors")
        let counters = Columns.values(wire.contextCounters)
        var pairs = Parts(Array(zip(indexes, counters)), "context")
        for index in records.indices {
            let context = try actors.vector(try pairs.next(counts[index]), "context")
            let isWhole = flags[index] & RecordFlag.wholeContext != 0
            records[index].context =
                isWhole ? context : context.merged(with: records[index].impliedContext)
        }
        try pairs.finish()
    }

    private mutating func readErasures(_ wire: WirePage, flags: [UInt32]) throws(WireError) {
        var erasures = Parts(wire.erasures, "erasures")
        for index in records.indices where flags[index] & RecordFlag.erased != 0 {
            guard records[index].fields.isEmpty else {
                throw .malformed("erasures: an erased record has cells")
            }
            for change in try erasures.next(1) {
                let (dot, attribution) = try changes.change(change)
                records[index].erasure = Erasure(dot: dot, attribution: attribution)
            }
        }
        try erasures.finish()
    }

    // MARK: Columns

    private struct DecodedCell {
        var record: Int
        var item: [UInt8]
        var sibling: Sibling
    }

    private func decode(_ wire: WireColumn) throws(WireError) -> [DecodedCell] {
        let what = "field \(wire.field)"
        let count = wire.changes.count
        let tags = try Columns.full(wire.tags, count, what)
        let recordSteps = try Columns.full(wire.records, count, what)
        let itemLengths = try Columns.full(wire.itemLengths, count, what)
        let parentCounts = try Columns.full(wire.parentCounts, count, what)
        var items = Parts([UInt8](wire.items), what)
        var parents = Parts(try self.parents(wire), what)
        var contents = try ContentDecoder(wire, tags: tags, actors: actors)
        var cells: [DecodedCell] = []
        cells.reserveCapacity(count)
        guard wire.form & ~ColumnForm.all == 0 else {
            throw .malformed("\(what): an unknown form")
        }
        var record = 0
        var change: Int64 = 0
        for index in 0..<count {
            record += Int(recordSteps[index])
            guard record < records.count else {
                throw .malformed("\(what): the record \(record) of \(records.count)")
            }
            change += Int64(wire.changes[index])
            let (dot, attribution) = try changes.change(change)
            let item = try items.next(itemLengths[index])
            let key = ColumnForm.key(item, wire.form)
            try Check.count(key.count, atMost: Limits.itemBytes, "\(what): item key")
            let cell = Cell(
                content: try contents.next(tags[index], by: item, wire.form),
                attribution: attribution,
                parents: Array(try parents.next(parentCounts[index]))
            )
            guard isAscending(cell.parents) else {
                throw .malformed("\(what): parents not ascending")
            }
            cells.append(
                DecodedCell(
                    record: record,
                    item: key,
                    sibling: Sibling(dot: dot, version: cell)
                )
            )
        }
        try items.finish()
        try parents.finish()
        try contents.finish()
        return cells
    }

    private func parents(_ wire: WireColumn) throws(WireError) -> [Dot] {
        let what = "field \(wire.field): parents"
        let total = wire.parentCounters.count
        try Check.count(total, atMost: Limits.references, what)
        let indexes = try Columns.full(wire.parentActors, total, what)
        var dots: [Dot] = []
        dots.reserveCapacity(total)
        for (index, counter) in zip(indexes, Columns.values(wire.parentCounters)) {
            dots.append(try actors.dot(index, counter, what))
        }
        return dots
    }
}

/// Reads the contents of a column's cells, one after the other.
private struct ContentDecoder {
    private let what: String
    private var valueLengths: Parts<UInt32>
    private var values: Parts<UInt8>
    private var witnessCounts: Parts<UInt32>
    private var witnesses: Parts<Witness>

    init(_ wire: WireColumn, tags: [UInt32], actors: ActorTable) throws(WireError) {
        what = "field \(wire.field)"
        let valueCount = tags.count { $0 == 0 }
        valueLengths = Parts(try Columns.full(wire.valueLengths, valueCount, what), what)
        values = Parts([UInt8](wire.values), what)
        let deletionCount = tags.count { $0 == 3 }
        witnessCounts = Parts(try Columns.full(wire.witnessCounts, deletionCount, what), what)

        let total = wire.witnessHashes.count
        try Check.count(total, atMost: Limits.references, "\(what): witnesses")
        let indexes = try Columns.full(wire.witnessActors, total, what)
        let counters = Columns.values(try Columns.full(wire.witnessCounters, total, what))
        var list: [Witness] = []
        list.reserveCapacity(total)
        for index in 0..<total {
            let dot = try actors.dot(indexes[index], counters[index], what)
            list.append(Witness(dot: dot, hash: wire.witnessHashes[index]))
        }
        witnesses = Parts(list, what)
    }

    mutating func next(
        _ tag: UInt32,
        by item: ArraySlice<UInt8>,
        _ form: UInt32
    ) throws(WireError) -> Content {
        switch tag {
        case 0:
            let length = try valueLengths.next(1).reduce(0, +)
            try Check.count(Int(length), atMost: Limits.valueBytes, "\(what): value")
            let bytes = Array(try values.next(length))
            return .value(try ColumnForm.value(bytes, by: item, form, what))
        case 1:
            return .absent
        case 2:
            return .cleared
        case 3:
            let count = try witnessCounts.next(1).reduce(0, +)
            let list = Array(try witnesses.next(count))
            guard isAscending(list) else { throw .malformed("\(what): witnesses not ascending") }
            return .deleted(list)
        default:
            throw .malformed("\(what): the tag \(tag)")
        }
    }

    func finish() throws(WireError) {
        try values.finish()
        try witnesses.finish()
    }
}

/// Whether each element is less than the next.
func isAscending<Element: Comparable>(_ elements: [Element]) -> Bool {
    zip(elements, elements.dropFirst()).allSatisfy { $0 < $1 }
}

extension RecordUID {
    /// Reads a list of records' numbers.
    /// - Throws: `WireError.malformed` unless it is 8 bytes for each, or `.tooLarge`.
    static func list(decoding data: Data, _ what: String) throws(WireError) -> [RecordUID] {
        guard data.count.isMultiple(of: 8) else { throw .malformed("\(what): not of 8 bytes each") }
        try Check.count(data.count / 8, atMost: Limits.records, what)
        let bytes = [UInt8](data)
        return stride(from: 0, to: bytes.count, by: 8).map { offset in
            RecordUID(bytes[offset..<(offset + 8)].reduce(0) { $0 << 8 | UInt64($1) })
        }
    }

    /// Returns the bytes of a list of records' numbers.
    static func data(_ list: [RecordUID]) -> Data {
        var writer = ByteWriter(capacity: 8 * list.count)
        for uid in list { writer.bigEndian(uid.value) }
        return Data(writer.bytes)
    }
}
