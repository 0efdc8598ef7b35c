import Foundation
import RecordModel

/// The measured values, by size and name.
struct Report {
    private struct Entry {
        let size: Int
        let name: String
        let values: [Double]
        let unit: String
        let aim: String

        var median: Double { values.sorted()[values.count / 2] }
    }

    private var entries: [Entry] = []

    /// Notes a measurement of a size; what was taken several times is shown as its median.
    mutating func note(
        _ name: String,
        _ values: [Double],
        _ unit: String,
        size: Int,
        aim: String = ""
    ) {
        entries.append(Entry(size: size, name: name, values: values, unit: unit, aim: aim))
    }

    func print(size: Int) {
        Swift.print("\n\(size) records")
        for entry in entries where entry.size == size {
            let spread = entry.values.sorted()
            let range =
                spread.count > 1
                ? "  [\(Self.text(spread[0], entry.unit)) – \(Self.text(spread[spread.count - 1], entry.unit))]"
                : ""
            let name = entry.name.padding(toLength: 52, withPad: " ", startingAt: 0)
            let aim = entry.aim.isEmpty ? "" : "  (aim: \(entry.aim))"
            Swift.print("  \(name) \(Self.text(entry.median, entry.unit))\(range)\(aim)")
        }
    }

    private static func text(_ value: Double, _ unit: String) -> String {
        switch unit {
        case "s": String(format: value < 0.01 ? "%.5f s" : "%.3f s", value)
        case "x": String(format: "%.2f x", value)
        case "MB": String(format: "%.1f MB", value)
        default: "\(Int(value)) \(unit)"
        }
    }

    var json: String {
        JSONValue.array(
            entries.map { entry in
                .object([
                    JSONMember("records", .number(entry.size)),
                    JSONMember("name", .string(entry.name)),
                    JSONMember("median", .number(String(entry.median))),
                    JSONMember("unit", .string(entry.unit)),
                    JSONMember("values", .array(entry.values.map { .number(String($0)) })),
                    JSONMember("aim", .string(entry.aim)),
                ])
            }
        ).prettyText
    }
}
