/// Tells the encoding of a file by its bytes.
enum EncodingDetection {
    /// Returns the encoding that a mark at the start of a file declares, and the mark's length.
    static func mark(of bytes: UnsafeRawBufferPointer) -> (encoding: TextEncoding, length: Int)? {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8, 3) }
        if bytes.starts(with: [0xFF, 0xFE]) { return (.utf16LittleEndian, 2) }
        if bytes.starts(with: [0xFE, 0xFF]) { return (.utf16BigEndian, 2) }
        return nil
    }

    /// Returns the byte order of UTF-16 without a mark, or nil where the bytes are another text's.
    ///
    /// Text in another encoding holds no byte 0; in UTF-16 every separator and line end has one.
    static func utf16(_ bytes: UnsafeRawBufferPointer) -> TextEncoding? {
        var zeros = [0, 0]
        for (offset, byte) in bytes.enumerated() where byte == 0 { zeros[offset & 1] += 1 }
        guard zeros[0] + zeros[1] > 0 else { return nil }
        // A few stray zeros are damage, not an encoding.
        guard (zeros[0] + zeros[1]) * 50 > bytes.count, zeros[0] != zeros[1] else { return nil }
        return zeros[0] > zeros[1] ? .utf16BigEndian : .utf16LittleEndian
    }

    /// Returns the encoding of a stretch of text that is not all ASCII.
    ///
    /// UTF-8 shows by its form. Of the others, letters stand one by one among ASCII in Western
    /// text and in runs in the others; which run it is, its commonest letters tell.
    static func encoding(of bytes: UnsafeRawBufferPointer) -> TextEncoding {
        let form = utf8Form(bytes)
        if form.broken == 0 || form.whole > 3 * form.broken { return .utf8 }
        if isShiftJIS(bytes) { return .shiftJIS }
        var high = 0
        var inRuns = 0
        var arabic = 0
        var cyrillic = 0
        for (offset, byte) in bytes.enumerated() where byte >= 0xC0 {
            high += 1
            let before = offset > 0 ? bytes[offset - 1] : 0
            let after = offset + 1 < bytes.count ? bytes[offset + 1] : 0
            if before >= 0xC0 || after >= 0xC0 { inRuns += 1 }
            // alef, lam, ya, mim, waw, nun, ra, ba, ta marbuta, ta.
            if [0xC7, 0xE1, 0xED, 0xE3, 0xE6, 0xE4, 0xD1, 0xC8, 0xC9, 0xCA].contains(byte) {
                arabic += 1
            }
            // о е а и н т с р в л.
            if [0xEE, 0xE5, 0xE0, 0xE8, 0xED, 0xF2, 0xF1, 0xF0, 0xE2, 0xEB].contains(byte) {
                cyrillic += 1
            }
        }
        guard high > 0, inRuns * 10 > high * 6 else { return .windows1252 }
        return arabic > cyrillic ? .windows1256 : .windows1251
    }

    /// Counts the characters of several bytes that are whole and the places that are broken; one
    /// cut off at the end is neither.
    private static func utf8Form(_ bytes: UnsafeRawBufferPointer) -> (whole: Int, broken: Int) {
        var whole = 0
        var broken = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x80 {
                index += 1
                continue
            }
            let length =
                switch byte {
                case 0xC2...0xDF: 2
                case 0xE0...0xEF: 3
                case 0xF0...0xF4: 4
                default: 0
                }
            let rest = bytes[(index + 1)...].prefix(max(0, length - 1))
            let isContinued = rest.allSatisfy { $0 & 0xC0 == 0x80 }
            if length > 0, isContinued, rest.count == length - 1 {
                whole += 1
                index += length
            } else if length > 0, isContinued {
                break
            } else {
                broken += 1
                index += 1
            }
        }
        return (whole, broken)
    }

    /// Whether all is well formed and characters of two bytes follow each other, as in Japanese.
    private static func isShiftJIS(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var doubles = 0
        var following = 0
        var common = 0
        var index = 0
        var isBehindDouble = false
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case 0x81...0x9F, 0xE0...0xFC:
                guard index + 1 < bytes.count else { return following * 2 > doubles }
                let trail = bytes[index + 1]
                guard (0x40...0xFC).contains(trail), trail != 0x7F else { return false }
                doubles += 1
                if isBehindDouble { following += 1 }
                // Kana and the first level of kanji: nearly all of any text.
                if byte <= 0x9F { common += 1 }
                isBehindDouble = true
                index += 2
            case 0x80, 0xA0, 0xFD...0xFF: return false
            default:
                isBehindDouble = false
                index += 1
            }
        }
        return following * 2 > doubles && common * 10 > doubles * 7
    }
}
