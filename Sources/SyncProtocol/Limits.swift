import RecordModel

/// The bounds of what a message may hold; what is beyond one of them is refused as `too_large`.
///
/// They bound the memory and time that bytes from outside can cost. Spec:
/// `Protocol/spec/05-sync.md`.
public enum Limits {
    /// Bytes of a frame as it travels: several minutes of the slowest link, so a page is far below.
    public static let frameBytes = 8 << 20
    /// Bytes of a message once it is inflated: what one request may cost a server in memory, times
    /// the small factor of its decoded form.
    public static let messageBytes = 64 << 20
    /// Inflated bytes for each compressed byte: records come to about 20, a bomb to 1,000.
    public static let inflationRatio = 200
    /// Inflated bytes to which the ratio does not apply: short repetitive messages are harmless.
    public static let inflationFree = 64 << 10
    /// Fields of a message, those of its nested messages counted in: an empty nested message takes
    /// 2 bytes on the wire and a hundred times that in memory.
    public static let fields = 500_000
    /// Bytes of the numbers in a message's columns together: a number of one byte takes eight in
    /// memory.
    public static let numberBytes = 8 << 20
    /// Spaces in a message: a desk is granted a handful, headquarters' own desk all missions.
    public static let spaces = 4_096
    /// Actors that a space's message names: each replica has one for each incarnation.
    public static let actors = 65_536
    /// Records in a page, and records asked for whole.
    public static let records = 100_000
    /// Ranges of records that one message looks at: each costs the answer up to 750 bytes.
    public static let inspected = 1_024
    /// Cells in a page, bases counted in: tens for each record, at 200 bytes of memory each.
    public static let cells = 1_000_000
    /// Entries of the contexts in a page; also its parents, its witnesses, and the digests of a
    /// chain segment, each for themselves.
    public static let references = 1_000_000
    /// Bytes of an item's key, which is a short text or a number.
    public static let itemBytes = ContentLimits.itemBytes
    /// Bytes of a value: long texts are far below, blobs travel otherwise.
    public static let valueBytes = ContentLimits.valueBytes
    /// Bytes of an attachment.
    public static let attachmentBytes = ContentLimits.attachmentBytes
    /// Attachments that one message names.
    public static let attachments = 1_024
    /// Bytes of an author's name.
    public static let authorBytes = ContentLimits.authorBytes
    /// Bytes of a note and of a refusal's message, which hold a sentence or two.
    public static let noteBytes = ContentLimits.noteBytes
    /// Bytes of an error code.
    public static let codeBytes = 64
    /// Bytes of a desk's code, of which people use 2 to 8.
    public static let deskBytes = 32
    /// Bytes of a token of headquarters.
    public static let tokenBytes = 256
    /// Protocol versions that a peer may list.
    public static let versions = 64
    /// The first counter and the first time (in milliseconds) that are refused: sums and differences
    /// of what is below stay within 64 bits, signed ones too.
    public static let counter: UInt64 = 1 << 62
    /// How deep messages nest: a column in a page in a space in a request, and reserve.
    public static let depth = 8
}
