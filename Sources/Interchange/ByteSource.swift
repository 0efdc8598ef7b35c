import Foundation

/// A file, a pipe or bytes in memory, read one chunk at a time so that memory stays bounded.
public struct ByteSource {
    /// The number of bytes asked for at a time: large enough that calls cost nothing, small enough
    /// to stay in the processor's cache.
    public static let chunkSize = 64 * 1024

    private enum Origin {
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
        origin = .handle(handle)
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

    /// Appends the next chunk to `buffer` and returns false at the end.
    /// - Throws: Foundation's error when reading fails.
    mutating func read(into buffer: inout [UInt8]) throws -> Bool {
        let before = buffer.count
        switch origin {
        case .handle(let handle):
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

/// The stretch of a source that a reader still needs; a UTF-8 byte order mark is taken off.
struct ByteWindow {
    private(set) var source: ByteSource
    private var buffer: [UInt8] = []
    private var start = 0
    private var isOpened = false

    init(_ source: ByteSource) {
        self.source = source
    }

    /// The number of bytes that were read and not yet consumed.
    var count: Int { buffer.count - start }

    /// Reads one more chunk behind the bytes at hand and returns false at the end of the source.
    mutating func fill() throws -> Bool {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        guard isOpened else { return try open() }
        return try source.read(into: &buffer)
    }

    /// Marks the first `length` bytes as done with.
    mutating func consume(_ length: Int) {
        start += length
    }

    /// Calls `body` with the bytes at hand.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    }

    private mutating func open() throws -> Bool {
        isOpened = true
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        // A pipe may hand out the mark in pieces.
        while buffer.count < mark.count, try source.read(into: &buffer) {}
        if buffer.starts(with: mark) { buffer.removeFirst(mark.count) }
        return try !buffer.isEmpty || source.read(into: &buffer)
    }
}
