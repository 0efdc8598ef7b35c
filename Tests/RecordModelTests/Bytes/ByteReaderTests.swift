import RecordModel
import TestSupport
import Testing

struct ByteReaderTests {
    private let edges: [UInt64] = [0, 1, 127, 128, 16_383, 16_384, 1 << 32, 1 << 63, .max]

    @Test func whatWasWrittenReadsBack() throws {
        var writer = ByteWriter()
        for edge in edges { writer.varint(edge) }
        writer.string("Nür\0")
        writer.bigEndian(UInt128.max - 2)
        writer.bigEndian(UInt32(0x0102_0304))
        writer.byte(9)
        var reader = ByteReader(writer.bytes)
        for edge in edges { #expect(try reader.varint() == edge) }
        #expect(try reader.string() == Array("Nür\0".utf8))
        #expect(try reader.bigEndian(UInt128.self) == .max - 2)
        #expect(try reader.raw(4) == [1, 2, 3, 4])
        #expect(try reader.byte() == 9)
        #expect(reader.isAtEnd)
    }

    @Test func varintsAreLittleEndianGroupsOfSevenBits() {
        var writer = ByteWriter()
        writer.varint(300)
        #expect(writer.bytes == [0xac, 0x02])
    }

    @Test func everyPrefixOfAValueIsTruncated() {
        for edge in edges {
            var writer = ByteWriter()
            writer.varint(edge)
            for length in 0..<writer.bytes.count {
                var reader = ByteReader(Array(writer.bytes.prefix(length)))
                #expect(throws: ByteError.truncated(offset: 0)) { try reader.varint() }
            }
        }
        var text = ByteReader([3, 0x61, 0x62])
        #expect(throws: ByteError.truncated(offset: 0)) { try text.string() }
        var number = ByteReader([1, 2, 3])
        #expect(throws: ByteError.truncated(offset: 0)) { try number.bigEndian(UInt32.self) }
        var raw = ByteReader([1])
        #expect(throws: ByteError.truncated(offset: 0)) { try raw.raw(2) }
        #expect(throws: ByteError.truncated(offset: 0)) { try raw.raw(-1) }
    }

    @Test func aVarintBeyond64BitsOverflows() {
        let nine = [UInt8](repeating: 0xff, count: 9)
        for last: [UInt8] in [[0x02], [0x81, 0x00], [0xff]] {
            var reader = ByteReader(nine + last)
            #expect(throws: ByteError.overflow(offset: 0)) { try reader.varint() }
        }
        var narrow = ByteReader([0x80, 0x02])
        #expect(throws: ByteError.overflow(offset: 0)) { try narrow.number(UInt8.self) }
    }

    @Test(arguments: [[0x80, 0x00], [0xff, 0x80, 0x00]] as [[UInt8]])
    func aLongerFormOfAVarintIsRefused(bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        #expect(throws: ByteError.invalid(what: "varint", offset: 0)) { try reader.varint() }
    }

    @Test func aCountOfMoreThanCanFollowIsRefused() {
        var reader = ByteReader([0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2])
        #expect(throws: ByteError.truncated(offset: 0)) { try reader.count() }
    }

    @Test func randomBytesNeverTrap() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<2_000 {
            let bytes = (0..<generator.below(24)).map { _ in UInt8(generator.below(256)) }
            var reader = ByteReader(bytes)
            var reads = 0
            while !reader.isAtEnd, reads < 24 {
                reads += 1
                switch generator.below(4) {
                case 0: _ = try? reader.varint()
                case 1: _ = try? reader.string()
                case 2: _ = try? reader.bigEndian(UInt64.self)
                default: _ = try? reader.byte()
                }
            }
            #expect(reader.offset <= bytes.count)
        }
    }

    @Test func hexadecimalDigitsReadBack() {
        let all = (0...255).map { UInt8($0) }
        #expect(bytes(hexadecimal: hexadecimal(all)) == all)
        #expect(hexadecimal([0x0f, 0xa0]) == "0fa0")
        #expect(bytes(hexadecimal: "0") == nil)
        #expect(bytes(hexadecimal: "0g") == nil)
        #expect(bytes(hexadecimal: "") == [])
    }
}
