import Dispatch
import RecordModel

/// What storing a record's state takes and needs no database for: it is computed for many records
/// at once, on all processors.
struct PreparedRecord: Sendable {
    let state: RecordState
    /// The state as its row holds it.
    let bytes: [UInt8]
    let digest: Digest128
    let entry: IndexEntry
    /// The digest and index entry of the state that is replaced.
    let oldDigest: Digest128
    let oldEntry: IndexEntry

    /// Prepares the storing of a state.
    ///
    /// - Parameters:
    ///   - state: The state.
    ///   - uid: The record's number.
    ///   - old: The record that it replaces, which is as it was written.
    ///   - indexing: What the indexes hold of records.
    ///   - numbers: This file's numbers.
    /// - Throws: `UnknownNumber` where a table of numbers lacks one.
    init(
        _ state: RecordState,
        uid: RecordUID,
        replacing old: StoredRecord?,
        _ indexing: RecordIndexing,
        _ numbers: some Interning
    ) throws {
        self.state = state
        bytes = try StateCodec.encode(state, numbers)
        digest = state.digest(uid: uid)
        oldDigest = old?.digest ?? Digest128(0)
        (oldEntry, entry) = indexing.entries(replacing: old?.state, with: state)
    }
}

/// Computes a value of each element, on all processors where there are many.
package func concurrentMap<Element: Sendable, Value: Sendable>(
    _ elements: [Element],
    _ transform: @Sendable (Element) throws -> Value
) throws -> [Value] {
    /// Below it the threads cost more than they give.
    let least = 32
    guard elements.count >= least else { return try elements.map(transform) }
    var results = [Result<Value, any Error>?](repeating: nil, count: elements.count)
    let stride = 16
    results.withUnsafeMutableBufferPointer { buffer in
        // Each place is written by one thread, and read after all have ended.
        nonisolated(unsafe) let places = buffer
        DispatchQueue.concurrentPerform(iterations: (elements.count + stride - 1) / stride) {
            part in
            for index in (part * stride)..<min((part + 1) * stride, elements.count) {
                places[index] = Result { try transform(elements[index]) }
            }
        }
    }
    // Taken out, not copied: the values are large.
    var values: [Value] = []
    values.reserveCapacity(results.count)
    for index in results.indices {
        if let result = results[index].take() { values.append(try result.get()) }
    }
    return values
}
