/// Compares two records field by field.
struct RecordComparison {
    typealias Weights = LinkageWeights

    let tables: LinkageTables
    let population: Double
    private let names: NameComparison
    private let employers: NameComparison
    private let isOrganisation: Bool
    /// The odds before anything is compared, in bits.
    private let prior: Double

    init(_ tables: LinkageTables, _ subject: LinkageRecord.Subject) {
        self.tables = tables
        population = Double(tables.count) + Weights.unseenRecords
        isOrganisation = subject == .organisation
        names = NameComparison(
            table: tables.words,
            population: population,
            isOrganisation: isOrganisation
        )
        employers = NameComparison(
            table: tables.employerWords,
            population: population,
            isOrganisation: true
        )
        prior = -Weights.bits(Double(max(tables.count, 50)) * Weights.recordsForADouble, 1)
    }

    /// What has been found of a pair so far.
    struct Findings {
        var total = 0.0
        var evidence: [LinkageEvidence] = []
        let keepsEvidence: Bool
        var isVetoed = false
        var isIdentified = false
        /// What speaks for one record beside the name.
        var corroboration = 0.0
        /// Whether a field contradicts.
        var isContradicted = false
        var sharesPersonalContact = false
        /// How the names agree, where both have one.
        var name: NameComparison.Outcome?

        mutating func add(_ field: String, _ level: String, _ weight: Double) {
            total += weight
            if field != "names" {
                if weight > 0 { corroboration += weight }
                if weight < LinkageWeights.contradiction { isContradicted = true }
            }
            if keepsEvidence {
                evidence.append(LinkageEvidence(field: field, level: level, weight: weight))
            }
        }
    }

    /// Compares two records of the subject.
    func findings(
        _ left: IndexedRecord,
        _ right: IndexedRecord,
        keepingEvidence: Bool
    ) -> Findings {
        var found = Findings(keepsEvidence: keepingEvidence)
        found.total = prior
        compareNames(left, right, &found)
        compareIdentifiers(left, right, &found)
        compareEmails(left, right, &found)
        comparePhones(left, right, &found)
        compareLinks(left, right, &found)
        compareDates(left, right, &found)
        comparePlaces(left, right, &found)
        compareRest(left, right, &found)
        return found
    }

    /// The rules that stand before the sum, then the thresholds.
    ///
    /// - Parameters:
    ///   - found: What was found of the pair.
    ///   - shift: How many bits likelier doubles are in this store than was taken for granted.
    /// - Returns: What is proposed.
    func verdict(_ found: Findings, shift: Double) -> LinkageVerdict {
        if found.isVetoed { return .different }
        if found.isIdentified { return .same }
        let total = found.total + shift
        if let name = found.name, isSure(found, name, total) { return .same }
        return total >= Weights.reviewThreshold ? .review : .different
    }

    private func isSure(
        _ found: Findings,
        _ name: NameComparison.Outcome,
        _ total: Double
    ) -> Bool {
        guard name.isCompatible, !found.isContradicted else { return false }
        // A part of an organisation bears its name and words more.
        if isOrganisation, name.missesUnit || name.missing >= name.matched { return false }
        // Brothers have names that are nearly one.
        guard name.least > .similar else { return false }
        if found.sharesPersonalContact { return true }
        let isRough = name.least == .initial || isOrganisation && name.missing > 0
        let needed = isRough ? Weights.strongCorroboration : Weights.corroboration
        return total >= Weights.sameThreshold && found.corroboration >= needed
    }

    // MARK: Fields

    private func frequency(_ table: ValueTable, _ value: Int32) -> Double {
        (table.counts[Int(value)] + 1) / population
    }

    private func compareNames(
        _ left: IndexedRecord,
        _ right: IndexedRecord,
        _ found: inout Findings
    ) {
        var best: NameComparison.Outcome?
        for a in left.names {
            for b in right.names {
                let outcome = names.compare(a, b)
                if outcome.weight > best?.weight ?? -.infinity { best = outcome }
            }
        }
        if isOrganisation, best?.isCompatible != true, sharesAcronym(left, right) {
            found.add("names", "acronym", Weights.acronym)
            var outcome = NameComparison.Outcome()
            (outcome.matched, outcome.least) = (1, .shortForm)
            found.name = outcome
            return
        }
        if let best { found.add("names", best.level, best.weight) }
        found.name = best
    }

    private func sharesAcronym(_ left: IndexedRecord, _ right: IndexedRecord) -> Bool {
        func isOnly(_ acronym: Int32, of record: IndexedRecord) -> Bool {
            record.names.contains { $0.parts.count == 1 && $0.parts[0].word == acronym }
        }
        return left.acronyms.contains { right.acronyms.contains($0) || isOnly($0, of: right) }
            || right.acronyms.contains { isOnly($0, of: left) }
    }

    private func compareIdentifiers(
        _ left: IndexedRecord,
        _ right: IndexedRecord,
        _ found: inout Findings
    ) {
        for a in left.identifiers {
            for b in right.identifiers where a.scheme == b.scheme {
                if a.value == b.value {
                    found.isIdentified = true
                    found.add("identifier", "same", Weights.sameIdentifier)
                } else {
                    found.isVetoed = true
                    found.add("identifier", "different", Weights.otherIdentifier)
                }
            }
        }
        if left.otherIdentifiers.contains(where: right.otherIdentifiers.contains) {
            found.sharesPersonalContact = true
            found.add("ids", "same", Weights.sameIdentifier / 2)
        }
    }

    /// How many records may share an address that is still taken for a person's own.
    private static let personalLimit = 4.0

    private func compareEmails(
        _ left: IndexedRecord,
        _ right: IndexedRecord,
        _ found: inout Findings
    ) {
        guard !left.emails.isEmpty, !right.emails.isEmpty else { return }
        var best: (level: String, weight: Double) = ("different", Weights.otherEmail)
        func offer(_ level: String, _ weight: Double) {
            if weight > best.weight { best = (level, weight) }
        }
        for a in left.emails {
            for b in right.emails {
                let greatest = min(a.greatestOfLocal, b.greatestOfLocal)
                if a.whole == b.whole {
                    if a.isShared {
                        offer("same, of an office", Weights.sharedEmail)
                        continue
                    }
                    let u = frequency(tables.emails, a.whole)
                    offer("same", Weights.bits(Weights.sameEmail, u))
                    if tables.emails.counts[Int(a.whole)] <= Self.personalLimit {
                        found.sharesPersonalContact = true
                    }
                } else if a.isShared || b.isShared {
                    continue
                } else if a.local == b.local, tables.locals.units[Int(a.local)].count >= 4 {
                    let u = frequency(tables.locals, a.local)
                    let weight = Weights.bits(Weights.sameLocalPart, u)
                    offer("same name at another domain", min(weight, greatest))
                } else if isClose(tables.emails, a.whole, b.whole, least: 9),
                    !differInDigits(a.whole, b.whole)
                {
                    let u = frequency(tables.emails, a.whole) * Weights.neighboursOfAWord
                    offer("slip", min(Weights.bits(Weights.closeEmail, u), greatest))
                }
            }
        }
        found.add("emails", best.level, best.weight)
    }

    /// Whether only digits differ, by which a domain tells people of one name apart.
    private func differInDigits(_ left: Int32, _ right: Int32) -> Bool {
        func letters(_ email: Int32) -> [UInt16] {
            tables.emails.units[Int(email)].filter { !(0x30...0x39).contains($0) }
        }
        return letters(left) == letters(right)
    }

    private func isClose(
        _ table: ValueTable,
        _ left: Int32,
        _ right: Int32,
        least: Int
    ) -> Bool {
        let (a, b) = (table.units[Int(left)], table.units[Int(right)])
        guard min(a.count, b.count) >= least else { return false }
        let limit = min(a.count, b.count) >= 2 * least - 4 ? 2 : 1
        return TextSimilarity.edits(a, b, limit: limit) != nil
    }

    private func comparePhones(
        _ left: IndexedRecord,
        _ right: IndexedRecord,
        _ found: inout Findings
    ) {
        guard !left.phones.isEmpty, !right.phones.isEmpty else { return }
        if let phone = left.phones.first(where: right.phones.contains) {
            let u = frequency(tables.phones, phone)
            found.add("phones", "same", Weights.bits(Weights.samePhone, u))
            if tables.phones.counts[Int(phone)] <= Self.personalLimit {
                found.sharesPersonalContact = true
            }
        } else if left.phones.contains(where: { a in
            right.phones.contains { isClose(tables.phones, a, $0, least: 8) }
        }) {
            found.add("phones", "slip", Weights.closePhone)
        } else {
            let weight = isOrganisation ? Weights.otherOfficePhone : Weights.otherPhone
            found.add("phones", "different", weight)
        }
    }

    private func compareLinks(
        _ left: IndexedRecord,
        _ right: IndexedRecord,
        _ found: inout Findings
    ) {
        guard !left.links.isEmpty, !right.links.isEmpty else { return }
        let field = isOrganisation ? "domains" : "urls"
        if let link = left.links.first(where: right.links.contains) {
            let u = frequency(tables.links, link)
            found.add(field, "same", Weights.bits(Weights.sameLink, u))
        } else if isOrganisation {
            found.add(field, "different", Weights.otherDomain)
        }
    }

    private func compareDates(
        _ left: IndexedRecord,
        _ right: IndexedRecord,
        _ found: inout Findings
    ) {
        guard let a = left.birthDate, let b = right.birthDate else { return }
        if a == b, a.isWhole {
            let u = max(frequency(tables.dates, left.birthNumber), Weights.leastFrequencyOfADate)
            found.add("birth_date", "same", Weights.bits(Weights.sameDate, u))
        } else if !a.isWhole || !b.isWhole {
            let agree = a.year == b.year && (a.month == b.month || a.month == 0 || b.month == 0)
            let weight = agree ? Weights.sameYear : Weights.otherYear
            found.add("birth_date", agree ? "same as far as known" : "different", weight)
        } else if isSlip(a, b) {
            found.add("birth_date", "slip", Weights.slippedDate)
        } else {
            let same = [a.year == b.year, a.month == b.month, a.day == b.day].count { $0 }
            let weight = same == 2 ? Weights.nearDate : Weights.otherDate
            found.add("birth_date", same == 2 ? "near" : "different", weight)
        }
    }

    private func isSlip(_ a: LinkageValues.BirthDate, _ b: LinkageValues.BirthDate) -> Bool {
        if a.year == b.year, a.month == b.day, a.day == b.month { return true }
        let (left, right) = (a.digits, b.digits)
        let places = left.indices.filter { left[$0] != right[$0] }
        if places.count == 1 { return true }
        return places.count == 2 && places[1] == places[0] + 1
            && left[places[0]] == right[places[1]] && left[places[1]] == right[places[0]]
    }

    // MARK: Places

    private func comparePlaces(
        _ left: IndexedRecord,
        _ right: IndexedRecord,
        _ found: inout Findings
    ) {
        // What agrees already makes what agrees beside it likelier.
        var share = 1.0
        func add(_ field: String, _ level: String, _ weight: Double) {
            found.add(field, level, weight > 0 ? weight * share : weight)
            if weight > 2 { share *= Weights.dependent }
        }
        if let street = street(left, right) { add("addresses.street", street.level, street.weight) }
        if let postcode = postcode(left, right) {
            add("addresses.postcode", postcode.level, postcode.weight)
        }
        if let city = city(left, right) { add("city", city.level, city.weight) }
        let (a, b) = (left.addresses.map(\.region), right.addresses.map(\.region))
        if let region = exact(a, b, tables.regions, Weights.sameRegion, Weights.otherRegion) {
            add("addresses.region", region.level, region.weight)
        }
        let countries = (left.countries, right.countries)
        if let country = exact(
            countries.0,
            countries.1,
            tables.countries,
            Weights.sameCountry,
            Weights.otherCountry
        ) {
            add("country", country.level, min(country.weight, 4))
        }
    }

    private typealias Level = (level: String, weight: Double)

    private func exact(
        _ left: [Int32],
        _ right: [Int32],
        _ table: ValueTable,
        _ m: Double,
        _ other: Double
    ) -> Level? {
        guard left.contains(where: { $0 >= 0 }), right.contains(where: { $0 >= 0 }) else {
            return nil
        }
        guard let value = left.first(where: { $0 >= 0 && right.contains($0) }) else {
            return ("different", other)
        }
        let weight = Weights.bits(m, frequency(table, value))
        return ("same", min(max(weight, 0), Weights.greatestPlace))
    }

    private func street(_ left: IndexedRecord, _ right: IndexedRecord) -> Level? {
        var best: Level?
        for a in left.addresses where a.street >= 0 {
            for b in right.addresses where b.street >= 0 {
                let level = street(a, b)
                if level.weight > best?.weight ?? -.infinity { best = level }
            }
        }
        return best
    }

    private func street(_ a: IndexedRecord.Address, _ b: IndexedRecord.Address) -> Level {
        func capped(_ weight: Double) -> Double { min(max(weight, 0.5), Weights.greatestPlace) }
        let u = frequency(tables.streets, a.street)
        let numbers = (house(a), house(b))
        if a.street == b.street {
            if a.number >= 0, a.number == b.number {
                let u = frequency(tables.houses, a.number)
                return ("same", capped(Weights.bits(Weights.sameStreet, u)))
            }
            let level = capped(Weights.bits(Weights.sameStreetOtherNumber, u))
            return ("same street", numbers.0 != nil && numbers.1 != nil ? level / 2 : level)
        }
        let (one, other) = (
            tables.streets.units[Int(a.street)], tables.streets.units[Int(b.street)]
        )
        let isClose =
            TextSimilarity.jaroWinkler(one, other) >= 0.9
            || self.isClose(
                tables.streets,
                a.street,
                b.street,
                least: 5
            )
            || one.count >= 4 && other.count >= 4
                && (one.starts(with: other) || other.starts(with: one))
        if isClose {
            let isSameHouse = numbers.0 != nil && numbers.0 == numbers.1
            let u = u * (isSameHouse ? 1 : Weights.neighboursOfAWord)
            return ("slip", capped(Weights.bits(Weights.closeStreet, u)))
        }
        return ("different", isOrganisation ? Weights.otherOfficeStreet : Weights.otherStreet)
    }

    /// The number of a house, of the text in which it stands before its street.
    private func house(_ address: IndexedRecord.Address) -> ArraySlice<UInt16>? {
        guard address.number >= 0 else { return nil }
        return tables.houses.units[Int(address.number)].prefix { $0 != 0x20 }
    }

    private func postcode(_ left: IndexedRecord, _ right: IndexedRecord) -> Level? {
        let (a, b) = (left.addresses.map(\.postcode), right.addresses.map(\.postcode))
        let level = exact(a, b, tables.postcodes, Weights.samePostcode, Weights.otherPostcode)
        guard let level, level.weight < 0 else { return level }
        let isSlip = a.contains { a in
            a >= 0 && b.contains { b in b >= 0 && isClose(tables.postcodes, a, b, least: 4) }
        }
        return isSlip ? ("slip", Weights.closePostcode) : level
    }

    private func city(_ left: IndexedRecord, _ right: IndexedRecord) -> Level? {
        let other = isOrganisation ? Weights.otherOfficeCity : Weights.otherCity
        let level = exact(left.cities, right.cities, tables.cities, Weights.sameCity, other)
        guard let level, level.weight < 0 else { return level }
        for a in left.cities {
            for b in right.cities {
                let (one, another) = (tables.cities.units[Int(a)], tables.cities.units[Int(b)])
                guard
                    TextSimilarity.jaroWinkler(one, another) >= 0.9
                        || isClose(tables.cities, a, b, least: 5)
                else { continue }
                let u = frequency(tables.cities, a) * Weights.neighboursOfAWord
                return ("slip", min(max(Weights.bits(Weights.closeCity, u), 0.5), 5))
            }
        }
        return level
    }

    // MARK: The rest

    private func compareRest(
        _ left: IndexedRecord,
        _ right: IndexedRecord,
        _ found: inout Findings
    ) {
        if !left.employers.isEmpty, !right.employers.isEmpty {
            var best: NameComparison.Outcome?
            for a in left.employers {
                for b in right.employers {
                    let outcome = employers.compare(a, b)
                    if outcome.weight > best?.weight ?? -.infinity { best = outcome }
                }
            }
            if let best, best.isCompatible, best.weight > 0 {
                found.add("employer", best.level, min(best.weight * Weights.sameEmployer, 7))
            } else {
                found.add("employer", "different", Weights.otherEmployer)
            }
        }
        if left.gender >= 0, right.gender >= 0 {
            let isSame = left.gender == right.gender
            found.add(
                "gender",
                isSame ? "same" : "different",
                isSame ? Weights.sameGender : Weights.otherGender
            )
        }
    }
}
