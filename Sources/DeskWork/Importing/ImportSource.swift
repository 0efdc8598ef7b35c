import Dispatch
import Foundation
import Interchange
import Synchronization

/// A row before the replica was asked about it.
enum ReadRow: Sendable {
    /// It cannot be taken in.
    case refused(ImportRowNote)
    /// Something that concerns the file as a whole.
    case warning(ImportRowNote)
    /// Its values are read.
    case parsed(ParsedRow)
}

/// Rows that are taken in together.
struct RowBatch: Sendable {
    var rows: [ReadRow] = []
    /// How much was read when the batch ended.
    var progress: ImportProgress
}

/// Reads files in batches, one file after the other, and one batch ahead: the next is read and its
/// values are checked while the present one is written.
final class ImportSource: Sendable {
    private let reading: Reading
    private let pending: Mutex<Promise?>

    init(
        _ readers: [(file: String, reader: any RecordReader)],
        parser: RowParser,
        batchSize: Int
    ) {
        reading = Reading(readers, parser: parser, batchSize: batchSize)
        pending = Mutex(reading.begin())
    }

    /// Returns the next rows, nil at the end of all files.
    /// - Throws: What reading the files reports.
    func next() throws -> RowBatch? {
        guard let promise = pending.withLock({ $0 }) else { return nil }
        let batch = try promise.value()
        pending.withLock { $0 = batch == nil ? nil : reading.begin() }
        return batch
    }

    /// A batch that is being read.
    private final class Promise: Sendable {
        private let result = Mutex<Result<RowBatch?, any Error>?>(nil)
        private let isReady = DispatchSemaphore(value: 0)

        func fulfil(_ result: Result<RowBatch?, any Error>) {
            self.result.withLock { $0 = result }
            isReady.signal()
        }

        /// Waits for the batch; asked once.
        func value() throws -> RowBatch? {
            isReady.wait()
            return try result.withLock { $0 }?.get()
        }
    }

    /// The readers' side, which runs on its own queue alone; therefore it may be shared though the
    /// compiler cannot see why.
    private final class Reading: @unchecked Sendable {
        private let queue = DispatchQueue(label: "attache.import")
        private let parser: RowParser
        private let batchSize: Int
        private let sources: [[UInt8]]
        private var readers: [(file: String, reader: any RecordReader)]
        private var current = 0
        private var rows = 0

        init(
            _ readers: [(file: String, reader: any RecordReader)],
            parser: RowParser,
            batchSize: Int
        ) {
            self.readers = readers
            self.parser = parser
            self.batchSize = batchSize
            sources = readers.map { Array(($0.file as NSString).lastPathComponent.utf8) }
        }

        func begin() -> Promise {
            let promise = Promise()
            queue.async { promise.fulfil(Result { try self.read() }) }
            return promise
        }

        private func read() throws -> RowBatch? {
            var batch: [ReadRow] = []
            batch.reserveCapacity(batchSize)
            while batch.count < batchSize, current < readers.count {
                if let result = try readers[current].reader.next() {
                    batch.append(parsed(result))
                } else {
                    current += 1
                }
            }
            rows += batch.count
            return batch.isEmpty ? nil : RowBatch(rows: batch, progress: progress)
        }

        private func parsed(_ result: RowResult) -> ReadRow {
            let file = readers[current].file
            switch result {
            case .refused(let line, let reason):
                return .refused(ImportRowNote(file: file, line: line, reason: reason))
            case .warning(let line, let message):
                return .warning(ImportRowNote(file: file, line: line, reason: message))
            case .record(let row):
                do {
                    return .parsed(try parser.parse(row, source: sources[current]))
                } catch {
                    return .refused(
                        ImportRowNote(file: file, line: row.line, reason: error.message)
                    )
                }
            }
        }

        private var progress: ImportProgress {
            let sizes = readers.map(\.reader.totalBytes)
            let total = sizes.contains { $0 == nil } ? nil : sizes.reduce(0) { $0 + ($1 ?? 0) }
            return ImportProgress(
                bytes: readers.reduce(0) { $0 + $1.reader.bytesRead },
                totalBytes: total,
                rows: rows
            )
        }
    }
}
