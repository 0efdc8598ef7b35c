import Foundation

/// A file, a pipe or bytes in memory, read one chunk at a time so that memory stays bounded.
public struct ByteSource {
    /// The number of bytes asked for at a time: large enough that calls cost nothing, small enough
    /// to stay in the processor's cache.
    public static let chunkSize = 64 * 1024

    private enum Origin {
        case file(FileHandle, path: String)
        case handle(FileHandle)
        case memory([UInt8], chunkSize: Int)
    }

    /// The name by which messages call this source, as the user gave it.
    public let name: String
    /// The size where it is known beforehand; pipes have none.
    public let totalBytes: Int?
    /// The number of bytes handed out so far.
    public private(set) var bytesRead = 0
    private let origin: Origin

    /// Opens a file.
    /// - Throws: Foundation's error when the file is absent or may not be read.
    public init(path: String) throws {
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        let isRegular = attributes?[.type] as? FileAttributeType == .typeRegular
        name = path
        totalBytes = isRegular ? (attributes?[.size] as? NSNumber)?.intValue : nil
        origin = isRegular ? .file(handle, path: path) : .handle(handle)
    }

    /// Reads what the handle still has to give, such as standard input.
    public init(handle: FileHandle, name: String) {
        self.name = name
        totalBytes = nil
        origin = .handle(handle)
    }

    /// Reads bytes that are already in memory.
    public init(bytes: [UInt8], name: String, chunkSize: Int = ByteSource.chunkSize) {
        self.name = name
        totalBytes = bytes.count
        origin = .memory(bytes, chunkSize: max(1, chunkSize))
    }

    /// Returns the same bytes from their beginning, or nil for a pipe, which gives them once.
    /// - Throws: Foundation's error when the file is absent or may not be read.
    func reopened() throws -> ByteSource? {
        switch origin {
        case .file(_, let path): try ByteSource(path: path)
        case .handle: nil
        case .memory(let bytes, let chunkSize):
            ByteSource(bytes: bytes, name: name, chunkSize: chunkSize)
        }
    }

    /// Appends the next chunk to `buffer` and returns false at the end.
    /// - Throws: Foundation's error when reading fails.
    mutating func read(into buffer: inout [UInt8]) throws -> Bool {
        let before = buffer.count
        switch origin {
        case .handle(let handle), .file(let handle, _):
            if let chunk = try handle.read(upToCount: Self.chunkSize) {
                buffer.append(contentsOf: chunk)
            }
        case .memory(let bytes, let chunkSize):
            buffer.append(contentsOf: bytes[bytesRead...].prefix(chunkSize))
        }
        bytesRead += buffer.count - before
        return buffer.count > before
    }
}

/// The stretch of a source that a reader still needs, in UTF-8.
struct ByteWindow {
    private(set) var source: ByteSource
    private(set) var transcoder: Transcoder
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    /// Opens a window on a source.
    ///
    /// A byte order mark is taken off. The encoding is UTF-8 unless another is said; nil finds it
    /// out by what is read.
    init(_ source: ByteSource, encoding: TextEncoding? = .utf8) {
        self.source = source
        transcoder = Transcoder(encoding)
    }

    /// The number of bytes that were read and not yet consumed.
    var count: Int { buffer.count - start }

    /// Reads one more chunk behind the bytes at hand and returns false at the end of the source.
    mutating func fill() throws -> Bool {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        let before = buffer.count
        while buffer.count == before, !isAtEnd { try readChunk() }
        return buffer.count > before
    }

    /// Marks the first `length` bytes as done with.
    mutating func consume(_ length: Int) {
        start += length
    }

    /// Calls `body` with the bytes at hand.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    }

    private mutating func readChunk() throws {
        var chunk: [UInt8] = []
        isAtEnd = try !source.read(into: &chunk)
        // A pipe may hand out a mark in pieces, and an encoding shows only in a longer stretch.
        let needed = source.bytesRead == chunk.count || transcoder.encoding == nil
        if needed {
            let enough = transcoder.encoding == nil ? Transcoder.sampleSize : 3
            while !isAtEnd, chunk.count < enough { isAtEnd = try !source.read(into: &chunk) }
        }
        transcoder.append(chunk, isLast: isAtEnd, to: &buffer)
    }
}
