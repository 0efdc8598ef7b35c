/// How a line of a vCard file is taken apart: group, name, parameters, and the value's bytes.
///
/// Source: RFC 6350 §3.3; vCard 2.1 §2.1 for parameters without names.
struct VCardLineParts {
    var group = ""
    var name: String
    var parameters: [VCardParameter] = []
    /// `QUOTED-PRINTABLE`, `BASE64` or another encoding in upper case; nil where none is named.
    var encoding: String?
    var charset: String?
    var value: ArraySlice<UInt8>

    /// Takes a line apart; nil where it has no colon or its name is none.
    init?(_ line: [UInt8]) {
        guard let colon = Self.colon(in: line) else { return nil }
        value = line[(colon + 1)...]
        let header = VCardCharset.guessed(Array(line[..<colon])).text
        var pieces = Self.pieces(of: header, at: ";")
        let full = pieces.removeFirst().trimmed
        let names = full.split(separator: ".", omittingEmptySubsequences: false)
        name = (names.last.map(String.init) ?? "").uppercased()
        group = names.dropLast().joined(separator: ".")
        guard !name.isEmpty, name.unicodeScalars.allSatisfy(Self.isNameCharacter) else {
            return nil
        }
        for piece in pieces.prefix(VCardLimits.parameters) { add(piece) }
    }

    private static func isNameCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "0"..."9", "-", "_": true
        // Some exporters put the names of fields of their own here.
        default: scalar.value > 0x7f && scalar.properties.isAlphabetic
        }
    }

    /// Finds the colon before the value: the first that is not within quotes, or the first of all
    /// where a quote is never closed.
    private static func colon(in line: [UInt8]) -> Int? {
        var isQuoted = false
        for (index, byte) in line.enumerated() {
            if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if byte == UInt8(ascii: ":"), !isQuoted {
                return index
            }
        }
        return line.firstIndex(of: UInt8(ascii: ":"))
    }

    private static func pieces(of text: String, at separator: Unicode.Scalar) -> [String] {
        var pieces = [String.UnicodeScalarView()]
        var isQuoted = false
        for scalar in text.unicodeScalars {
            if scalar == "\"" { isQuoted.toggle() }
            if scalar == separator, !isQuoted {
                pieces.append(String.UnicodeScalarView())
            } else {
                pieces[pieces.count - 1].append(scalar)
            }
        }
        return pieces.map { String($0) }
    }

    private mutating func add(_ piece: String) {
        let piece = piece.trimmed
        guard !piece.isEmpty else { return }
        guard let sign = piece.firstIndex(of: "=") else { return addBare(piece) }
        let name = piece[..<sign].trimmed.uppercased()
        let values = Self.pieces(of: String(piece[piece.index(after: sign)...]), at: ",")
        switch name {
        case "ENCODING": encoding = Self.encoding(values.joined())
        case "CHARSET": charset = values.joined().filter { $0 != "\"" }
        case "TYPE":
            // A list within quotes is a list all the same (RFC 6350 §6.4.1).
            let types = values.flatMap { Self.decoded($0).split(separator: ",") }
            append("TYPE", types.map(\.trimmed).filter { !$0.isEmpty })
        case "": break
        default: append(name, values.map(Self.decoded))
        }
    }

    /// A parameter of which vCard 2.1 leaves the name out.
    private mutating func addBare(_ piece: String) {
        let word = piece.uppercased()
        switch word {
        case "QUOTED-PRINTABLE", "BASE64", "B", "7BIT", "8BIT": encoding = Self.encoding(word)
        case "INLINE", "URL", "CONTENT-ID", "CID":
            append("VALUE", [word.lowercased()])
        default:
            if VCardCharset.isName(piece) {
                charset = piece
            } else {
                append("TYPE", piece.split(separator: ",").map(\.trimmed))
            }
        }
    }

    private mutating func append(_ name: String, _ values: [String]) {
        guard !values.isEmpty else { return }
        if let index = parameters.firstIndex(where: { $0.name == name }) {
            parameters[index].values += values
        } else {
            parameters.append(VCardParameter(name: name, values: values))
        }
    }

    private static func decoded(_ text: String) -> String {
        let text = text.trimmed
        let isQuoted = text.count > 1 && text.hasPrefix("\"") && text.hasSuffix("\"")
        return VCardText.parameterDecoded(isQuoted ? String(text.dropFirst().dropLast()) : text)
    }

    private static func encoding(_ name: String) -> String {
        let name = name.uppercased().filter { $0 != "\"" }
        return name == "B" ? "BASE64" : name
    }
}

extension VCardProperty {
    /// What holds a picture, a sound or a key where it is not an address.
    static let binaryNames: Set = ["PHOTO", "LOGO", "SOUND", "KEY"]

    /// Creates the property of a line; nil where the line is none.
    ///
    /// - Parameters:
    ///   - line: The line.
    ///   - keepsBinary: Whether base64 stays as the value; else its bytes are counted only.
    ///   - warnings: Takes what was doubtful.
    init?(_ line: VCardLines.Line, keepsBinary: Bool, warnings: inout [String]) {
        guard let parts = VCardLineParts(line.bytes) else { return nil }
        self.init(parts.name, parts.parameters, group: parts.group, value: "")
        if parts.encoding == "BASE64" || Self.binaryNames.contains(parts.name) {
            takeBinary(parts, line, keepsBinary: keepsBinary)
            if omittedBytes != nil || !value.isEmpty { return }
        }
        var bytes = Array(parts.value)
        if parts.encoding == "QUOTED-PRINTABLE" {
            bytes = VCardTransfer.quotedPrintable(parts.value)
        }
        if let charset = parts.charset {
            if let text = VCardCharset.text(bytes, charset: charset) {
                value = VCardText.withoutLineEnds(text)
                return
            }
            warnings.append("line \(line.number): \(parts.name) is no text in \(charset)")
            if VCardCharset.isUTF8(charset) {
                // A text that an exporter cut in the middle of a character.
                value = VCardText.withoutLineEnds(String(decoding: bytes, as: UTF8.self))
                return
            }
        }
        let (text, isGuess) = VCardCharset.guessed(bytes)
        if isGuess, parts.charset == nil {
            warnings.append(
                "line \(line.number): \(parts.name) is not UTF-8, read as Windows-1252"
            )
        }
        value = VCardText.withoutLineEnds(text)
    }

    /// Takes base64 or a `data:` address: counted, and kept only where it is asked for or is text.
    private mutating func takeBinary(
        _ parts: VCardLineParts,
        _ line: VCardLines.Line,
        keepsBinary: Bool
    ) {
        let start = String(decoding: parts.value.prefix(256), as: UTF8.self)
        let isAddress = ["uri", "url", "cid", "content-id"].contains(valueType ?? "")
        let beyond = line.length - line.bytes.count
        if parts.encoding == "BASE64" {
            let text = String(
                decoding: parts.value.filter { $0 > 0x20 },
                as: UTF8.self
            )
            if keepsBinary {
                parameters.insert(VCardParameter(name: "ENCODING", values: ["b"]), at: 0)
                value = text
            } else if !Self.binaryNames.contains(name), let decoded = VCardTransfer.text(text) {
                value = VCardText.escaped(decoded)
            } else {
                omittedBytes = VCardTransfer.base64Size(text.utf8.count + beyond)
            }
        } else if start.lowercased().hasPrefix("data:") {
            let comma = parts.value.firstIndex(of: UInt8(ascii: ",")) ?? parts.value.endIndex
            let isBase64 = start.lowercased().contains(";base64")
            let count = parts.value[comma...].count + beyond
            if keepsBinary { return }
            omittedBytes = isBase64 ? VCardTransfer.base64Size(count) : count
        } else if !isAddress, line.isTooLong {
            omittedBytes = line.length
        } else if !isAddress, !start.contains(":"), parts.value.count > 512, !keepsBinary {
            // A picture whose encoding nobody named.
            omittedBytes = VCardTransfer.base64Size(parts.value.count)
        }
    }
}
