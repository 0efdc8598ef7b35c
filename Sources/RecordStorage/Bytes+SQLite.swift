import CausalHistory
import Foundation
import GRDB
import RecordModel

extension ActorID {
    /// The 16 bytes for SQLite.
    var data: Data { Data(bytes) }
}

extension Digest128 {
    /// The 16 bytes for SQLite.
    var data: Data { Data(bytes) }
}

extension [UInt8] {
    /// Returns the bytes of the first column of the first row, or nil where there is none.
    static func fetch(_ statement: Statement, _ arguments: StatementArguments) throws -> [UInt8]? {
        try Data.fetchOne(statement, arguments: arguments).map { [UInt8]($0) }
    }
}

/// The bytes of a version vector in a row: for each entry 16 bytes and a varint.
enum VectorCodec {
    static func encode(_ vector: VersionVector) -> Data {
        var writer = ByteWriter(capacity: 20 * vector.entries.count)
        for entry in vector.entries {
            writer.bigEndian(entry.actor.value)
            writer.varint(entry.counter)
        }
        return Data(writer.bytes)
    }

    static func decode(_ data: Data) throws -> VersionVector {
        do {
            var reader = ByteReader([UInt8](data))
            var entries: [VersionVector.Entry] = []
            while !reader.isAtEnd {
                let actor = ActorID(try reader.bigEndian(UInt128.self))
                entries.append(VersionVector.Entry(actor: actor, counter: try reader.varint()))
            }
            return VersionVector(entries)
        } catch {
            throw StoreError.damaged(detail: "a version vector is malformed: \(error)")
        }
    }
}
