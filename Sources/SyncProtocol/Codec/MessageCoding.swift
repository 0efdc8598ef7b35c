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
