/// A telephone number in the international form of ITU-T E.164, with an extension after RFC 3966.
///
/// Only what can be told without a numbering plan is: calling codes, trunk prefixes, lengths.
struct PhoneNumber: Hashable, Sendable {
    /// What was noticed about a number that was read all the same.
    enum Remark: Hashable {
        /// The plus sign, or the prefix of international calls, is missing.
        case lacksPlus
        /// The prefix of calls within the region is missing.
        case lacksTrunk
        /// Its numbering plan has no number of this length.
        case unusualLength
    }

    /// The canonical text: `+493012345`, `+493012345;ext=12`.
    let text: String
    /// What was noticed.
    let remark: Remark?

    /// Creates a number from what was typed, by the rules of a region where it has no country
    /// code; nil where it cannot be told.
    init?(_ typed: String, region: String?) {
        guard let dialled = Dialled(typed),
            let number = Self.international(dialled, region: region?.asciiUppercased())
        else { return nil }
        let suffix = dialled.extensionDigits.isEmpty ? "" : ";ext=" + dialled.extensionDigits
        text = "+" + number.digits + suffix
        remark = number.remark ?? (Self.isUsual(number.digits) ? nil : .unusualLength)
    }

    private typealias Reading = (digits: String, remark: Remark?)

    private static func international(_ dialled: Dialled, region: String?) -> Reading? {
        if dialled.hasPlus { return checked(dialled.digits[...]).map { ($0, nil) } }
        let prefixes = (region.map(CallingCodes.internationalPrefixes) ?? []) + ["00"]
        for prefix in prefixes where dialled.digits.hasPrefix(prefix) {
            if let number = checked(dialled.digits.dropFirst(prefix.count)) { return (number, nil) }
        }
        guard let region, let rules = CallingCodes.regions[region] else { return nil }
        if let number = withoutPlus(dialled.digits, region: region, rules: rules) {
            return (number, .lacksPlus)
        }
        guard let national = national(dialled.digits[...], region: region, rules: rules),
            (4...12).contains(national.count), let number = checked(rules.code + national)
        else { return nil }
        let hasTrunk = !["0", "06"].contains(rules.trunk) || dialled.digits.hasPrefix(rules.trunk)
        let isShort = hasTrunk || !PhoneLengths.fit(national, region: region)
        return (number, isShort ? nil : .lacksTrunk)
    }

    /// Returns the number where the digits are an international one whose plus sign was lost, as
    /// spreadsheets lose it: they cannot be a number of the region, or begin with its own calling
    /// code where a trunk prefix would have to stand.
    private static func withoutPlus(
        _ digits: String,
        region: String,
        rules: CallingCodes.Region
    ) -> String? {
        guard digits.utf8.count >= 10, !digits.hasPrefix("0"),
            rules.trunk.isEmpty || !digits.hasPrefix(rules.trunk) || digits.utf8.count > 11,
            let code = CallingCodes.code(of: digits[...])?.code
        else { return nil }
        let rest = digits.dropFirst(code.count)
        guard PhoneLengths.fit(rest, code: code), rest.first != "0" else { return nil }
        let isOwn = code == rules.code && rules.trunk == "0" && digits.utf8.count >= 11
        let isOfRegion = PhoneLengths.fit(
            national(digits[...], region: region, rules: rules) ?? digits[...],
            region: region
        )
        return isOwn || !isOfRegion ? checked(digits[...]) : nil
    }

    private static func isUsual(_ digits: String) -> Bool {
        guard let code = CallingCodes.code(of: digits[...])?.code else { return true }
        return PhoneLengths.fit(digits.dropFirst(code.count), code: code)
    }

    /// Returns an international number if it begins with a calling code and its length is
    /// possible; trunk zeros that were left in are taken out, all of them, so that what comes
    /// out is read as itself again.
    private static func checked(_ digits: Substring) -> String? {
        guard let rules = CallingCodes.code(of: digits) else { return nil }
        var national = digits.dropFirst(rules.code.count)
        if rules.trunk == "0" { national = national.drop { $0 == "0" } }
        if rules.code == "1", national.count != 10 { return nil }
        guard (7...15).contains(rules.code.count + national.count) else { return nil }
        return rules.code + national
    }

    /// Returns a number of the region without its trunk prefix.
    private static func national(
        _ digits: Substring,
        region: String,
        rules: CallingCodes.Region
    ) -> Substring? {
        switch rules.trunk {
        case "1":
            let rest = digits.count == 11 && digits.hasPrefix("1") ? digits.dropFirst() : digits
            return rest.count == 10 ? rest : nil
        case "8":
            return withoutEight(digits, length: ["BY": 9, "TM": 8][region, default: 10])
        case let trunk where !trunk.isEmpty && digits.hasPrefix(trunk):
            let rest = digits.dropFirst(trunk.count)
            return region == "AR" ? argentine(rest) : rest
        default:
            return digits
        }
    }

    /// In Belarus, Kazakhstan, Russia and Turkmenistan subscribers' numbers may begin with 8 too;
    /// Belarus dials a zero behind the 8.
    private static func withoutEight(_ digits: Substring, length: Int) -> Substring {
        guard digits.hasPrefix("8"), digits.count > length else { return digits }
        let rest = digits.dropFirst()
        return rest.hasPrefix("0") && rest.count > length ? rest.dropFirst() : rest
    }

    /// In Argentina a mobile number has 15 behind the area code at home, 9 before it from abroad.
    private static func argentine(_ digits: Substring) -> Substring {
        guard digits.count == 12 else { return digits }
        for length in digits.hasPrefix("11") ? [2] : [3, 4] {
            let rest = digits.dropFirst(length)
            if rest.hasPrefix("15") { return "9" + digits.prefix(length) + rest.dropFirst(2) }
        }
        return digits
    }
}

/// The digits of a typed telephone number, punctuation aside.
private struct Dialled {
    var hasPlus = false
    var digits = ""
    var extensionDigits = ""

    init?(_ typed: String) {
        guard var text = Self.ascii(typed) else { return nil }
        if text.starts(with: "tel:".utf8) { text.removeFirst(4) }
        guard let end = takeExtension(of: text) else { return nil }
        let main = text[..<end]
        let isInternational = main.contains(UInt8(ascii: "+"))
        var index = main.startIndex
        while index < main.endIndex {
            let byte = main[index]
            if isDigit(byte) {
                digits.unicodeScalars.append(Unicode.Scalar(byte))
            } else if byte == UInt8(ascii: "+") {
                guard digits.isEmpty, !hasPlus else { return nil }
                hasPlus = true
            } else if isLetter(byte) {
                return nil
            } else if isInternational, !digits.isEmpty, main[index...].starts(with: "(0)".utf8) {
                // “+49 (0)30 …”: the zero in brackets is dialled at home only.
                index += 2
            }
            index += 1
        }
        guard (3...20).contains(digits.utf8.count) else { return nil }
    }

    /// Returns digits, letters in lower case and punctuation as ASCII, without invisible marks;
    /// nil where another character stands.
    private static func ascii(_ typed: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(typed.utf8.count)
        for scalar in typed.unicodeScalars {
            switch scalar {
            case "0"..."9", "+", " ", "-", ".", "/", "(", ")", "[", "]", ";", "=", "#", ":", ",",
                "a"..."z":
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            case "A"..."Z": bytes.append(UInt8(truncatingIfNeeded: scalar.value) | 0x20)
            case "＋": bytes.append(UInt8(ascii: "+"))
            case "\u{a0}", "\u{202f}", "\u{2010}"..."\u{2015}", "\u{2212}":
                bytes.append(UInt8(ascii: " "))
            case "\u{200e}", "\u{200f}", "\u{202a}"..."\u{202e}", "\u{2060}",
                "\u{2066}"..."\u{2069}":
                break
            default:
                guard let digit = scalar.properties.decimalDigit else { return nil }
                bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit))
            }
        }
        return bytes
    }

    /// Reads an extension (`ext. 12`, `x12`, `#12`, `;ext=12`) and returns where the number before
    /// it ends; nil where it is malformed.
    private mutating func takeExtension(of text: [UInt8]) -> Int? {
        let start = text.firstIndex { isLetter($0) || ";#=:,".utf8.contains($0) }
        guard let start else { return text.endIndex }
        let tail = text[start...].drop { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") }
        for mark in [";ext=", "extension", "ext.", "ext", "x", "#"]
        where tail.starts(with: mark.utf8) {
            let digits = tail.dropFirst(mark.utf8.count)
                .drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ":") }
            guard (1...7).contains(digits.count), digits.allSatisfy(isDigit) else { return nil }
            extensionDigits = String(decoding: digits, as: UTF8.self)
            return start
        }
        return nil
    }
}

extension Unicode.Scalar.Properties {
    /// The value of a decimal digit of any script.
    var decimalDigit: Int? {
        guard numericType == .decimal, let value = numericValue else { return nil }
        return Int(exactly: value)
    }
}
