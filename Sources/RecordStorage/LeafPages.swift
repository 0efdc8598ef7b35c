import Foundation
import GRDB
import RecordModel

/// The rows that stand on the leaf pages of tables anywhere in a database file, also where no inner page leads
/// to them any more.
///
/// What is found may be of any table, and of earlier times: the caller knows what to expect.
/// Source: "Database File Format", sqlite.org/fileformat2.html, §1.5, §1.6, §2.1.
struct LeafPages {
    private let bytes: Data
    private let pageSize: Int

    private enum Constant {
        static let tableLeaf: UInt8 = 0x0d
        static let headerBytes = 100
        static let leafHeaderBytes = 8
        /// Longer values than a record may have, by far.
        static let greatestPayload = 64 << 20
    }

    /// Maps a file whose log was written back.
    init(of path: String) throws {
        bytes = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        let stated = bytes.count > 18 ? Int(bytes[16]) << 8 | Int(bytes[17]) : 0
        pageSize = stated >= 512 && stated.nonzeroBitCount == 1 ? stated : 4_096
    }

    /// Calls a body with each row of a number of columns.
    ///
    /// - Parameters:
    ///   - columns: How many columns the row has at most; a short row has the first ones.
    ///   - isWanted: Asked with a row's number before it is read.
    ///   - body: Takes the row's number and values.
    /// - Throws: What the body throws.
    /// - Complexity: O(*n*) in the size of the file.
    func forEachRow(
        columns: Int,
        where isWanted: (Int64) -> Bool,
        _ body: (Int64, [DatabaseValue]) throws -> Void
    ) throws {
        for page in 0..<(bytes.count / pageSize) {
            let start = page * pageSize
            let header = start + (page == 0 ? Constant.headerBytes : 0)
            guard bytes[header] == Constant.tableLeaf else { continue }
            let cells = Int(bytes[header + 3]) << 8 | Int(bytes[header + 4])
            let pointers = header + Constant.leafHeaderBytes
            guard pointers + 2 * cells <= start + pageSize else { continue }
            for index in 0..<cells {
                let pointer = pointers + 2 * index
                let offset = Int(bytes[pointer]) << 8 | Int(bytes[pointer + 1])
                guard offset < pageSize,
                    let (row, payload) = cell(at: start + offset, end: start + pageSize, isWanted),
                    let values = Self.values(of: payload, atMost: columns)
                else { continue }
                try body(row, values)
            }
        }
    }

    private func cell(
        at offset: Int,
        end: Int,
        _ isWanted: (Int64) -> Bool
    ) -> (row: Int64, payload: [UInt8])? {
        var place = offset
        guard let stated = Self.varint(bytes, &place, end),
            let row = Self.varint(bytes, &place, end), isWanted(row),
            let size = Int(exactly: stated), (0..<Constant.greatestPayload).contains(size)
        else { return nil }
        let greatestLocal = pageSize - 35
        if size <= greatestLocal {
            guard place + size <= end else { return nil }
            return (row, [UInt8](bytes[place..<place + size]))
        }
        let least = (pageSize - 12) * 32 / 255 - 23
        let fitting = least + (size - least) % (pageSize - 4)
        let local = fitting <= greatestLocal ? fitting : least
        guard place + local + 4 <= end else { return nil }
        var payload = [UInt8](bytes[place..<place + local])
        var next = pageNumber(at: place + local)
        while payload.count < size {
            guard next > 0, next * pageSize <= bytes.count else { return nil }
            let start = (next - 1) * pageSize
            let count = min(size - payload.count, pageSize - 4)
            payload += bytes[start + 4..<start + 4 + count]
            next = pageNumber(at: start)
        }
        return (row, payload)
    }

    private func pageNumber(at offset: Int) -> Int {
        bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
    }

    /// Reads SQLite's varint: seven bits a byte, the greatest first; the ninth byte has eight.
    private static func varint<Bytes: RandomAccessCollection<UInt8>>(
        _ bytes: Bytes,
        _ place: inout Int,
        _ end: Int
    ) -> Int64? where Bytes.Index == Int {
        var value: UInt64 = 0
        for count in 1...9 {
            guard place < end else { return nil }
            let byte = bytes[place]
            place += 1
            if count == 9 { return Int64(bitPattern: value << 8 | UInt64(byte)) }
            value = value << 7 | UInt64(byte & 0x7f)
            if byte < 0x80 { return Int64(bitPattern: value) }
        }
        return nil
    }

    private static func values(of payload: [UInt8], atMost columns: Int) -> [DatabaseValue]? {
        var place = 0
        guard let size = varint(payload, &place, payload.count), let body = Int(exactly: size),
            (place...payload.count).contains(body)
        else { return nil }
        var values: [DatabaseValue] = []
        var offset = body
        while place < body {
            guard values.count < columns, let type = varint(payload, &place, body),
                let value = value(of: type, payload, &offset)
            else { return nil }
            values.append(value)
        }
        return offset == payload.count ? values : nil
    }

    private static func value(
        of type: Int64,
        _ payload: [UInt8],
        _ offset: inout Int
    ) -> DatabaseValue? {
        func take(_ count: Int64) -> ArraySlice<UInt8>? {
            guard count >= 0, count <= Int64(payload.count - offset) else { return nil }
            defer { offset += Int(count) }
            return payload[offset..<offset + Int(count)]
        }
        switch type {
        case 0: return .null
        case 1...6:
            let widths: [Int64] = [1, 2, 3, 4, 6, 8]
            guard let bytes = take(widths[Int(type) - 1]), let first = bytes.first else {
                return nil
            }
            let sign: UInt64 = first >= 0x80 ? .max : 0
            return Int64(bitPattern: bytes.reduce(sign) { $0 << 8 | UInt64($1) }).databaseValue
        case 8, 9: return (type - 8).databaseValue
        case 12...:
            guard let bytes = take((type - 12) / 2) else { return nil }
            return type.isMultiple(of: 2)
                ? Data(bytes).databaseValue : String(decoding: bytes, as: UTF8.self).databaseValue
        default: return nil
        }
    }
}
