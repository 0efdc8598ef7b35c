import RecordModel

/// How a column's items and values are written, shorter than they are where they repeat each other.
///
/// What an officer typed mostly is the canonical text with spaces and brackets in it, so that only
/// the difference travels; and the tag and length of keys of one part say nothing new.
/// Spec: `Column.form` of `Protocol/schema/sync.proto`.
enum ColumnForm {
    /// The keys are one text of part 1 each, and are written without its tag and length.
    static let bareKeys: UInt32 = 1
    /// In a value, a byte 0 stands for the next byte of its item.
    static let valuesByItem: UInt32 = 2
    static let all = bareKeys | valuesByItem

    /// The tag of a text of part 1: `1 << 3 | 2`.
    private static let tag: UInt8 = 0x0a

    struct Written {
        var bits: UInt32 = 0
        var items: [UInt8]
        var itemLengths: [UInt32]
        var values: [UInt8]
    }

    /// Chooses the form of a column and writes it.
    ///
    /// - Parameters:
    ///   - items: The keys, end to end.
    ///   - itemLengths: The length of each cell's key.
    ///   - values: The values, end to end.
    ///   - valueLengths: The length of each value.
    ///   - tags: What each cell is; those of tag 0 have a value.
    /// - Returns: The form.
    /// - Complexity: O(*n*) in the bytes.
    static func written(
        items: [UInt8],
        itemLengths: [UInt32],
        values: [UInt8],
        valueLengths: [UInt32],
        tags: [UInt32]
    ) -> Written {
        var written = Written(items: items, itemLengths: itemLengths, values: values)
        if let (texts, lengths) = bare(items, itemLengths) {
            (written.items, written.itemLengths) = (texts, lengths)
            written.bits |= bareKeys
        }
        if !written.items.isEmpty,
            let differences = differences(
                values,
                valueLengths,
                tags,
                to: written.items,
                written.itemLengths
            )
        {
            written.values = differences
            written.bits |= valuesByItem
        }
        return written
    }

    /// The texts of keys, where every one is a text of part 1 and no more.
    private static func bare(
        _ items: [UInt8],
        _ lengths: [UInt32]
    ) -> (texts: [UInt8], lengths: [UInt32])? {
        guard !items.isEmpty else { return nil }
        var texts: [UInt8] = []
        texts.reserveCapacity(items.count)
        var textLengths: [UInt32] = []
        textLengths.reserveCapacity(lengths.count)
        var start = 0
        for length in lengths {
            let end = start + Int(length)
            guard let text = text(of: items[start..<end]) else { return nil }
            texts += text
            textLengths.append(UInt32(text.count))
            start = end
        }
        return (texts, textLengths)
    }

    private static func text(of key: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard key.first == tag else { return nil }
        // A length has one byte up to 127, else two: keys have at most 4 KiB.
        let short = key.count - 2
        if short >= 0, short < 128, key[key.startIndex + 1] == UInt8(short) {
            return key.dropFirst(2)
        }
        let long = key.count - 3
        guard long >= 128, long < 1 << 14, key[key.startIndex + 1] == UInt8(long & 127 | 128),
            key[key.startIndex + 2] == UInt8(long >> 7)
        else { return nil }
        return key.dropFirst(3)
    }

    /// The values by their items, where that is to be done.
    private static func differences(
        _ values: [UInt8],
        _ valueLengths: [UInt32],
        _ tags: [UInt32],
        to items: [UInt8],
        _ itemLengths: [UInt32]
    ) -> [UInt8]? {
        guard !values.isEmpty, !values.contains(0) else { return nil }
        var result = values
        var same = 0
        var at = 0
        var number = 0
        var item = 0
        for (cell, length) in itemLengths.enumerated() {
            let itemEnd = item + Int(length)
            if tags[cell] == 0 {
                let end = at + Int(valueLengths[number])
                var next = item
                while at < end {
                    if next < itemEnd, values[at] == items[next] {
                        result[at] = 0
                        same += 1
                        next += 1
                    }
                    at += 1
                }
                number += 1
            }
            item = itemEnd
        }
        return same * 2 >= values.count ? result : nil
    }

    /// Reads a key as it was before it was written in a form.
    static func key(_ item: ArraySlice<UInt8>, _ bits: UInt32) -> [UInt8] {
        guard bits & bareKeys != 0 else { return Array(item) }
        var writer = ByteWriter(capacity: item.count + 3)
        writer.byte(tag)
        writer.string(Array(item))
        return writer.bytes
    }

    /// Reads a value as it was before it was written in a form.
    /// - Throws: `WireError.malformed` where it takes more of its item than there is.
    static func value(
        _ value: [UInt8],
        by item: ArraySlice<UInt8>,
        _ bits: UInt32,
        _ what: String
    ) throws(WireError) -> [UInt8] {
        guard bits & valuesByItem != 0 else { return value }
        var result = value
        var next = item.startIndex
        for index in result.indices where result[index] == 0 {
            guard next < item.endIndex else { throw .malformed("\(what): a value beyond its item") }
            result[index] = item[next]
            next += 1
        }
        return result
    }
}
