import RecordModel

/// The headings of address books, portals and spreadsheets, as they are found.
///
/// They are those of Google Contacts, Outlook on the desktop and on the web, LinkedIn, Thunderbird,
/// diaspora portals, and what people write above their columns in the languages of the desks.
enum CSVVocabulary {
    /// Returns a heading as it is compared: without case and diacritics.
    static func folded(_ text: String) -> String {
        SearchFold.fold(text.replacing("ß", with: "ss"))
    }

    /// Whether several columns may hold such a value, told apart by type and number.
    static func isRepeated(_ concept: CSVHeading.Concept) -> Bool {
        switch concept {
        case .email, .phone, .url, .address, .organisation, .position, .residence: true
        default: false
        }
    }

    /// What words say of the kind of an address or number.
    static let types: [String: String] = table(
        [
            ("work", "work business office geschaftlich dienstlich arbeit buro bureau pro"),
            ("work", "professionnel professionnelle professional company"),
            ("home", "home private privat private personal personlich domicile personnel"),
            ("home", "personnelle prive privee"),
            ("mobile", "mobile mobil cell cellular handy portable gsm mobiltelefon whatsapp"),
            ("mobile", "mobiltel mobilnummer handynummer cellphone"),
            ("fax", "fax telefax faxnummer telecopie telecopieur"),
            ("other", "other weitere weiterer weiteres sonstige sonstiges andere autre"),
        ]
    )

    /// Words that say nothing more.
    static let fillers: Set = [
        "main", "primary", "of", "de", "the", "number", "nummer", "no", "nr",
    ]

    private static func table(_ rows: [(String, String)]) -> [String: String] {
        var table: [String: String] = [:]
        for (value, words) in rows {
            for word in words.split(separator: " ") { table[String(word)] = value }
        }
        return table
    }

    /// Returns the offer of `Willing to mentor`, `Available for reviewing`, `Can host visitors`.
    static func offer(_ words: [String]) -> String? {
        let openers: Set = [
            "willing", "available", "can", "would", "interested", "open", "ready", "bereit", "pret",
            "willingness",
        ]
        let isOffer = words.contains { openers.contains($0) }
        for word in words {
            if let offer = offers.first(where: { word.hasPrefix($0.stem) })?.offer,
                isOffer || words.count == 1
            {
                return offer
            }
        }
        return nil
    }

    private static let offers: [(stem: String, offer: String)] = [
        ("mentor", "mentor"), ("review", "review"), ("host", "host"), ("visit", "visit"),
        ("invest", "invest"), ("advis", "advise"), ("advice", "advise"), ("consult", "advise"),
        ("beraten", "advise"),
    ]

    /// What a heading's words stand for.
    static let concepts: [String: CSVHeading.Concept] = {
        var concepts: [String: CSVHeading.Concept] = [:]
        for (concept, headings) in headings {
            for heading in headings.split(separator: ",") {
                concepts[CSVHeading.words(String(heading)).joined(separator: " ")] = concept
            }
        }
        return concepts
    }()

    private static let headings: [(CSVHeading.Concept, String)] = [
        (
            .fullName,
            """
            Full Name,Name,Display Name,Contact Name,Contact,Person,Name of Expert,Expert Name,
            Vollständiger Name,Anzeigename,Nom complet,Nom et prénom,Name Vorname,نام,پورا نام,
            الاسم,الاسم الكامل,姓名,名前,氏名,ФИО,Имя и фамилия,Ad Soyad
            """
        ),
        (.givenName, "First Name,Given Name,Forename,Vorname,Prénom,الاسم الأول,名,Имя"),
        (
            .middleName,
            """
            Middle Name,Middle Names,Additional Name,Weitere Vornamen,Zweiter Vorname,
            Deuxième prénom,Autres prénoms,Отчество
            """
        ),
        (
            .familyName,
            """
            Last Name,Family Name,Surname,Nachname,Familienname,Zuname,Nom,Nom de famille,
            اسم العائلة,姓,Фамилия,Soyad
            """
        ),
        (
            .prefix,
            "Name Prefix,Prefix,Honorific,Honorific Prefix,Titel,Akademischer Titel,Salutation"
        ),
        (.suffix, "Name Suffix,Suffix,Namenszusatz,Suffixe"),
        (.nickname, "Nickname,Spitzname,Surnom,Known as"),
        (.maidenName, "Maiden Name,Birth Name,Geburtsname,Nom de jeune fille,Nom de naissance"),
        (.title, "Title,Titre"),
        (.field("sort_as"), "File As,Sort as"),
        (
            .email,
            """
            E-mail,Email Address,E-mail Addresses,Emails,Mail,Primary Email,Secondary Email,
            Mailadresse,E-Mail-Adresse,Emailadresse,Mail Address,Courriel,Adresse e-mail,Adresse mail,
            Adresse de messagerie,Adresse électronique,Contact Email,ای میل,البريد الإلكتروني,邮箱,
            电子邮件,メール,メールアドレス,Электронная почта,Эл. почта,E-posta
            """
        ),
        (
            .phone,
            """
            Phone,Phones,Telephone,Tel,Phone Number,Telephone Number,Contact Number,Primary Phone,
            Company Main Phone,Car Phone,Pager,Pager Number,Radio Phone,Callback,Telefon,Telefonnummer,
            Rufnummer,Tel.-Nr.,Telefon Nr.,Téléphone,Téléphone fixe,Numéro de téléphone,Tél.,
            Phone No.,فون,فون نمبر,هاتف,رقم الهاتف,电话,電話,電話番号,Телефон,Telefon numarası
            """
        ),
        (
            .url,
            """
            Website,Web Site,Web Page,Webpage,Homepage,Home Page,Personal Web Page,Personal Website,
            URL,Web,Webseite,Internetseite,Site web,Page Web,Site internet,LinkedIn,LinkedIn Profile,
            LinkedIn URL,Profile URL,LinkedIn Profile URL,Google Scholar,Google Scholar Profile,
            ResearchGate,Profile Link
            """
        ),
        (
            .address(.street),
            """
            Street,Street Address,Address,Address Line,Postal Address,Mailing Address,Straße,Strasse,
            Straße und Hausnummer,Anschrift,Adresse,Adresszeile,Rue,Adresse postale,پتہ,العنوان,地址,
            住所,Адрес
            """
        ),
        (.address(.extended), "Extended Address,Adresszusatz,Complément d'adresse"),
        (.address(.box), "PO Box,Post Office Box,Address PO Box,Postfach,Boîte postale"),
        (
            .address(.city),
            """
            City,Town,Current City,City of Residence,Locality,Ort,Stadt,Wohnort,Ville,Localité,شہر,
            المدينة,城市,都市,Город,Şehir
            """
        ),
        (
            .address(.region),
            """
            State,Region,Province,State/Province,Bundesland,Bundesland/Kanton,Kanton,County,État,
            Province/État,Département/Région
            """
        ),
        (
            .address(.postcode),
            "Postal Code,Zip,Zip Code,ZipCode,Postcode,PLZ,Postleitzahl,Code postal,CP,邮编,Индекс"
        ),
        (
            .address(.country),
            """
            Country,Country/Region,Country Name,Land,Land/Region,Staat,Pays,Pays/Région,ملک,الدولة,
            国家,国,Страна,Ülke
            """
        ),
        (
            .residence,
            """
            Country of Residence,Residence,Country of current residence,Current Country,
            Current Location Country,Residing in,Wohnsitzland,Land des Wohnsitzes,Wohnland,
            Pays de résidence,رہائش کا ملک,بلد الإقامة,居住国,Страна проживания
            """
        ),
        (
            .nationality,
            """
            Nationality,Nationalities,Citizenship,Staatsangehörigkeit,Nationalität,Nationalité,
            قومیت,الجنسية,国籍,Гражданство
            """
        ),
        (
            .organisation,
            """
            Company,Company Name,Organization,Organisation,Organization Name,Organisation Name,
            Employer,Current Employer,Institution,Institute,Affiliation,Current Affiliation,
            Current Organization,Current Organisation,Current Institution,University,Place of Work,
            Workplace,Firma,Firmenname,Unternehmen,Arbeitgeber,Einrichtung,Institut,Société,Entreprise,
            Employeur,Établissement,Organisme,ادارہ,المؤسسة,جهة العمل,单位,公司,会社,会社名,勤務先,
            Организация,Место работы,Компания,Kurum
            """
        ),
        (
            .position,
            """
            Job Title,Position,Current Position,Designation,Current Designation,Role,Occupation,
            Organization Title,Profession,Job,Post,Current Post,Current Role,Current Job Title,Funktion,Beruf,
            Stellung,Berufsbezeichnung,Position im Unternehmen,Poste,Fonction,Intitulé du poste,
            عہدہ,المنصب,المسمى الوظيفي,职位,职务,役職,Должность,Unvan
            """
        ),
        (
            .birthday,
            """
            Birthday,Birth Date,Date of Birth,DOB,Geburtstag,Geburtsdatum,Date de naissance,
            Anniversaire,تاریخ پیدائش,تاريخ الميلاد,出生日期,生年月日,Дата рождения
            """
        ),
        (.birthYear, "Birth Year,Year of Birth,Geburtsjahr,Année de naissance"),
        (.birthMonth, "Birth Month"), (.birthDay, "Birth Day"),
        (.gender, "Gender,Sex,Geschlecht,Sexe,Genre,جنس,الجنس,性别,Пол"),
        (
            .languages,
            """
            Language,Languages,Languages Spoken,Spoken Languages,Language Skills,Sprache,Sprachen,
            Sprachkenntnisse,Langue,Langues,Langues parlées,زبانیں,اللغات,语言,Языки
            """
        ),
        (
            .notes,
            """
            Notes,Note,Remarks,Remark,Comments,Comment,Notizen,Notiz,Bemerkungen,Bemerkung,Kommentar,
            Anmerkungen,Remarques,Remarque,Commentaires,Commentaire,نوٹ,ملاحظات,备注,備考,メモ,
            Примечания,Примечание
            """
        ),
        (
            .labels,
            """
            Labels,Label,Categories,Category,Group Membership,Groups,Tags,Kategorien,Kategorie,
            Gruppen,Catégories,Catégorie,Groupes
            """
        ),
        (
            .keywords,
            """
            Keywords,Area of Expertise,Areas of Expertise,Expertise,Field of Expertise,
            Fields of Expertise,Research Interests,Research Interest,Research Area,Research Areas,
            Field of Research,Field of Study,Field,Specialization,Specialisation,Speciality,Specialty,
            Area of Specialization,Skills,Subject Area,Discipline,Disciplines,Fachgebiet,Fachgebiete,
            Fachbereich,Forschungsgebiet,Forschungsschwerpunkt,Domaine d'expertise,Domaines d'expertise,
            Domaine de recherche,Spécialité,Compétences,مہارت,شعبہ,التخصص,مجال الخبرة,专业,研究领域,
            専門分野,Область исследований,Специальность
            """
        ),
        (
            .biography,
            """
            Bio,Biography,Short Bio,Biographical Note,About,About me,Profile Summary,
            Expertise Summary,Summary,Kurzbiographie,Kurzprofil,Biographie,Résumé
            """
        ),
        (.field("orcid"), "ORCID,ORCID iD,ORCID ID,ORCID Number"),
        (.field("last_contacted"), "Last Contacted,Last Contact,Letzter Kontakt,Dernier contact"),
        (.field("do_not_contact"), "Do not contact,Opt out,Unsubscribed"),
        (
            .forbidden,
            """
            CNIC,CNIC No,CNIC Number,NICOP,NICOP No,NIC,NIC No,NIC Number,SNIC,POC Number,National ID,
            National ID Number,National ID Card,National Identity Card,Identity Card,Identity Card No,
            ID Card,ID Card No,ID Card Number,Passport,Passport No,Passport Number,Passnummer,
            Reisepass,Reisepassnummer,Personalausweis,Ausweisnummer,Passeport,Numéro de passeport,
            Carte d'identité,شناختی کارڈ,شناختی کارڈ نمبر,پاسپورٹ نمبر,رقم الجواز,رقم الهوية,护照号码,
            身份证号,Номер паспорта,Паспорт,Religion,Sect,Faith,Konfession,Ethnicity,Ethnic Group,Race,
            Caste,Blood Group,Political Party,Political Affiliation,Disability,Health,مذہب,الديانة
            """
        ),
    ]
}
