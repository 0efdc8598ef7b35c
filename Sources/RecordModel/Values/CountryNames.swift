import Foundation

/// Countries by the names that people write.
///
/// The names of the Unicode CLDR, which Foundation has, in the languages that desks meet; the
/// three-letter codes of ISO 3166-1; and what people write beside these.
public enum CountryNames {
    /// Returns the alpha-2 code of a country that is named by a code or a name, or nil for text
    /// that names none, or more than one.
    public static func code(of text: String) -> String? {
        let trimmed = CanonicalText.trimmed(text)
        let capitals = trimmed.asciiUppercased()
        if CodeLists.countries.contains(capitals) { return capitals }
        return codes[key(trimmed)] ?? alpha3[capitals]
    }

    /// Returns the English name of a country, or its code where it has none.
    public static func name(of code: String) -> String {
        Locale(identifier: "en").localizedString(forRegionCode: code) ?? code
    }

    /// The languages whose names are known.
    private static let languages = [
        "en", "de", "fr", "ur", "ar", "fa", "zh-Hans", "zh-Hant", "ru", "tr", "es", "it", "pt",
        "ja",
    ]

    private static let codes: [String: String] = {
        var codes: [String: String] = [:]
        // What two countries share names neither.
        var shared: Set<String> = []
        func add(_ name: String, _ code: String) {
            let name = key(name)
            if let other = codes[name], other != code { shared.insert(name) }
            codes[name] = code
        }
        for language in languages {
            let locale = Locale(identifier: language)
            for code in CodeLists.countries {
                guard let name = locale.localizedString(forRegionCode: code), name != code else {
                    continue
                }
                add(name, code)
            }
        }
        // In Arabic both parts of the island of Saint Martin are called so.
        shared.insert(key("سانت مارتن"))
        for name in shared { codes[name] = nil }
        for line in others.split(separator: "\n") {
            for name in line.dropFirst(3).split(separator: ",") {
                codes[key(String(name))] = String(line.prefix(2))
            }
        }
        return codes
    }()

    /// Letters and digits alone, without articles and what states call themselves in front.
    private static func key(_ name: String) -> String {
        let folded = SearchFold.fold(name).split { !$0.isLetter && !$0.isNumber }
        var words = folded.filter { !joints.contains(String($0)) }
            .map { $0 == "saint" ? "st" : $0 }[...]
        while words.count > 2, forms.contains(String(words[words.startIndex])) {
            guard let of = words.firstIndex(where: { $0 == "of" || $0 == "de" || $0 == "du" }),
                of < words.endIndex - 1, of - words.startIndex <= 3
            else { break }
            words = words[(of + 1)...]
        }
        return words.joined()
    }

    /// “Trinidad and Tobago” and “Trinidad & Tobago” are one.
    private static let joints: Set = [
        "the", "and", "und", "et", "y", "e", "ve", "и", "و", "和", "en",
    ]

    /// “Islamic Republic of Pakistan” is Pakistan; but the Republic of Korea has a name below.
    private static let forms: Set = [
        "islamic", "federal", "kingdom", "state", "hashemite", "people", "peoples", "federative",
        "sultanate", "grand", "principality", "commonwealth", "republique", "royaume",
    ]

    /// What people write beside the names of the CLDR: short forms, official and former names.
    private static let others = """
        AE UAE,U.A.E.,Emirates,Emirate,VAE,EAU,Émirats,امارات,یو اے ای,الإمارات,阿联酋
        BA Bosnia,Bosnien,BiH
        BO Plurinational State of Bolivia
        BN Brunei Darussalam
        CD DR Congo,DRC,Democratic Republic of the Congo,Congo Kinshasa,RD Congo
        CG Congo,Republic of the Congo,Congo Brazzaville
        CI Ivory Coast,Elfenbeinküste
        CN PRC,P.R. China,PR China,People's Republic of China,VR China,Mainland China,چین,中华人民共和国
        CV Cape Verde
        CZ Czech Republic,Czechia,Tschechische Republik,République tchèque
        DE Federal Republic of Germany,BRD,Bundesrepublik Deutschland,Allemagne fédérale,جرمنی
        FM Federated States of Micronesia
        GS South Georgia
        HM Heard Island and McDonald Islands
        IO British Indian Ocean Territory
        TF French Southern and Antarctic Lands
        UM United States Minor Outlying Islands
        VI United States Virgin Islands,US Virgin Islands
        GB UK,U.K.,Great Britain,Britain,England,Scotland,Wales,Northern Ireland,Grossbritannien
        GB Großbritannien,Grande-Bretagne,Angleterre,برطانیہ,انگلینڈ,بريطانيا,إنجلترا,Англия,英国
        HK Hong Kong,Hongkong,Hong Kong SAR
        IR Islamic Republic of Iran,Persia
        KG Kyrgyz Republic,Kirgisien,Kirgisistan,Киргизия
        KP North Korea,DPRK,Democratic People's Republic of Korea
        KR South Korea,Korea,Republic of Korea,ROK,Korea South,Южная Корея,جنوبی کوریا
        LA Lao PDR,Lao People's Democratic Republic
        LY Libyan Arab Jamahiriya
        MD Republic of Moldova,Moldavia
        MK Macedonia,FYROM,Republic of Macedonia
        MM Burma,Birma
        MO Macau,Macao
        NL Holland,The Netherlands,Niederlande,Pays-Bas,ہالینڈ,هولندا,Голландия
        PK Pakistan,Islamic Republic of Pakistan,Islami Jamhuria Pakistan,اسلامی جمہوریہ پاکستان
        PS Palestine,State of Palestine,Palästina,فلسطین,فلسطين,Палестина
        RU Russian Federation,Russia,Russische Föderation,Fédération de Russie,روس,РФ,Российская Федерация
        SA KSA,Kingdom of Saudi Arabia,Saudi,Saudia,سعودیہ,سعودی عرب,السعودية
        SH Saint Helena,Saint Helena Ascension and Tristan da Cunha
        SK Slovak Republic,Slowakische Republik
        SY Syrian Arab Republic
        SZ Swaziland
        TL East Timor
        TR Turkey,Türkei,Turkiye,Republic of Turkey,Turquie,ترکی,ترکیہ
        TW Taiwan R.O.C.,Republic of China,Chinese Taipei,Taiwan Province of China
        TZ United Republic of Tanzania
        US USA,U.S.,U.S.A.,US of A,United States of America,America,États-Unis d'Amérique
        US Vereinigte Staaten von Amerika,Amerika,امریکہ,امریکا,أمريكا,США,美利坚合众国
        VA Vatican,Holy See,Vatikan
        VE Bolivarian Republic of Venezuela
        VN Viet Nam,Socialist Republic of Vietnam
        """

    /// The alpha-3 codes of ISO 3166-1.
    static let alpha3: [String: String] = {
        var codes: [String: String] = [:]
        for pair in pairs.split(whereSeparator: \.isWhitespace) {
            codes[String(pair.dropFirst(2))] = String(pair.prefix(2))
        }
        return codes
    }()

    private static let pairs = """
        ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA
        AZAZE BABIH BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES
        BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK
        CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA
        DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA
        GAGAB GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS
        GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD
        IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA
        KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA
        LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ
        MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER NFNFK NGNGA NINIC
        NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM
        PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA SASAU SBSLB SCSYC
        SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP SVSLV
        SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON TRTUR
        TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR
        VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ZMZMB ZWZWE
        """
}
