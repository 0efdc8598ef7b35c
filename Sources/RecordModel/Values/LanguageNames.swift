import Foundation

/// Languages by the names that people write, and the codes of ISO 639.
public enum LanguageNames {
    /// The two-letter codes of ISO 639-1, each with its three-letter codes of ISO 639-2.
    static let codes: [String: [String]] = {
        var codes: [String: [String]] = [:]
        for entry in list.split(whereSeparator: \.isWhitespace) {
            let parts = entry.split(separator: "-").map(String.init)
            codes[parts[0]] = Array(parts.dropFirst())
        }
        return codes
    }()

    /// Returns the two-letter code of a language that is named by a name or a three-letter code,
    /// or nil for other text.
    public static func code(of text: String) -> String? {
        let key = SearchFold.fold(CanonicalText.trimmed(text))
        return names[key] ?? codes.first { $0.value.contains(key) }?.key
    }

    private static let names: [String: String] = {
        var names: [String: String] = [:]
        for language in ["en", "de", "fr", "ur", "ar", "ru", "zh-Hans", "tr", "es", "fa"] {
            let locale = Locale(identifier: language)
            for code in codes.keys.sorted() {
                guard let name = locale.localizedString(forLanguageCode: code) else { continue }
                names[SearchFold.fold(name)] = code
            }
        }
        for code in codes.keys.sorted() {
            // What a language calls itself.
            let own = Locale(identifier: code).localizedString(forLanguageCode: code)
            if let own { names[SearchFold.fold(own)] = code }
        }
        for (name, code) in ["farsi": "fa", "dari": "fa", "mandarin": "zh"] {
            names[name] = code
        }
        return names
    }()

    /// `de-deu-ger`: German in ISO 639-1, in ISO 639-2/T and, where it differs, in 639-2/B.
    private static let list = """
        aa-aar ab-abk ae-ave af-afr ak-aka am-amh an-arg ar-ara as-asm av-ava ay-aym az-aze ba-bak
        be-bel bg-bul bi-bis bm-bam bn-ben bo-bod-tib br-bre bs-bos ca-cat ce-che ch-cha co-cos
        cr-cre cs-ces-cze cu-chu cv-chv cy-cym-wel da-dan de-deu-ger dv-div dz-dzo ee-ewe el-ell-gre
        en-eng eo-epo es-spa et-est eu-eus-baq fa-fas-per ff-ful fi-fin fj-fij fo-fao fr-fra-fre
        fy-fry ga-gle gd-gla gl-glg gn-grn gu-guj gv-glv ha-hau he-heb hi-hin ho-hmo hr-hrv ht-hat
        hu-hun hy-hye-arm hz-her ia-ina id-ind ie-ile ig-ibo ii-iii ik-ipk io-ido is-isl-ice it-ita
        iu-iku ja-jpn jv-jav ka-kat-geo kg-kon ki-kik kj-kua kk-kaz kl-kal km-khm kn-kan ko-kor
        kr-kau ks-kas ku-kur kv-kom kw-cor ky-kir la-lat lb-ltz lg-lug li-lim ln-lin lo-lao lt-lit
        lu-lub lv-lav mg-mlg mh-mah mi-mri-mao mk-mkd-mac ml-mal mn-mon mr-mar ms-msa-may mt-mlt
        my-mya-bur na-nau nb-nob nd-nde ne-nep ng-ndo nl-nld-dut nn-nno no-nor nr-nbl nv-nav ny-nya
        oc-oci oj-oji om-orm or-ori os-oss pa-pan pi-pli pl-pol ps-pus pt-por qu-que rm-roh rn-run
        ro-ron-rum ru-rus rw-kin sa-san sc-srd sd-snd se-sme sg-sag si-sin sk-slk-slo sl-slv sm-smo
        sn-sna so-som sq-sqi-alb sr-srp ss-ssw st-sot su-sun sv-swe sw-swa ta-tam te-tel tg-tgk
        th-tha ti-tir tk-tuk tl-tgl tn-tsn to-ton tr-tur ts-tso tt-tat tw-twi ty-tah ug-uig uk-ukr
        ur-urd uz-uzb ve-ven vi-vie vo-vol wa-wln wo-wol xh-xho yi-yid yo-yor za-zha zh-zho-chi
        zu-zul
        """
}
