import RecordModel
import TestSupport
import Testing

@testable import SyncProtocol

/// Items and values that repeat each other are written once, and read as they were.
struct ColumnFormTests {
    private struct Cells {
        var keys: [[UInt8]] = []
        var values: [[UInt8]?] = []

        var written: ColumnForm.Written {
            let present = values.compactMap(\.self)
            return ColumnForm.written(
                items: keys.flatMap(\.self),
                itemLengths: keys.map { UInt32($0.count) },
                values: present.flatMap(\.self),
                valueLengths: present.map { UInt32($0.count) },
                tags: values.map { $0 == nil ? 1 : 0 }
            )
        }
    }

    /// The cells as a receiver reads them.
    private func read(_ written: ColumnForm.Written, of cells: Cells) throws -> Cells {
        var items = Parts(written.items, "items")
        var values = Parts(written.values, "values")
        var result = Cells()
        for (index, length) in written.itemLengths.enumerated() {
            let item = try items.next(length)
            result.keys.append(ColumnForm.key(item, written.bits))
            guard let value = cells.values[index] else {
                result.values.append(nil)
                continue
            }
            let bytes = Array(try values.next(UInt32(value.count)))
            result.values.append(try ColumnForm.value(bytes, by: item, written.bits, "a test"))
        }
        try items.finish()
        try values.finish()
        return result
    }

    private func key(_ text: String) -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(0x0a)
        writer.string(Array(text.utf8))
        return writer.bytes
    }

    @Test func whatWasTypedIsWrittenByTheCanonicalText() throws {
        let typed = Array("\u{7a}\u{10}+49 30 2093-12345".utf8)
        let cells = Cells(keys: [key("+4930209312345")], values: [typed])
        let written = cells.written
        #expect(written.bits == 3)
        #expect(written.items == Array("+4930209312345".utf8))
        #expect(written.values == Array("z\u{10}\0\0\0 \0\0 \0\0\0\0-\0\0\0\0\0".utf8))
        let again = try read(written, of: cells)
        #expect(again.keys == cells.keys)
        #expect(again.values == cells.values)
    }

    @Test func keysOfOtherFormsStayAsTheyAre() throws {
        let long = String(repeating: "k", count: 200)
        for (keys, bits) in [
            ([key("a"), key("b")], 1), ([key(""), key(long)], 1), ([key("a"), Array("b".utf8)], 0),
            ([Array("tag".utf8)], 0), ([[0x0a, 0x81, 0x00, 0x61]], 0), ([[0x0a]], 0), ([[]], 0),
        ] as [([[UInt8]], UInt32)] {
            let cells = Cells(keys: keys, values: keys.map { _ in nil })
            #expect(cells.written.bits == bits)
            #expect(try read(cells.written, of: cells).keys == keys)
        }
    }

    @Test(arguments: 0..<40) func whateverIsWrittenIsReadAgain(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let alphabet: [UInt8] = seed.isMultiple(of: 3) ? [0, 0x0a, 1, 2] : [0x0a, 1, 2, 3]
        func bytes(_ random: inout SeededGenerator) -> [UInt8] {
            (0..<Int(random.next() % 6)).map { _ in alphabet[Int(random.next() % 4)] }
        }
        var cells = Cells()
        for _ in 0..<Int(1 + random.next() % 8) {
            var writer = ByteWriter()
            writer.byte(0x0a)
            writer.string(bytes(&random))
            cells.keys.append(seed.isMultiple(of: 2) ? writer.bytes : bytes(&random))
            cells.values.append(random.next() % 4 == 0 ? nil : bytes(&random))
        }
        let again = try read(cells.written, of: cells)
        #expect(again.keys == cells.keys)
        #expect(again.values == cells.values)
    }

    @Test func aValueThatTakesMoreThanItsItemIsRefused() {
        #expect(throws: WireError.malformed("a test: a value beyond its item")) {
            try ColumnForm.value([0, 0], by: [1], ColumnForm.valuesByItem, "a test")
        }
    }
}
