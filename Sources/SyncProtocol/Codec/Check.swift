import RecordModel

/// The checks that decoders share; each lets what is allowed pass and throws for the rest.
enum Check {
    /// Refuses more of something than its limit.
    static func count(_ count: Int, atMost limit: Int, _ what: String) throws(WireError) {
        guard count <= limit else { throw .tooLarge(what, limit: limit) }
    }

    /// Refuses a byte string of another length than the format's.
    static func bytes(
        _ bytes: some Sequence<UInt8>,
        _ count: Int,
        _ what: String
    ) throws(WireError) -> [UInt8] {
        let bytes = Array(bytes)
        guard bytes.count == count else { throw .malformed("\(what): not \(count) bytes") }
        return bytes
    }

    /// Refuses a counter outside 1 to 2^62 - 1.
    static func counter(_ value: UInt64, _ what: String) throws(WireError) -> UInt64 {
        guard value >= 1, value < Limits.counter else {
            throw .malformed("\(what): the counter \(value)")
        }
        return value
    }

    /// Refuses a time of 2^62 milliseconds and more.
    static func time(_ value: UInt64, _ what: String) throws(WireError) -> UInt64 {
        guard value < Limits.counter else { throw .malformed("\(what): the time \(value)") }
        return value
    }

    /// Refuses a request whose sender speaks none of our versions.
    static func offer(_ versions: [UInt32]) throws(WireError) {
        // The list closes the message, so that it is what a cut between two fields takes away.
        guard !versions.isEmpty else { throw .truncated("message") }
        try count(versions.count, atMost: Limits.versions, "versions")
        guard case .speak = ProtocolVersion.choose(offered: versions) else {
            throw .unsupportedVersion(offered: versions)
        }
    }

    /// Refuses an answer in a version that is not spoken here.
    static func answer(_ version: UInt32) throws(WireError) {
        guard version != 0 else { throw .truncated("message") }
        guard ProtocolVersion.spoken.contains(version) else {
            throw .unsupportedVersion(offered: [version])
        }
    }

    /// Refuses a message that names a space twice.
    static func distinct(_ spaces: [SpaceName]) throws(WireError) {
        guard Set(spaces).count == spaces.count else { throw .malformed("spaces: one twice") }
    }

    /// Reads a space's name.
    static func space(_ text: String) throws(WireError) -> SpaceName {
        guard let space = SpaceName(text) else { throw .malformed("the name of a space") }
        return space
    }

    /// Reads a replica's id.
    static func replica(_ bytes: some Collection<UInt8>) throws(WireError) -> ReplicaID {
        guard let replica = ReplicaID(bytes: bytes) else {
            throw .malformed("replica: not 16 bytes")
        }
        return replica
    }
}
