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
        guard let decimals = Currencies.decimals(of: currency) else { throw malformed }
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

    /// Whether the currency is one that ISO 4217 lists no more.
    var isWithdrawn: Bool { Currencies.withdrawn.contains(currency) }

    /// The amount in the currency's least unit; at most 19 digits, which fit by far.
    public var minorUnits: Int128 {
        let digits = amount.utf8.filter(isDigit)
        let magnitude = digits.reduce(Int128(0)) { $0 * 10 + Int128($1 - UInt8(ascii: "0")) }
        return amount.hasPrefix("-") ? -magnitude : magnitude
    }
}

/// The currencies of ISO 4217 that have a number of decimals: the active ones and the withdrawn.
enum Currencies {
    /// Returns the number of decimals of a currency, or nil where there is none such.
    static func decimals(of code: String) -> Int? {
        if let decimals = decimals[code] { return decimals }
        guard withdrawn.contains(code) else { return nil }
        return withdrawnWithoutDecimals.contains(code) ? 0 : 2
    }

    /// Codes that were withdrawn, as of 2026.
    ///
    /// ISO 4217 states no decimals for them any more: they are written with those they last had.
    static let withdrawn = Set(
        """
        ADP AFA ALK ANG AOK AON AOR ARA ARP ARY ATS AYM AZM BAD BEC BEF BEL BGJ BGK BGL BGN BOP
        BRB BRC BRE BRN BRR BUK BYB BYR CHC CSD CSJ CSK CUC CYP DDM DEM ECS ECV EEK ESA ESB ESP
        FIM FRF GEK GHC GHP GNE GNS GQE GRD GWE GWP HRD HRK IEP ILP ILR ISJ ITL LAJ LSM LTL LTT
        LUC LUF LUL LVL LVR MGF MLF MRO MTL MTP MVQ MXP MZE MZM NIC NLG PEH PEI PES PLZ PTE RHD
        ROK ROL RUR SDD SDP SIT SKK SLL SRG STD SUR TJR TMM TPE TRL UAK UGS UGW USS UYN UYP VEB
        VEF VNC YDD YUD YUM YUN ZAL ZMK ZRN ZRZ ZWC ZWD ZWL ZWN ZWR
        """.split(whereSeparator: \.isWhitespace).map(String.init)
    )

    private static let withdrawnWithoutDecimals: Set = [
        "ADP", "BEF", "BYB", "BYR", "ESP", "GRD", "ITL", "LUF", "MGF", "PTE", "TPE", "TRL",
    ]

    /// The number of decimals by code, of the active ones.
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
