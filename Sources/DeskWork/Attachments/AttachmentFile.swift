import Foundation
import RecordModel
import RecordStorage

/// A file that is to be attached to a record.
public struct AttachmentFile: Sendable {
    /// Where it is.
    public let path: String
    /// The name that the record gives to it.
    public let name: String
    /// Its media type.
    public let mediaType: String

    /// Names a file.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - name: The name that the record gives to it; nil for its own.
    ///   - mediaType: Its media type; nil for what its name ends with.
    public init(path: String, name: String? = nil, mediaType: String? = nil) {
        self.path = path
        let name = name ?? URL(fileURLWithPath: path).lastPathComponent
        self.name = name
        self.mediaType = mediaType ?? Self.mediaType(of: name)
    }

    private static let mediaTypes = [
        "pdf": "application/pdf", "txt": "text/plain", "md": "text/markdown", "csv": "text/csv",
        "html": "text/html", "rtf": "application/rtf", "json": "application/json",
        "xml": "application/xml", "zip": "application/zip", "doc": "application/msword",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xls": "application/vnd.ms-excel",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "ppt": "application/vnd.ms-powerpoint",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "odt": "application/vnd.oasis.opendocument.text",
        "ods": "application/vnd.oasis.opendocument.spreadsheet", "jpg": "image/jpeg",
        "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp",
        "heic": "image/heic", "tif": "image/tiff", "tiff": "image/tiff", "svg": "image/svg+xml",
        "mp3": "audio/mpeg", "m4a": "audio/mp4", "mp4": "video/mp4", "vcf": "text/vcard",
        "ics": "text/calendar", "eml": "message/rfc822",
    ]

    private static func mediaType(of name: String) -> String {
        let ending = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
        return mediaTypes[ending] ?? "application/octet-stream"
    }
}

/// A file whose bytes have been read once: their hash and number.
struct HashedFile {
    let file: AttachmentFile
    let hash: AttachmentHash
    let size: UInt64

    /// How many bytes are in memory at a time: a row of the store.
    private static let pieceBytes = 256 << 10

    /// Reads a file.
    /// - Throws: `DeskError` (`bad_value`) for one that is empty, too large or no file; what the system
    ///   reports.
    init(_ file: AttachmentFile) throws {
        self.file = file
        var hasher = AttachmentHasher()
        var size: UInt64 = 0
        try Self.forEachPiece(of: file.path) { bytes in
            hasher.update(bytes)
            size += UInt64(bytes.count)
            guard size <= ContentLimits.attachmentBytes else {
                let limit = ByteSize(ContentLimits.attachmentBytes).text
                throw DeskError(
                    .badValue,
                    "\(file.path) is larger than \(limit); nothing was changed",
                    hint: "Make it smaller, as by scanning in grey at 200 dpi, or attach its parts."
                )
            }
        }
        guard size > 0 else { throw DeskError(.badValue, "\(file.path) is empty") }
        self.size = size
        hash = hasher.finish()
    }

    /// Keeps the bytes in the store, unless they are there.
    /// - Throws: `DeskError` (`bad_value`) where the file has changed since it was hashed; what the store and
    ///   the system report.
    func keep(_ writer: StoreWriter) throws {
        if let held = try writer.reader.attachment(hash) {
            // Named anew, it may be for a space whose desks were not given it before.
            if held.isWhole { return try writer.noteUnsent(hash) }
            // What had come of it from headquarters is not needed.
            try writer.drop(held)
        }
        var offset: UInt64 = 0
        var outcome = PieceOutcome.held(0)
        try Self.forEachPiece(of: file.path) { bytes in
            outcome = try writer.keepPiece(bytes, at: offset, of: hash, size: size)
            offset += UInt64(bytes.count)
        }
        guard outcome == .whole, offset == size else {
            throw DeskError(
                .badValue,
                "\(file.path) changed while it was read; nothing was changed",
                hint: "Attach it again once it is no longer being written."
            )
        }
    }

    private static func forEachPiece(
        of path: String,
        _ body: ([UInt8]) throws -> Void
    ) throws {
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? handle.close() }
        while let piece = try handle.read(upToCount: pieceBytes), !piece.isEmpty {
            try body([UInt8](piece))
        }
    }

    /// What a record says of the file, as JSON holds it.
    var json: JSONValue {
        .object([
            JSONMember("hash", .string(hash.description)),
            JSONMember("name", .string(file.name)),
            JSONMember("media_type", .string(file.mediaType)),
            JSONMember("size", .number(size)),
        ])
    }
}
