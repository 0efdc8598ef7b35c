import Foundation
import Testing

@testable import Interchange

/// Bytes of every encoding become the same text, however they come.
struct TranscoderTests {
    private static let german = "Name;Straße;Ort\r\nJürgen Müller;Größe 5;Köln\r\n"
    private static let arabic = "الاسم,المدينة\r\nأحمد علي,القاهرة\r\nفاطمة,دمشق\r\n"
    private static let russian = "Имя;Город\r\nИван Петров;Москва\r\nАнна;Ташкент\r\n"
    private static let japanese = "氏名,会社\r\n山田太郎,東京大学\r\nすずき,リケン\r\n"
    private static let english = "name,quote\r\nO\u{2019}Brien,\u{201c}a\u{201d}\r\n"

    private func encoded(_ text: String, _ encoding: TextEncoding) -> [UInt8] {
        switch encoding {
        case .utf8: return Array(text.utf8)
        case .utf16LittleEndian:
            return text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        case .utf16BigEndian:
            return text.utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        case .shiftJIS:
            return text.data(using: .shiftJIS).map(Array.init) ?? []
        case .windows1252, .windows1251, .windows1256:
            let table = CodePages.upperHalf(of: encoding)
            return text.unicodeScalars.map { scalar in
                scalar.isASCII
                    ? UInt8(scalar.value) : UInt8(0x80 + (table.firstIndex(of: scalar) ?? 0))
            }
        }
    }

    private func decoded(_ bytes: [UInt8], _ encoding: TextEncoding?, chunk: Int) throws -> String {
        let source = ByteSource(bytes: bytes, name: "", chunkSize: chunk)
        var window = ByteWindow(source, encoding: encoding)
        while try window.fill() {}
        return window.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    private static let samples: [(String, TextEncoding)] = [
        (german, .utf8), (german, .windows1252), (german, .utf16LittleEndian),
        (german, .utf16BigEndian), (arabic, .utf8), (arabic, .windows1256),
        (arabic, .utf16LittleEndian), (arabic, .utf16BigEndian), (russian, .windows1251),
        (russian, .utf16LittleEndian), (japanese, .shiftJIS), (japanese, .utf8),
        (japanese, .utf16BigEndian), (english, .windows1252), ("a😀b,c\n", .utf16LittleEndian),
    ]

    @Test(arguments: samples)
    func whatIsSaidIsRead(text: String, encoding: TextEncoding) throws {
        let bytes = encoded(text, encoding)
        for chunk in chunkSizes {
            #expect(try decoded(bytes, encoding, chunk: chunk) == text)
        }
    }

    @Test(arguments: samples)
    func whatIsNotSaidIsFoundOut(text: String, encoding: TextEncoding) throws {
        let bytes = encoded(text, encoding)
        for chunk in chunkSizes {
            #expect(try decoded(bytes, nil, chunk: chunk) == text, "\(encoding) in \(chunk)")
        }
        // Behind much plain text, too.
        guard ![.utf16LittleEndian, .utf16BigEndian].contains(encoding) else { return }
        let plain = String(repeating: "plain text,1\r\n", count: 10_000)
        let long = Array(plain.utf8) + bytes
        #expect(try decoded(long, nil, chunk: ByteSource.chunkSize) == plain + text)
    }

    @Test func aMarkIsTakenOffAndBelieved() throws {
        for (encoding, mark) in [
            (TextEncoding.utf8, [0xEF, 0xBB, 0xBF]), (.utf16LittleEndian, [0xFF, 0xFE]),
            (.utf16BigEndian, [0xFE, 0xFF]),
        ] as [(TextEncoding, [UInt8])] {
            let bytes = mark + encoded(Self.german, encoding)
            for chunk in [1, 2, 1000] {
                #expect(try decoded(bytes, nil, chunk: chunk) == Self.german)
                #expect(try decoded(bytes, .windows1252, chunk: chunk) == Self.german)
            }
        }
    }

    @Test func whatIsNoCharacterRefusesItsRowAlone() throws {
        let bytes = Array("a,b\n1,".utf8) + [0x81] + Array("\n3,4\n".utf8)
        var parser = try CSVParser(ByteSource(bytes: bytes, name: ""), encoding: .windows1252)
        var rows: [CSVParser.Row] = []
        while let row = try parser.next() { rows.append(row) }
        #expect(rows[1] == .malformed(line: 2, reason: "cell 2 is not Windows-1252 text"))
        #expect(rows[2] == .cells(line: 3, ["3", "4"]))
    }

    @Test func randomBytesNeverTrap() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let bytes = (0..<300).map { _ in UInt8.random(in: 0...255, using: &generator) }
            for encoding in TextEncoding.allCases.map(Optional.some) + [nil] {
                _ = try decoded(bytes, encoding, chunk: 7)
            }
        }
    }

    @Test func encodingsHaveTheNamesThatPeopleKnow() {
        for (name, encoding) in [
            ("UTF-8", TextEncoding.utf8), ("latin1", .windows1252), ("CP1252", .windows1252),
            ("Windows-1256", .windows1256), ("Shift_JIS", .shiftJIS),
            ("utf-16", .utf16LittleEndian),
        ] { #expect(TextEncoding(named: name) == encoding) }
        #expect(TextEncoding(named: "ebcdic") == nil)
        for encoding in TextEncoding.allCases {
            #expect(TextEncoding(named: encoding.rawValue) == encoding)
        }
    }
}
