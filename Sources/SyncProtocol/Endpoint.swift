/// The addresses of headquarters' HTTP interface.
///
/// They are what signatures cover, also where a proxy serves them below another path.
/// Spec: `Protocol/spec/05-sync.md`.
public enum Endpoint {
    /// Where an exchange is posted.
    public static let sync = "/v1/sync"
    /// Where a replica enrols.
    public static let enrol = "/v1/enrol"
    /// Where attachments are pushed and fetched.
    public static let attachments = "/v1/attachments"
    /// The method of all.
    public static let method = "POST"
    /// The media type of signed bodies, in both directions.
    public static let mediaType = "application/x-attache"
}
