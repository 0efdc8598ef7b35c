import Foundation

/// The lines of a vCard file with folded lines and soft line breaks joined, one at a time.
///
/// Line ends may be CR LF, LF or CR; the file may be UTF-8, an 8-bit character set or UTF-16. Of a
/// line beyond the limit the first part is kept and the rest is counted.
///
/// Source: RFC 6350 §3.2; vCard 2.1 §2.1.2 and RFC 2045 §6.7 for soft line breaks.
struct VCardLines {
    struct Line {
        /// The number of its first line in the file, from 1.
        var number: Int
        var bytes: [UInt8] = []
        /// The number of bytes that it has; more than `bytes` beyond the limit.
        var length = 0
        /// Whether a line end follows.
        var isEnded = true

        var isTooLong: Bool { length > bytes.count }

        fileprivate mutating func append(_ more: ArraySlice<UInt8>, length: Int? = nil) {
            self.length += length ?? more.count
            bytes.append(contentsOf: more.prefix(VCardLimits.longestLine - bytes.count))
        }
    }

    private var physical: PhysicalLines
    private var following: Line?

    init(_ source: ByteSource) {
        physical = PhysicalLines(source)
    }

    var source: ByteSource { physical.source }

    /// Returns the next line that is not blank, or nil at the end.
    /// - Throws: the source's error when reading fails.
    mutating func next() throws -> Line? {
        guard var line = try take() else { return nil }
        while line.bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
            guard let other = try take() else { return nil }
            line = other
        }
        var encoding: TransferEncoding?
        while let more = try peek() {
            let first = more.bytes.first
            let isFolded = first == 0x20 || first == 0x09
            if line.bytes.last == UInt8(ascii: "="), !line.isTooLong {
                encoding = encoding ?? TransferEncoding(line.bytes)
                if encoding == .quotedPrintable, !more.isBoundary {
                    line.bytes.removeLast()
                    line.length -= 1
                    try join(more.bytes[...], to: &line)
                    continue
                }
            }
            if isFolded {
                try join(more.bytes.dropFirst(), to: &line)
            } else if !more.bytes.isEmpty, !more.bytes.contains(UInt8(ascii: ":")) {
                // Exporters of 2.1 break base64 without the white space that would fold it.
                encoding = encoding ?? TransferEncoding(line.bytes)
                guard encoding == .base64, more.bytes.allSatisfy(isBase64) else { break }
                try join(more.bytes[...], to: &line)
            } else {
                break
            }
        }
        return line
    }

    private mutating func join(_ bytes: ArraySlice<UInt8>, to line: inout Line) throws {
        let dropped = (following?.length ?? 0) - (following?.bytes.count ?? 0)
        line.append(bytes, length: bytes.count + dropped)
        line.isEnded = following?.isEnded ?? true
        following = nil
    }

    private mutating func take() throws -> Line? {
        if let line = following {
            following = nil
            return line
        }
        return try physical.next()
    }

    private mutating func peek() throws -> Line? {
        if following == nil { following = try physical.next() }
        return following
    }
}

/// How the value of a line is encoded, told by its parameters before anything else is read.
private enum TransferEncoding {
    case none, quotedPrintable, base64

    init(_ line: [UInt8]) {
        let header = line.prefix(4096).prefix { $0 != UInt8(ascii: ":") }
        let words = String(decoding: header, as: UTF8.self).uppercased().split {
            $0 == ";" || $0 == "=" || $0 == ","
        }
        if words.contains("QUOTED-PRINTABLE") {
            self = .quotedPrintable
        } else if words.contains("BASE64") || words.contains("B") {
            self = .base64
        } else {
            self = .none
        }
    }
}

extension VCardLines.Line {
    /// Whether the line begins or ends a card, so that it belongs to no value.
    fileprivate var isBoundary: Bool {
        let text = String(decoding: bytes.prefix(16), as: UTF8.self).uppercased()
        return text.hasPrefix("END:VCARD") || text.hasPrefix("BEGIN:VCARD")
    }
}

private func isBase64(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"),
        UInt8(ascii: "="):
        true
    default: false
    }
}

/// The lines of a source as they stand, in UTF-8 where the source is UTF-16.
private struct PhysicalLines {
    private(set) var source: ByteSource
    private var buffer: [UInt8] = []
    private var start = 0
    private var line = 0
    private var isBehindCR = false
    private var transcoder: UTF16Transcoder?
    private var isOpened = false

    init(_ source: ByteSource) {
        self.source = source
    }

    mutating func next() throws -> VCardLines.Line? {
        var result = VCardLines.Line(number: line + 1)
        var isBegun = false
        while true {
            if start == buffer.count {
                guard try fill() else {
                    result.isEnded = false
                    if isBegun { line += 1 }
                    return isBegun ? trimmed(result) : nil
                }
                continue
            }
            if isBehindCR {
                isBehindCR = false
                if buffer[start] == 0x0a {
                    start += 1
                    continue
                }
            }
            let rest = buffer[start...]
            let end = rest.firstIndex { $0 == 0x0a || $0 == 0x0d }
            result.append(rest[..<(end ?? rest.endIndex)])
            isBegun = true
            start = end.map { $0 + 1 } ?? buffer.count
            guard let end else { continue }
            isBehindCR = buffer[end] == 0x0d
            line += 1
            return trimmed(result)
        }
    }

    /// Returns a line without the byte order mark that files joined together leave.
    private func trimmed(_ line: VCardLines.Line) -> VCardLines.Line {
        guard line.bytes.starts(with: [0xef, 0xbb, 0xbf]) else { return line }
        var result = line
        result.bytes.removeFirst(3)
        result.length -= 3
        return result
    }

    private mutating func fill() throws -> Bool {
        buffer.removeAll(keepingCapacity: true)
        start = 0
        guard isOpened else { return try open() }
        guard transcoder != nil else { return try source.read(into: &buffer) }
        var chunk: [UInt8] = []
        guard try source.read(into: &chunk) else { return false }
        transcoder?.append(chunk, to: &buffer)
        return true
    }

    /// Reads the first bytes and tells UTF-16 by its mark, or by the zero beside a letter.
    private mutating func open() throws -> Bool {
        isOpened = true
        var chunk: [UInt8] = []
        while chunk.count < 2, try source.read(into: &chunk) {}
        guard let first = chunk.first else { return false }
        let second = chunk.count > 1 ? chunk[1] : first
        switch (first, second) {
        case (0xff, 0xfe): transcoder = UTF16Transcoder(isBigEndian: false)
        case (0xfe, 0xff): transcoder = UTF16Transcoder(isBigEndian: true)
        case (0x01..., 0): transcoder = UTF16Transcoder(isBigEndian: false)
        case (0, 0x01...): transcoder = UTF16Transcoder(isBigEndian: true)
        default:
            buffer = chunk
            return true
        }
        transcoder?.append(chunk, to: &buffer)
        return true
    }
}

/// Turns UTF-16 that comes in pieces into UTF-8; half of a pair becomes U+FFFD.
private struct UTF16Transcoder {
    let isBigEndian: Bool
    private var half: UInt8?
    private var high: UInt16?

    init(isBigEndian: Bool) {
        self.isBigEndian = isBigEndian
    }

    mutating func append(_ bytes: [UInt8], to result: inout [UInt8]) {
        for byte in bytes {
            guard let first = half else {
                half = byte
                continue
            }
            half = nil
            let unit =
                isBigEndian
                ? UInt16(first) << 8 | UInt16(byte) : UInt16(byte) << 8 | UInt16(first)
            take(unit, &result)
        }
    }

    private mutating func take(_ unit: UInt16, _ result: inout [UInt8]) {
        let before = high
        high = nil
        if let before {
            if UTF16.isTrailSurrogate(unit) {
                let value = 0x10000 + (UInt32(before) - 0xd800) << 10 + (UInt32(unit) - 0xdc00)
                if let scalar = Unicode.Scalar(value) { result.append(contentsOf: scalar.utf8) }
                return
            }
            result.append(contentsOf: "\u{fffd}".utf8)
        }
        if UTF16.isLeadSurrogate(unit) {
            high = unit
        } else {
            let scalar = Unicode.Scalar(unit) ?? "\u{fffd}"
            result.append(contentsOf: scalar.utf8)
        }
    }
}

extension Unicode.Scalar {
    fileprivate var utf8: String.UTF8View { String(self).utf8 }
}
