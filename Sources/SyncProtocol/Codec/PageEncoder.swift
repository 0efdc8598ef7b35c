import CausalHistory
import Foundation
import RecordModel

/// What the flags of a record say.
enum RecordFlag {
    static let complete: UInt32 = 1
    static let erased: UInt32 = 2
    static let wholeContext: UInt32 = 4
    static let all = complete | erased | wholeContext
}

/// Turns a page's records into columns.
struct PageEncoder {
    private let actors: ActorTable
    private var changes: ChangeTableEncoder
    private var uids = ByteWriter()
    private var kinds: [UInt32] = []
    private var flags: [UInt32] = []
    private var contextCounts: [UInt32] = []
    private var contextActors: [UInt32] = []
    private var contextCounters: [UInt64] = []
    private var erasures: [Int] = []
    private var columns = ColumnSet()
    private var bases = ColumnSet()

    /// Encodes a page whose actors all stand in a table.
    ///
    /// Bases come out ascending by field and item, whatever their order was.
    /// - Complexity: O(*n*) in the cells, and O(*m* log *m*) in the distinct changes.
    static func encode(_ page: Page, actors: ActorTable) -> WirePage {
        var encoder = PageEncoder(actors: actors, changes: ChangeTableEncoder(actors: actors))
        for record in page.records { encoder.append(record) }
        return encoder.finish()
    }

    private init(actors: ActorTable, changes: ChangeTableEncoder) {
        self.actors = actors
        self.changes = changes
    }

    private mutating func append(_ record: RecordDelta) {
        let index = UInt32(clamping: kinds.count)
        uids.bigEndian(record.uid.value)
        kinds.append(record.kind)
        var flag = record.isComplete ? RecordFlag.complete : 0
        let implied = record.impliedContext
        let isImplied = record.context.covers(implied)
        let entries =
            isImplied ? record.context.entries(beyond: implied) : record.context.entries
        if !isImplied { flag |= RecordFlag.wholeContext }
        contextCounts.append(UInt32(clamping: entries.count))
        for entry in entries {
            contextActors.append(actors.index(of: entry.actor))
            contextCounters.append(entry.counter)
        }
        if let erasure = record.erasure {
            flag |= RecordFlag.erased
            erasures.append(changes.index(of: erasure.dot, erasure.attribution))
        }
        flags.append(flag)
        for entry in record.fields {
            for sibling in entry.siblings.siblings {
                append(sibling, key: entry.key, record: index, to: \.columns)
            }
        }
        for base in Set(record.bases).sorted() {
            append(base.sibling, key: base.key, record: index, to: \.bases)
        }
    }

    private mutating func append(
        _ sibling: Sibling,
        key: FieldKey,
        record: UInt32,
        to set: WritableKeyPath<PageEncoder, ColumnSet>
    ) {
        let change = changes.index(of: sibling.dot, sibling.version.attribution)
        self[keyPath: set].append(
            sibling.version,
            key: key,
            record: record,
            change: change,
            actors: actors
        )
    }

    private func finish() -> WirePage {
        var page = WirePage()
        let rank = changes.encode(to: &page)
        page.uids = Data(uids.bytes)
        page.kinds = Columns.omittingZeros(kinds)
        page.flags = Columns.omittingZeros(flags)
        page.contextCounts = Columns.omittingZeros(contextCounts)
        page.contextActors = Columns.omittingZeros(contextActors)
        page.contextCounters = Columns.deltas(contextCounters)
        page.erasures = erasures.map { rank[$0] }
        page.columns = columns.encoded(rank: rank)
        page.bases = bases.encoded(rank: rank)
        return page
    }
}

/// The columns of a page under construction, one for each field.
struct ColumnSet {
    private var columns: [ColumnEncoder] = []
    private var indexes: [UInt32: Int] = [:]

    mutating func append(
        _ cell: Cell,
        key: FieldKey,
        record: UInt32,
        change: Int,
        actors: ActorTable
    ) {
        let index = indexes[key.number] ?? columns.count
        if index == columns.count {
            indexes[key.number] = index
            columns.append(ColumnEncoder(field: key.number))
        }
        columns[index].append(cell, item: key.item, record: record, change: change, actors: actors)
    }

    /// Returns the columns, ascending by field; changes get their final indexes from `rank`.
    func encoded(rank: [UInt32]) -> [WireColumn] {
        columns.sorted { $0.field < $1.field }.map { $0.encoded(rank: rank) }
    }
}

/// The cells of one field under construction.
private struct ColumnEncoder {
    let field: UInt32
    private var records: [UInt32] = []
    private var changes: [Int] = []
    private var tags: [UInt32] = []
    private var itemLengths: [UInt32] = []
    private var items: [UInt8] = []
    private var valueLengths: [UInt32] = []
    private var values: [UInt8] = []
    private var parentCounts: [UInt32] = []
    private var parentActors: [UInt32] = []
    private var parentCounters: [UInt64] = []
    private var witnessCounts: [UInt32] = []
    private var witnessActors: [UInt32] = []
    private var witnessCounters: [UInt64] = []
    private var witnessHashes: [UInt32] = []
    private var lastRecord: UInt32 = 0

    init(field: UInt32) {
        self.field = field
    }

    mutating func append(
        _ cell: Cell,
        item: [UInt8],
        record: UInt32,
        change: Int,
        actors: ActorTable
    ) {
        records.append(record - lastRecord)
        lastRecord = record
        changes.append(change)
        tags.append(UInt32(cell.content.tag))
        itemLengths.append(UInt32(clamping: item.count))
        items += item
        switch cell.content {
        case .value(let bytes):
            valueLengths.append(UInt32(clamping: bytes.count))
            values += bytes
        case .absent, .cleared:
            break
        case .deleted(let witnesses):
            witnessCounts.append(UInt32(clamping: witnesses.count))
            for witness in witnesses {
                witnessActors.append(actors.index(of: witness.dot.actor))
                witnessCounters.append(witness.dot.counter)
                witnessHashes.append(witness.hash)
            }
        }
        parentCounts.append(UInt32(clamping: cell.parents.count))
        for parent in cell.parents {
            parentActors.append(actors.index(of: parent.actor))
            parentCounters.append(parent.counter)
        }
    }

    func encoded(rank: [UInt32]) -> WireColumn {
        var wire = WireColumn()
        wire.field = field
        wire.records = Columns.omittingZeros(records)
        var previous: UInt32 = 0
        wire.changes = changes.map { change in
            defer { previous = rank[change] }
            return Int32(bitPattern: rank[change] &- previous)
        }
        wire.tags = Columns.omittingZeros(tags)
        let form = ColumnForm.written(
            items: items,
            itemLengths: itemLengths,
            values: values,
            valueLengths: valueLengths,
            tags: tags
        )
        wire.itemLengths = Columns.omittingZeros(form.itemLengths)
        wire.items = Data(form.items)
        wire.valueLengths = Columns.omittingZeros(valueLengths)
        wire.values = Data(form.values)
        wire.form = form.bits
        wire.parentCounts = Columns.omittingZeros(parentCounts)
        wire.parentActors = Columns.omittingZeros(parentActors)
        wire.parentCounters = Columns.deltas(parentCounters)
        wire.witnessCounts = Columns.omittingZeros(witnessCounts)
        wire.witnessActors = Columns.omittingZeros(witnessActors)
        wire.witnessCounters = Columns.omittingZeros(Columns.deltas(witnessCounters))
        wire.witnessHashes = witnessHashes
        return wire
    }
}
