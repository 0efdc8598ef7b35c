import RecordModel
import Testing

struct CivilDateTests {
    @Test func aDayIsTheDayOfItsNumber() throws {
        for days in stride(from: -800_000, through: 2_900_000, by: 997) {
            let date = try #require(CivilDate(daysSince1970: days))
            #expect(date.daysSince1970 == days)
            #expect(date.year < 0 || CivilDate(date.text) == date)
        }
    }

    @Test(arguments: [
        ("2026-01-31", 1, "2026-02-28"), ("2024-01-31", 1, "2024-02-29"),
        ("2026-11-27", 6, "2027-05-27"),
        ("2026-01-15", -1, "2025-12-15"), ("2026-03-31", -13, "2025-02-28"),
        ("2026-05-05", 0, "2026-05-05"),
    ])
    func monthsLaterIsTheSameDayOrTheLastOfTheMonth(day: String, months: Int, later: String) throws
    {
        #expect(try #require(CivilDate(day)).adding(months: months).text == later)
    }

    @Test func monthsBeyondTheCalendarChangeNothing() throws {
        let date = try #require(CivilDate("2026-05-05"))
        for months in [Int.min, Int.max, 200_000, -200_000] {
            #expect(date.adding(months: months) == date)
        }
    }

    @Test func daysAreOrderedAsTheirNumbersAre() throws {
        let days = ["2025-12-31", "2026-01-01", "2026-01-02", "2026-02-01"].compactMap {
            CivilDate($0)
        }
        #expect(days == days.shuffled().sorted())
        #expect(days.map(\.daysSince1970) == days.map(\.daysSince1970).sorted())
    }

    @Test(arguments: [
        "EUR 0.00", "EUR 0.07", "EUR -0.70", "JPY 500", "BHD 1.234", "EUR 999999999999999.99",
    ])
    func moneyComesBackFromItsLeastUnits(text: String) throws {
        let money = try Money(text)
        #expect(Money(minorUnits: money.minorUnits, currency: money.currency) == money)
        #expect(Money(minorUnits: 1, currency: "XYZ") == nil)
    }
}
