import SyncProtocol
import Synchronization

/// What a service has done since it began, and its state as OpenMetrics text.
///
/// Plain counters under one lock: a request touches them once.
final class ServiceMetrics: Sendable {
    /// What one request did.
    struct Request: Hashable {
        /// The path, or `other`; never what a stranger made up.
        var path: String
        /// `ok`, or the code of the problem.
        var outcome: String
        var bytesIn = 0
        var bytesOut = 0
        var rawBytes = 0
        var verdicts: [SpaceVerdict] = []
        var seconds = 0.0
    }

    /// What is measured at the moment of asking.
    struct Gauges {
        struct Desk {
            var desk: String
            var secondsSinceSync: Double?
            var unacknowledged: UInt64
        }

        var desks: [Desk] = []
        var openConflicts = 0
        var running = 0
        var waiting = 0
    }

    private struct Label: Hashable, Comparable {
        var path: String
        var outcome: String

        static func < (left: Label, right: Label) -> Bool {
            (left.path, left.outcome) < (right.path, right.outcome)
        }
    }

    private struct Counts {
        var requests: [Label: Int] = [:]
        var verdicts: [String: Int] = [:]
        var bytesIn = 0
        var bytesOut = 0
        var rawBytes = 0
        var seconds = 0.0
    }

    private let counts = Mutex(Counts())

    /// The media type of the text.
    static let mediaType = "application/openmetrics-text; version=1.0.0; charset=utf-8"

    /// Counts a request.
    func note(_ request: Request) {
        counts.withLock { counts in
            counts.requests[Label(path: request.path, outcome: request.outcome), default: 0] += 1
            for verdict in request.verdicts { counts.verdicts["\(verdict)", default: 0] += 1 }
            counts.bytesIn += request.bytesIn
            counts.bytesOut += request.bytesOut
            counts.rawBytes += request.rawBytes
            counts.seconds += request.seconds
        }
    }

    /// The state as OpenMetrics text.
    ///
    /// Source: the OpenMetrics 1.0 specification.
    func text(_ gauges: Gauges) -> String {
        let counts = counts.withLock { $0 }
        var page = MetricsPage()
        page.family("attache_requests", "counter", "Requests by path and outcome.")
        for (label, count) in counts.requests.sorted(by: { $0.key < $1.key }) {
            page.sample(
                "attache_requests_total",
                ["path": label.path, "outcome": label.outcome],
                count
            )
        }
        page.family("attache_request_seconds", "counter", "Time spent on requests.")
        page.sample("attache_request_seconds_total", [:], counts.seconds)
        page.family("attache_body_bytes", "counter", "Bytes of bodies as they travelled.")
        page.sample("attache_body_bytes_total", ["direction": "in"], counts.bytesIn)
        page.sample("attache_body_bytes_total", ["direction": "out"], counts.bytesOut)
        page.family("attache_message_bytes", "counter", "Bytes of messages, uncompressed.")
        page.sample("attache_message_bytes_total", [:], counts.rawBytes)
        page.family("attache_spaces", "counter", "How the spaces of requests were taken.")
        for (verdict, count) in counts.verdicts.sorted(by: { $0.key < $1.key }) {
            page.sample("attache_spaces_total", ["verdict": verdict], count)
        }
        page.family("attache_open_conflicts", "gauge", "Conflicts that wait for a person.")
        page.sample("attache_open_conflicts", [:], gauges.openConflicts)
        page.family("attache_work", "gauge", "Requests in work, and waiting for it.")
        page.sample("attache_work", ["state": "running"], gauges.running)
        page.sample("attache_work", ["state": "waiting"], gauges.waiting)
        page.family("attache_desk_unacknowledged", "gauge", "Changes a desk has not got yet.")
        for desk in gauges.desks {
            page.sample(
                "attache_desk_unacknowledged",
                ["desk": desk.desk],
                desk.unacknowledged
            )
        }
        page.family("attache_desk_lag_seconds", "gauge", "Time since a desk's last exchange.")
        for desk in gauges.desks {
            if let seconds = desk.secondsSinceSync {
                page.sample("attache_desk_lag_seconds", ["desk": desk.desk], seconds)
            }
        }
        return page.text + "# EOF\n"
    }
}

/// A page of OpenMetrics text as it is written.
private struct MetricsPage {
    private(set) var text = ""

    mutating func family(_ name: String, _ type: String, _ help: String) {
        text += "# TYPE \(name) \(type)\n# HELP \(name) \(help)\n"
    }

    mutating func sample(_ name: String, _ labels: [String: String], _ value: some Numeric) {
        let list = labels.sorted { $0.key < $1.key }.map {
            "\($0.key)=\"\(Self.escape($0.value))\""
        }
        text += name + (list.isEmpty ? "" : "{\(list.joined(separator: ","))}") + " \(value)\n"
    }

    private static func escape(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n")
    }
}
