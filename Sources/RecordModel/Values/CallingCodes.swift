/// The country calling codes of ITU-T E.164 and how each region dials.
enum CallingCodes {
    /// How telephone numbers are written in a region.
    struct Region {
        /// The country calling code.
        let code: String
        /// What is dialled before a number of another place in the region, or empty.
        let trunk: String
    }

    /// The regions by ISO 3166-1 code, and `XK` and `AC`, which have calling codes of their own.
    static let regions: [String: Region] = {
        var regions: [String: Region] = [:]
        for (trunk, list) in lists {
            for entry in list.split(whereSeparator: \.isWhitespace) {
                regions[String(entry.prefix(2))] = Region(
                    code: String(entry.dropFirst(2)),
                    trunk: trunk
                )
            }
        }
        return regions
    }()

    /// The trunk prefix by calling code; empty for codes that belong to no region.
    private static let trunkByCode: [String: String] = {
        let shared = ["800", "808", "870", "878", "881", "882", "883", "888", "979"]
        var trunks = Dictionary(shared.map { ($0, "") }, uniquingKeysWith: { first, _ in first })
        for region in regions.values where trunks[region.code, default: ""].isEmpty {
            trunks[region.code] = region.trunk
        }
        return trunks
    }()

    /// Returns the calling code with which an international number begins, and its trunk prefix.
    static func code(of digits: Substring) -> Region? {
        for length in 1...3 {
            let code = String(digits.prefix(length))
            if let trunk = trunkByCode[code] { return Region(code: code, trunk: trunk) }
        }
        return nil
    }

    /// What is dialled before an international number, beside `00`, which is read everywhere.
    ///
    /// Where callers choose a carrier, each carrier has a prefix of its own.
    static func internationalPrefixes(of region: String) -> [String] {
        if let prefixes = prefixes[region] { return prefixes }
        return regions[region]?.code == "1" ? ["011"] : []
    }

    private static let prefixes: [String: [String]] = [
        "AU": ["0011"], "CC": ["0011"], "CX": ["0011"],
        "AX": ["990"], "FI": ["990"],
        "BO": ["0010", "0011", "0012", "0013"],
        "BR": ["0014", "0015", "0021", "0031", "0041"],
        "BY": ["810"], "KZ": ["810"], "RU": ["810"], "TJ": ["810"], "TM": ["810"],
        "CL": ["1230", "1700", "1710", "1810", "1880"],
        "CO": ["005", "007", "009"],
        "CU": ["119"],
        "GY": ["001"],
        "HK": ["001", "0080"],
        "ID": ["008", "009"],
        "IL": ["012", "013", "014", "018"],
        "JP": ["010"],
        "KE": ["000"], "TZ": ["000"], "UG": ["000"],
        "KH": ["001", "007", "008"],
        "KR": ["001", "002", "005", "006", "008"],
        "MH": ["011"], "PW": ["011"],
        "MN": ["001"],
        "NG": ["009"],
        "SG": ["001", "002", "008"],
        "TH": ["001", "007", "008", "009"],
        "TW": ["002", "005", "006", "007", "009"],
    ]

    /// Regions by trunk prefix, each with its calling code behind it.
    private static let lists: [(String, String)] = [
        (
            "",
            """
            AC247 AD376 AO244 AW297 BF226 BH973 BI257 BJ229 BN673 BQ599 BT975 BW267 BZ501 CF236
            CG242 CI225 CK682 CL56 CM237 CR506 CV238 CW599 CY357 CZ420 DJ253 DK45 EE372 ES34
            FJ679 FK500 FM691 FO298 GA241 GI350 GL299 GM220 GN224 GQ240 GR30 GT502 GW245 GY592
            HK852 HN504 HT509 IO246 IS354 IT39 KM269 KW965 LS266 LU352 LV371 MH692 ML223 MO853
            MR222 MT356 MU230 MV960 MX52 MZ258 NC687 NE227 NF672 NI505 NO47 NR674 NU683 OM968
            PA507 PF689 PG675 PL48 PT351 PW680 QA974 SB677 SC248 SG65 SH290 SJ47 SM378 SN221
            SR597 ST239 SV503 SZ268 TA290 TD235 TG228 TJ992 TK690 TL670 TN216 TO676 TV688 UZ998
            VA39 VU678 WF681 WS685
            """
        ),
        (
            "0",
            """
            AE971 AF93 AL355 AM374 AR54 AT43 AU61 AX358 AZ994 BA387 BD880 BE32 BG359 BL590 BO591
            BR55 CC61 CD243 CH41 CN86 CO57 CU53 CX61 DE49 DZ213 EC593 EG20 EH212 ER291 ET251
            FI358 FR33 GB44 GE995 GF594 GG44 GH233 GP590 HR385 ID62 IE353 IL972 IM44 IN91 IQ964
            IR98 JE44 JO962 JP81 KE254 KG996 KH855 KI686 KP850 KR82 LA856 LB961 LI423 LK94 LR231
            LT370 LY218 MA212 MC377 MD373 ME382 MF590 MG261 MK389 MM95 MN976 MQ596 MW265 MY60
            NA264 NG234 NL31 NP977 NZ64 PE51 PH63 PK92 PM508 PS970 PY595 RE262 RO40 RS381 RW250
            SA966 SD249 SE46 SI386 SK421 SL232 SO252 SS211 SY963 TH66 TR90 TW886 TZ255 UA380
            UG256 UY598 VE58 VN84 XK383 YE967 YT262 ZA27 ZM260 ZW263
            """
        ),
        (
            "1",
            """
            AG1 AI1 AS1 BB1 BM1 BS1 CA1 DM1 DO1 GD1 GU1 JM1 KN1 KY1 LC1 MP1 MS1 PR1 SX1 TC1 TT1
            US1 VC1 VG1 VI1
            """
        ),
        ("06", "HU36"),
        ("8", "BY375 KZ7 RU7 TM993"),
    ]
}
