/// An encoding in which text files are found.
public enum TextEncoding: String, Hashable, Sendable, CaseIterable {
    case utf8 = "utf-8"
    case utf16LittleEndian = "utf-16le"
    case utf16BigEndian = "utf-16be"
    /// Microsoft's variant of Shift-JIS (code page 932).
    case shiftJIS = "shift-jis"
    /// Western European; ISO 8859-1 is a part of it.
    case windows1252 = "windows-1252"
    /// Cyrillic.
    case windows1251 = "windows-1251"
    /// Arabic, with the letters of Persian and Urdu.
    case windows1256 = "windows-1256"

    /// Creates an encoding from what people call it (`UTF8`, `latin1`, `cp1252`), or nil.
    public init?(named name: String) {
        let key = name.lowercased().filter { $0.isLetter || $0.isNumber }
        switch key {
        case "utf8": self = .utf8
        case "utf16", "utf16le", "unicode": self = .utf16LittleEndian
        case "utf16be": self = .utf16BigEndian
        case "shiftjis", "sjis", "cp932", "windows31j", "mskanji": self = .shiftJIS
        case "windows1252", "cp1252", "latin1", "iso88591", "ansi", "1252": self = .windows1252
        case "windows1251", "cp1251", "1251": self = .windows1251
        case "windows1256", "cp1256", "1256": self = .windows1256
        default: return nil
        }
    }

    /// The name by which messages call it.
    var label: String {
        switch self {
        case .utf8: "UTF-8"
        case .utf16LittleEndian, .utf16BigEndian: "UTF-16"
        case .shiftJIS: "Shift-JIS"
        case .windows1252: "Windows-1252"
        case .windows1251: "Windows-1251"
        case .windows1256: "Windows-1256"
        }
    }
}
