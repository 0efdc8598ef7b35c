import Foundation

/// The character sets of vCard values: what `CHARSET` names, and what bytes are that name none.
enum VCardCharset {
    /// Returns the text of bytes in a named character set, or nil where the set is not known or
    /// the bytes are none of it.
    static func text(_ bytes: [UInt8], charset: String) -> String? {
        let name = charset.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
        switch name {
        case "utf8", "usascii", "ascii": return String(validating: bytes, as: UTF8.self)
        default: break
        }
        guard let encoding = encodings[name] else { return nil }
        return String(data: Data(bytes), encoding: encoding)
    }

    /// Whether a bare parameter of vCard 2.1 (`TEL;utf-8:`) is a character set's name.
    static func isName(_ text: String) -> Bool {
        let name = text.lowercased().filter { $0 != "-" && $0 != "_" }
        return ["utf8", "usascii"].contains(name) || encodings[name] != nil
    }

    static func isUTF8(_ charset: String) -> Bool {
        ["utf8", "utf-8"].contains(charset.lowercased())
    }

    /// Returns the text of bytes that name no character set: UTF-8, else what Windows wrote.
    static func guessed(_ bytes: [UInt8]) -> (text: String, isGuess: Bool) {
        if let text = String(validating: bytes, as: UTF8.self) { return (text, false) }
        let windows = String(data: Data(bytes), encoding: .windowsCP1252)
        // Windows-1252 leaves five bytes undefined; ISO 8859-1 has a character for each.
        let text = windows ?? String(data: Data(bytes), encoding: .isoLatin1)
        return (text ?? String(decoding: bytes, as: UTF8.self), true)
    }

    /// Character sets by IANA's name without hyphens, as Foundation numbers them.
    private static let encodings: [String: String.Encoding] = {
        var result: [String: String.Encoding] = [
            "iso88591": .isoLatin1, "latin1": .isoLatin1, "l1": .isoLatin1,
            "windows1252": .windowsCP1252, "cp1252": .windowsCP1252,
            "utf16": .utf16, "utf16le": .utf16LittleEndian, "utf16be": .utf16BigEndian,
        ]
        let others: [(names: [String], number: UInt)] = [
            (["windows1250", "cp1250"], 0x501), (["windows1251", "cp1251"], 0x502),
            (["windows1253", "cp1253"], 0x503), (["windows1254", "cp1254"], 0x504),
            (["windows1255", "cp1255"], 0x505), (["windows1256", "cp1256"], 0x506),
            (["windows1257", "cp1257"], 0x507), (["windows1258", "cp1258"], 0x508),
            (["iso88592", "latin2"], 0x202), (["iso88593"], 0x203), (["iso88594"], 0x204),
            (["iso88595"], 0x205), (["iso88596"], 0x206), (["iso88597"], 0x207),
            (["iso88598", "iso88598i"], 0x208), (["iso88599", "latin5"], 0x209),
            (["iso885913"], 0x20d), (["iso885915", "latin9"], 0x20f), (["koi8r"], 0xa02),
            (["koi8u"], 0xa08), (["ibm437", "cp437"], 0x400), (["ibm850", "cp850"], 0x410),
            (["ibm866", "cp866"], 0x419), (["macintosh", "macroman"], 0),
            (["shiftjis", "sjis", "windows31j", "cp932"], 0xa01), (["eucjp"], 0x920),
            (["iso2022jp"], 0x820), (["gb18030"], 0x632), (["gb2312", "gbk", "cp936"], 0x631),
            (["big5"], 0xa03), (["euckr", "ksc56011987"], 0x940),
        ]
        for (names, number) in others {
            for name in names {
                result[name] = String.Encoding(rawValue: 0x8000_0000 | number)
            }
        }
        return result
    }()
}

/// Quoted-printable (RFC 2045 §6.7) and base64 as vCards hold them.
enum VCardTransfer {
    /// Returns the bytes that quoted-printable stands for; what is malformed stays as it is.
    static func quotedPrintable(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == UInt8(ascii: "="), index + 2 < bytes.endIndex,
                let high = hexadecimalDigit(bytes[index + 1]),
                let low = hexadecimalDigit(bytes[index + 2])
            {
                result.append(high << 4 | low)
                index += 3
            } else if byte == UInt8(ascii: "="), index + 1 == bytes.endIndex {
                // A soft line break at the end of the value.
                index += 1
            } else {
                result.append(byte)
                index += 1
            }
        }
        return result
    }

    /// Returns how many bytes so many characters of base64 stand for.
    static func base64Size(_ characters: Int) -> Int { characters / 4 * 3 }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

extension VCardTransfer {
    /// Returns the text that base64 stands for, or nil where it is no text.
    static func text(_ base64: String) -> String? {
        guard let data = Data(base64Encoded: base64), !data.contains(0) else { return nil }
        return String(validating: data, as: UTF8.self)
    }
}
