import SwiftProtobuf

/// Protobuf bytes to a generated message and back, with our limits and our errors.
enum MessageCoding {
    static func decode<Wire: SwiftProtobuf.Message>(
        _ bytes: [UInt8],
        as _: Wire.Type,
        shape: MessageScan.Shape
    ) throws(WireError) -> Wire {
        try MessageScan.check(bytes, shape: shape)
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = Limits.depth
        options.discardUnknownFields = true
        do {
            return try Wire(serializedBytes: bytes, options: options)
        } catch BinaryDecodingError.truncated {
            throw .truncated("message")
        } catch BinaryDecodingError.invalidUTF8 {
            throw .malformed("message: text that is not UTF-8")
        } catch {
            throw .malformed("message: no protocol buffer")
        }
    }

    static func encode(_ message: some SwiftProtobuf.Message) throws(WireError) -> [UInt8] {
        let encoded: [UInt8]? = try? message.serializedBytes()
        guard let encoded, encoded.count <= Limits.messageBytes else {
            throw .tooLarge("message", limit: Limits.messageBytes)
        }
        return encoded
    }
}

// MARK: Checks that every decoder shares

/// Refuses more of something than its limit.
func check(_ count: Int, atMost limit: Int, _ what: String) throws(WireError) {
    guard count <= limit else { throw .tooLarge(what, limit: limit) }
}

/// Refuses a byte string of another length than the format's.
func fixed(_ bytes: some Sequence<UInt8>, _ count: Int, _ what: String) throws(WireError) -> [UInt8]
{
    let bytes = Array(bytes)
    guard bytes.count == count else { throw .malformed("\(what): not \(count) bytes") }
    return bytes
}

/// Refuses a counter outside 1 to 2^62 - 1.
func counter(_ value: UInt64, _ what: String) throws(WireError) -> UInt64 {
    guard value >= 1, value < Limits.counter else {
        throw .malformed("\(what): the counter \(value)")
    }
    return value
}

/// Refuses a time of 2^62 milliseconds and more.
func time(_ value: UInt64, _ what: String) throws(WireError) -> UInt64 {
    guard value < Limits.counter else { throw .malformed("\(what): the time \(value)") }
    return value
}
