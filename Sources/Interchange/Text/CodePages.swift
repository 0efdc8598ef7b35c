import Foundation

/// The characters of the encodings of one or two bytes that are not ASCII's.
enum CodePages {
    /// The characters of the bytes 0x80 to 0xFF; U+FFFD stands where there is none.
    static func upperHalf(of encoding: TextEncoding) -> [Unicode.Scalar] {
        switch encoding {
        case .windows1252: windows1252
        case .windows1251: windows1251
        case .windows1256: windows1256
        case .utf8, .utf16LittleEndian, .utf16BigEndian, .shiftJIS: []
        }
    }

    private static let windows1252 =
        Array("€�‚ƒ„…†‡ˆ‰Š‹Œ�Ž��‘’“”•–—˜™š›œ�žŸ".unicodeScalars)
        + (0xA0...0xFF).compactMap { Unicode.Scalar(UInt32($0)) }

    private static let windows1251 =
        Array(
            "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—�™љ›њќћџ\u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕї"
                .unicodeScalars
        )
        + (0x410...0x44F).compactMap { Unicode.Scalar(UInt32($0)) }

    private static let windows1256 = Array(
        ("€پ‚ƒ„…†‡ˆ‰ٹ‹Œچژڈگ‘’“”•–—ک™ڑ›œ\u{200c}\u{200d}ں"
            + "\u{a0}،¢£¤¥¦§¨©ھ«¬\u{ad}®¯°±²³´µ¶·¸¹؛»¼½¾؟"
            + "ہءآأؤإئابةتثجحخدذرزسشصض×طظعغـفقك"
            + "àلâمنهوçèéêëىيîï\u{64b}\u{64c}\u{64d}\u{64e}ô\u{64f}\u{650}÷\u{651}ù\u{652}ûü\u{200e}\u{200f}ے")
            .unicodeScalars
    )

    /// The characters of two bytes of Shift-JIS, by their number.
    static let shiftJIS: [UInt16: Unicode.Scalar] = {
        var characters: [UInt16: Unicode.Scalar] = [:]
        for lead in Array(UInt8(0x81)...0x9F) + Array(0xE0...0xFC) {
            for trail in UInt8(0x40)...0xFC where trail != 0x7F {
                let text = String(bytes: [lead, trail], encoding: .shiftJIS)
                guard let scalars = text?.unicodeScalars, scalars.count == 1,
                    let scalar = scalars.first
                else { continue }
                characters[UInt16(lead) << 8 | UInt16(trail)] = scalar
            }
        }
        return characters
    }()
}
