import RecordModel

/// Sums of money, one for each currency: currencies are never mixed, since a rate would be an opinion.
struct MoneySums {
    /// What a budget's row says was done with the money.
    enum Kind: Hashable {
        case committed
        case disbursed
    }

    private struct Key: Hashable {
        let currency: String
        let kind: Kind
    }

    private var sums: [Key: Int128] = [:]

    /// The currencies, by code.
    var currencies: [String] { Set(sums.keys.map(\.currency)).sorted() }

    /// Adds a row of a budget; one that is not said to be disbursed is committed.
    mutating func add(_ row: ReportRecord.Item) {
        guard let money = try? Money(row["amount"] ?? row.text) else { return }
        let kind: Kind = row["kind"] == "disbursed" ? .disbursed : .committed
        let key = Key(currency: money.currency, kind: kind)
        // 15 digits before the point leave room for more rows than a replica can hold.
        sums[key, default: 0] &+= money.minorUnits
    }

    /// The exact amount, without its currency; nothing where no row was added.
    func amount(_ currency: String, _ kind: Kind) -> ReportValue {
        guard let sum = sums[Key(currency: currency, kind: kind)] else { return .none }
        return ReportValue(Money(minorUnits: sum, currency: currency)?.amount)
    }
}
