import Foundation
import RecordModel

extension SpaceRequest {
    /// Writes the ranges to look at.
    func encodeInspected(to wire: inout WireSpaceRequest) {
        wire.inspected = inspected.map(\.first.value)
        wire.inspectedBits = UInt32(inspected.first?.bits ?? 0)
    }

    /// Reads the ranges to look at.
    mutating func decodeInspected(_ wire: WireSpaceRequest) throws(WireError) {
        try Check.count(wire.inspected.count, atMost: Limits.inspected, "inspected")
        let bits = wire.inspectedBits
        guard bits <= 60, bits % 4 == 0 else { throw .malformed("inspected: \(bits) bits") }
        for first in wire.inspected {
            let range = RecordRange(first: RecordUID(first), bits: Int(bits))
            guard bits == 64 || first & (bits == 0 ? .max : .max >> UInt64(bits)) == 0 else {
                throw .malformed("inspected: a number within its range")
            }
            inspected.append(range)
        }
    }
}

extension WireInspection {
    init(_ inspection: RangeInspection) {
        self.init()
        switch inspection {
        case .records(let records):
            uids = RecordUID.data(records.map(\.uid))
            digests = RecordUID.data(records.map { RecordUID($0.digest) })
        case .parts(let tallies):
            counts = tallies.map { UInt32(clamping: $0.count) }
            sums = Data(tallies.flatMap(\.sum.bytes))
        }
    }

    func decoded() throws(WireError) -> RangeInspection {
        if counts.isEmpty {
            let uids = try RecordUID.list(decoding: uids, "inspected records")
            let digests = try RecordUID.list(decoding: digests, "inspected digests")
            guard sums.isEmpty, uids.count == digests.count else {
                throw .malformed("inspections: records without their digests")
            }
            return .records(zip(uids, digests).map { ($0, $1.value) })
        }
        let fanOut = RecordRange.fanOut
        guard counts.count == fanOut, sums.count == 16 * fanOut, uids.isEmpty, digests.isEmpty
        else {
            throw .malformed("inspections: parts of another number")
        }
        let bytes = [UInt8](sums)
        return .parts(
            (0..<fanOut).map { part in
                let sum = bytes[(16 * part)..<(16 * part + 16)].reduce(UInt128(0)) {
                    $0 << 8 | UInt128($1)
                }
                return RangeTally(count: Int(counts[part]), sum: Fingerprint(sum: sum))
            }
        )
    }
}
