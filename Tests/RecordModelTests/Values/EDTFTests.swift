import RecordModel
import Testing

struct EDTFTests {
    private func edtf(_ text: String) throws -> EDTF { try #require(EDTF(text), "\(text)") }

    private func day(_ text: String) throws -> Int { try edtf(text).bounds.lower }

    @Test(arguments: [
        ("1970-01-02", "1970-01-02", "1970-01-02"), ("2024-02", "2024-02-01", "2024-02-29"),
        ("1985~", "1985-01-01", "1985-12-31"), ("199X", "1990-01-01", "1999-12-31"),
        ("XXXX-04-15", "0000-04-15", "9999-04-15"), ("2023-02-XX", "2023-02-01", "2023-02-28"),
        ("2018/2020-06", "2018-01-01", "2020-06-30"), ("-0999", "-0999-01-01", "-0999-12-31"),
        ("1999-XX-31", "1999-01-31", "1999-12-31"),
    ])
    func boundsAreTheFirstAndLastDay(text: String, first: String, last: String) throws {
        let bounds = try edtf(text).bounds
        #expect(bounds.lower == (try day(first)))
        #expect(bounds.upper == (try day(last)))
    }

    @Test func openEndsHaveNoBound() throws {
        #expect(try edtf("2018/..").bounds.upper == .max)
        #expect(try edtf("../2018").bounds.lower == .min)
        #expect(try edtf("2018/").bounds.upper == .max)
        #expect(try edtf("1970-01-01").bounds.upper == 0)
    }

    @Test(arguments: [
        ("1985-03-14", "1985-03"), ("1985-03", "1985"), ("1985", "198X"), ("1985", "1985~"),
        ("1985-03-14", "1985~"), ("1985-04-15", "XXXX-04-15"), ("1985-03", "1985-XX"),
        ("2018/2020", "2018/"), ("2018-05/2020", "2018/2020"), ("1985-03?", "1985~"),
    ])
    func morePrecise(precise: String, vague: String) throws {
        #expect(try edtf(precise).isMorePrecise(than: edtf(vague)))
        #expect(try !edtf(vague).isMorePrecise(than: edtf(precise)))
    }

    @Test(arguments: [
        ("1985", "1985"), ("1985~", "1985?"), ("1985", "1986"), ("XXXX-04-15", "1985"),
        ("1985-07-01", "XXXX-04-15"), ("1985-03?", "1985"), ("2018/2020", "2018/.."),
        ("1985/1986", "1985"), ("1985-XX", "1985"), ("-0985", "0985"),
    ])
    func neitherIsMorePrecise(left: String, right: String) throws {
        #expect(try !edtf(left).isMorePrecise(than: edtf(right)))
        #expect(try !edtf(right).isMorePrecise(than: edtf(left)))
    }

    @Test(arguments: [
        "", "/", "../..", "..", "85", "1985-1", "1985-13", "1985-02-30", "2020/2018", "1985~~",
        "X985", "19X5", "1985-X1", "1985-03-14T", "1985-03-14T25:00", "1985T10:00",
        "1985-03-14T10:00~", "-0000", "2018/2019/2020", "+1985", "1985 ",
    ])
    func malformedDatesAreRefused(text: String) {
        #expect(EDTF(text) == nil)
    }

    /// Features of EDTF that the product leaves out: level 2, long years, seasons.
    private static let left = [
        "Y", "1950S", "1953S", "[", "{", "2001-2", "2003-2", "2000-23", "2010-24", "2001-34",
    ]

    @Test(.enabled(if: PublicData.isThere, PublicData.missing))
    func publicStringsReadAsTheySay() throws {
        var counts = (read: 0, left: 0, refused: 0)
        for row in try PublicData.rows("dates/edtf-strings.csv") {
            let text = try #require(row["edtf"])
            if row["validity"] == "invalid" {
                #expect(EDTF(text) == nil, "\(text)")
                counts.refused += 1
                continue
            }
            let body = text.split(separator: "/").map { $0.dropLast() }
            let qualifiesParts = body.contains { $0.contains { "?~%".contains($0) } }
            if qualifiesParts || Self.left.contains(where: text.hasPrefix) {
                #expect(EDTF(text) == nil, "\(text)")
                counts.left += 1
                continue
            }
            let date = try edtf(text)
            counts.read += 1
            #expect(date.text == text)
            // That library closes unknown ends by ten years.
            guard !text.hasPrefix("/"), !text.hasSuffix("/") else { continue }
            let first = try #require(row["iso_1"])
            // Of a single day the second column is that library's bound of doubt.
            let isDay =
                !text.contains("/") && text.count == 11 && text.last.map("?~%".contains) == true
            let last = row["iso_2"].flatMap { $0.isEmpty || isDay ? nil : $0 } ?? first
            #expect(try date.bounds.lower == (first == "-inf" ? .min : day(first)), "\(text)")
            #expect(try date.bounds.upper == (last == "inf" ? .max : day(last)), "\(text)")
        }
        #expect(counts.read > 40)
        #expect(counts.refused > 10)
        #expect(counts.left < 45)
    }
}
