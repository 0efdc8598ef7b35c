/// The bounds of what a record may hold, the same in every replica: what a desk could write beyond
/// them could never travel.
///
/// Spec: `Protocol/spec/05-sync.md`.
public enum ContentLimits {
    /// Bytes of an item's key, which is a short text or a number.
    public static let itemBytes = 4 << 10
    /// Bytes of a value: long texts are far below, blobs travel otherwise.
    public static let valueBytes = 4 << 20
    /// Bytes of an attachment: a scanned agreement of some hundred pages.
    public static let attachmentBytes: UInt64 = 32_000_000
    /// Items that one input may give a field; a record that grows by edits may come to have more.
    public static let inputItems = 10_000
    /// Bytes of an author's name.
    public static let authorBytes = 256
    /// Bytes of a note, which holds a sentence or two.
    public static let noteBytes = 4 << 10
}
