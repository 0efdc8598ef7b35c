/// What is compared of one record, values by number.
struct IndexedRecord {
    struct Address {
        var street: Int32 = -1
        var number: Int32 = -1
        var postcode: Int32 = -1
        var region: Int32 = -1
    }

    struct Email {
        let whole: Int32
        let local: Int32
        let isShared: Bool
        /// The most that its local part says where it is not wholly the same: one that is made of the
        /// bearer's name says again what the name says, but for its digits.
        let greatestOfLocal: Double
    }

    var subject: LinkageRecord.Subject
    var names: [IndexedName] = []
    var acronyms: [Int32] = []
    var identifiers: [(scheme: Int32, value: Int32)] = []
    var otherIdentifiers: [Int32] = []
    var emails: [Email] = []
    var phones: [Int32] = []
    var links: [Int32] = []
    var birthDate: LinkageValues.BirthDate?
    var birthNumber: Int32 = -1
    var addresses: [Address] = []
    var cities: [Int32] = []
    var countries: [Int32] = []
    var employers: [IndexedName] = []
    var gender: Int32 = -1
}

/// The values of all records, field by field, with their frequencies.
struct LinkageTables {
    var words = WordTable()
    var employerWords = WordTable()
    var schemes = ValueTable()
    var identifiers = ValueTable()
    var emails = ValueTable()
    var locals = ValueTable()
    var phones = ValueTable()
    var links = ValueTable()
    var dates = ValueTable()
    var streets = ValueTable()
    var houses = ValueTable()
    var postcodes = ValueTable()
    var regions = ValueTable()
    var cities = ValueTable()
    var countries = ValueTable()
    var genders = ValueTable()
    /// How many records there are of the subject that is compared.
    var count = 0

    /// Takes a record in.
    mutating func index(_ record: LinkageRecord) -> IndexedRecord {
        count += 1
        var indexed = IndexedRecord(subject: record.subject)
        indexed.names = record.names.filter { !$0.parts.isEmpty }.map { IndexedName($0, &words) }
        words.count(Set(indexed.names.flatMap { $0.parts.map(\.word) }))
        indexed.acronyms = record.acronyms.map { words.number(of: $0) }
        indexed.identifiers = record.identifiers.map { scheme, value in
            (schemes.number(of: scheme), identifiers.numbers(of: [scheme + ":" + value])[0])
        }
        indexed.otherIdentifiers = identifiers.numbers(of: record.otherIdentifiers)
        for text in record.emails {
            guard let email = LinkageValues.email(text) else { continue }
            let whole = emails.numbers(of: [email.whole])[0]
            guard !indexed.emails.contains(where: { $0.whole == whole }) else { continue }
            indexed.emails.append(
                IndexedRecord.Email(
                    whole: whole,
                    local: locals.numbers(of: [email.local])[0],
                    isShared: email.isShared,
                    greatestOfLocal: Self.greatest(of: email.local, record)
                )
            )
        }
        indexed.phones = phones.numbers(of: record.phones.compactMap(LinkageValues.phone))
        indexed.links = links.numbers(of: record.links)
        if let date = record.birthDate.flatMap(LinkageValues.date) {
            indexed.birthDate = date
            indexed.birthNumber = dates.numbers(of: [date.text])[0]
        }
        indexPlaces(of: record, &indexed)
        indexed.employers = record.employers.map {
            IndexedName(OrganisationNames.name($0), &employerWords)
        }.filter { !$0.parts.isEmpty }
        employerWords.count(Set(indexed.employers.flatMap { $0.parts.map(\.word) }))
        indexed.gender = record.gender.map { genders.number(of: $0) } ?? -1
        return indexed
    }

    private static func greatest(of local: String, _ record: LinkageRecord) -> Double {
        let isOfName = record.names.contains { name in
            name.parts.contains { $0.text.utf8.count >= 3 && local.contains($0.text) }
        }
        let digits = local.utf8.count { (0x30...0x39).contains($0) }
        return isOfName
            ? LinkageWeights.localOfAName + LinkageWeights.digit * Double(digits) : .infinity
    }

    private mutating func indexPlaces(of record: LinkageRecord, _ indexed: inout IndexedRecord) {
        for address in record.addresses {
            var found = IndexedRecord.Address()
            let text =
                address.street.isEmpty
                ? address.text.split { $0 == "," || $0.isNewline }.first.map(String.init) ?? ""
                : address.street
            let (name, number) = LinkageValues.street(text)
            if !name.isEmpty {
                found.street = streets.numbers(of: [name])[0]
                if !number.isEmpty {
                    found.number = houses.numbers(of: [number + " " + name])[0]
                }
            }
            func first(_ table: inout ValueTable, _ text: String) -> Int32 {
                let place = LinkageValues.place(text)
                return place.isEmpty ? -1 : table.numbers(of: [place])[0]
            }
            found.postcode = first(&postcodes, address.postcode.filter { $0 != " " })
            found.region = first(&regions, address.region)
            indexed.addresses.append(found)
        }
        let cities = record.cities + record.addresses.map(\.city)
        indexed.cities = self.cities.numbers(of: cities.map(LinkageValues.place))
        indexed.countries = countries.numbers(of: record.countries)
    }
}
