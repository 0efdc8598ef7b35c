/// How many digits the telephone numbers of a calling code have, after its national numbering plan.
///
/// A length that is not here makes a number doubtful and never refused: plans change.
enum PhoneLengths {
    private struct Plan {
        /// The lengths of subscribers' numbers, fixed and mobile.
        var usual: Set<Int> = []
        /// Lengths of services alone: free of charge, shared cost, premium.
        var services: Set<Int> = []
    }

    /// Whether a number behind its calling code has a length that its plan knows.
    ///
    /// True where no plan is known. Regions that share a code share their lengths.
    static func fit(_ national: some StringProtocol, code: String) -> Bool {
        fit(national, plans[code])
    }

    /// Whether a number behind its calling code has a length of this region.
    static func fit(_ national: some StringProtocol, region: String) -> Bool {
        fit(national, regions[region])
    }

    private static func fit(_ national: some StringProtocol, _ plan: Plan?) -> Bool {
        guard let plan else { return true }
        let length = national.utf8.count
        return plan.usual.contains(length)
            || isService(national) && plan.services.contains(length)
    }

    /// Services that cost the caller nothing or more begin with 8 or 9 nearly everywhere, or with
    /// 1800 and 0800.
    private static func isService(_ national: some StringProtocol) -> Bool {
        ["8", "9", "180", "080"].contains { national.hasPrefix($0) }
    }

    private static let regions: [String: Plan] = {
        var regions: [String: Plan] = [:]
        var plan = Plan()
        for word in list.split(whereSeparator: \.isWhitespace) {
            guard let first = word.utf8.first, isDigit(first) else {
                regions[String(word)] = plan
                continue
            }
            let halves = word.split(separator: "+")
            plan = Plan(usual: lengths(halves[0]))
            if halves.count > 1 { plan.services = lengths(halves[1]) }
        }
        return regions
    }()

    private static let plans: [String: Plan] = {
        var plans: [String: Plan] = [:]
        for (region, plan) in regions {
            guard let code = CallingCodes.regions[region]?.code else { continue }
            plans[code, default: Plan()].usual.formUnion(plan.usual)
            plans[code, default: Plan()].services.formUnion(plan.services)
        }
        return plans
    }()

    /// Reads `8`, `8-10` and `6,8-10`.
    private static func lengths(_ text: Substring) -> Set<Int> {
        var lengths: Set<Int> = []
        for range in text.split(separator: ",") {
            let ends = range.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last else { continue }
            lengths.formUnion(first...last)
        }
        return lengths
    }

    /// Lengths of subscribers' numbers, behind `+` those of services, then the regions of both.
    private static let list = """
        10 AG AI AS BB BJ BM BS CI DM DO GD GU IM JE JM KN KY LC MP MS MX PR SX TC TT US VC VE VG VI
        10+11-12 GR 10+11-14 NG 10+14 KZ RU 10+7 CA 10+7,12-13 TR 10+7,9 GG 10+8-9,11-13 IN 10-11 AR
        10-11+8-9 BR 4 TA 4,7 NU 4-11 LU 4-13 AT 4-5 SH 4-7 TK 5 CK FK 5+6 AC 5,7 SB TO VU 5,8 KI
        5-10+11-12 FI 5-15 DE 5-6,8-10+11-14 KR 5-7 TV 5-7,10 WS 5-9+10 ZA 6 FO GL NC NF 6+9 WF
        6,8-10+11-13 PH 6,9 PM RO 6,9+8 AD 6-10 BD MM 6-10+5,11-12 AX 6-11 VA 6-12 IT 6-7 SR
        6-7,10+4-5 IR 6-7,9 SK 6-8,10 CU 6-9 SO 6-9+12 BG 7 AW BN BQ CV ER FM GY IO KM MH NR PW SC
        ST 7+10 MV 7+11 BZ FJ 7,9 GM IS LI MW 7,9+10 PL 7-10 CD IE 7-11+12 CN 7-12+13-17 ID 7-12+6
        RS 7-8 BT CW GA LB PG TL 7-8+10 BW EE MU 7-8+10-11 PA 7-9 LR YE 7-9+10 KE 7-9+6,10 SE
        7-9+6,10-11 PY 8 AM BF BH BI CF CY DJ DK GI HT LS LT LV MD MK ML MR MT NE NI SL TD TG TM TN
        8+10 CR 8+10-11 SG 8+11 GT HN 8+4-7,9-13 UY 8+5 NO SJ 8+5-7 SI 8+5-7,9,11 HK 8+6,9 PF 8+7 KW
        MO 8+7,11 SV 8+7,9 OM 8+7,9,11 QA 8+9 BO ME SZ 8,10 KP SM 8,10+11 CO NP 8-10 EG IQ LA MN MY
        8-10+5-7 NZ 8-12 XK 8-9 BA BE DZ GN HU JO MC MZ NA PE RW SY 8-9+10 KH PS 8-9+10,13 TH
        8-9+10-11 EC 8-9+5-7,10-12 AE 8-9+6-7 AL 8-9+7 HR 8-9+7,10-11 TW 8-9,11-12+7,10 IL 9 AF AO
        AZ BL CG CH CZ EH ES ET FR GE GF GP GQ LK LY MA MF MG MQ PT RE SD SN SS TJ TZ UG UZ YT ZM
        9+10 KG SA UA 9+10-11 CL 9+6-8,10,12 AU CC CX 9+6-8,10-11 BY 9+7 GW 9+7,10 ZW 9+8 CM GH
        9,11+5-8,10 NL 9-10+7 GB 9-10+7-8 VN 9-10+8,11-12 PK 9-10+8,11-17 JP
        """
}
