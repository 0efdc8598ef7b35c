/// An amount in a currency of ISO 4217.
///
/// Canonical text: the code, a space and the amount with the currency's number of decimals.
public struct Money: Hashable, Sendable {
    /// The currency's code in ISO 4217.
    public let currency: String
    /// The amount: a minus sign where it is negative, digits, a point and the decimals.
    public let amount: String

    /// Creates an amount from `EUR 1200000` or `EUR 1200000.00`.
    /// - Throws: `ValueError.malformed`, or `.tooManyDecimals`.
    public init(_ text: String) throws(ValueError) {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == 2 else { throw .malformed(.money, text: text) }
        try self.init(currency: String(words[0]), amount: String(words[1]))
    }

    /// Creates an amount from its currency and its digits.
    /// - Throws: `ValueError.malformed`, or `.tooManyDecimals`.
    init(currency: String, amount: String) throws(ValueError) {
        let currency = currency.asciiUppercased()
        let malformed = ValueError.malformed(.money, text: "\(currency) \(amount)")
        guard let decimals = Currencies.decimals[currency] else { throw malformed }
        let isNegative = amount.hasPrefix("-")
        let digits = amount.utf8.dropFirst(isNegative ? 1 : 0)
            .split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...2).contains(digits.count), !digits[0].isEmpty, digits[0].count <= 15,
            digits.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) })
        else { throw malformed }
        let whole = String(Substring(digits[0].drop { $0 == UInt8(ascii: "0") }))
        let part = digits.count == 2 ? String(Substring(digits[1])) : ""
        guard part.utf8.count <= decimals else {
            throw .tooManyDecimals(currency: currency, allowed: decimals)
        }
        let isZero = whole.isEmpty && part.utf8.allSatisfy { $0 == UInt8(ascii: "0") }
        let padding = String(repeating: "0", count: decimals - part.utf8.count)
        self.currency = currency
        self.amount =
            (isNegative && !isZero ? "-" : "") + (whole.isEmpty ? "0" : whole)
            + (decimals > 0 ? "." : "") + part + padding
    }

    /// Creates a sum of amounts, or nil for a currency that is not in ISO 4217.
    public init?(minorUnits: Int128, currency: String) {
        guard let decimals = Currencies.decimals[currency] else { return nil }
        let digits = String(minorUnits.magnitude)
        let zeros = String(repeating: "0", count: max(0, decimals + 1 - digits.utf8.count))
        let all = zeros + digits
        self.currency = currency
        amount =
            (minorUnits < 0 ? "-" : "") + all.dropLast(decimals) + (decimals > 0 ? "." : "")
            + all.suffix(decimals)
    }

    /// The canonical text.
    public var text: String { "\(currency) \(amount)" }

    /// The amount in the currency's least unit; at most 19 digits, which fit by far.
    public var minorUnits: Int128 {
        let digits = amount.utf8.filter(isDigit)
        let magnitude = digits.reduce(Int128(0)) { $0 * 10 + Int128($1 - UInt8(ascii: "0")) }
        return amount.hasPrefix("-") ? -magnitude : magnitude
    }
}

/// The active currencies of ISO 4217 that have a number of decimals.
enum Currencies {
    /// The number of decimals by code.
    static let decimals: [String: Int] = {
        var decimals: [String: Int] = [:]
        for (number, codes) in lists {
            for code in codes.split(whereSeparator: \.isWhitespace) {
                decimals[String(code)] = number
            }
        }
        return decimals
    }()

    private static let lists: [(Int, String)] = [
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
        (
            2,
            """
            AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN
            BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD
            FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW
            KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR
            MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG
            SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD
            USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG
            """
        ),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (4, "CLF UYW"),
    ]
}
