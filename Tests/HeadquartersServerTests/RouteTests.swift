import DeskSync
import NetworkTestSupport
import ReplicaSync
import SyncProtocol
import Testing

struct RouteTests {
    @Test(arguments: ["/healthz", "/readyz"])
    func aReadyHeadquartersSaysSo(_ path: String) async throws {
        try await OnlineMinistry.run { ministry in
            let reply = try await WireReply.request("GET", path, to: ministry.port)
            #expect(reply.status == 200)
        }
    }

    @Test func unknownPathsAndMethodsAreProblems() async throws {
        try await OnlineMinistry.run { ministry in
            let port = ministry.port
            let missing = try await WireReply.request("GET", "/v1/elsewhere", to: port)
            #expect(missing.status == 404)
            #expect(missing.code == "not_found")
            #expect(missing.headers.contains("application/problem+json"))
            let wrong = try await WireReply.request("GET", Endpoint.sync, to: port)
            #expect(wrong.status == 405)
            #expect(wrong.code == "method_not_allowed")
            let body = [UInt8](repeating: 1, count: 100_000)
            #expect(
                try await WireReply.request("POST", "/healthz", to: port, body: body).status == 405
            )
        }
    }

    @Test func metricsCountRequestsAndShowEachDesksLag() async throws {
        try await OnlineMinistry.run { ministry in
            let berlin = try await ministry.enrolledDesk("BER")
            let london = try await ministry.enrolledDesk("LON")
            try OnlineMinistry.write("Ayesha Malik", of: 1, in: berlin)
            for store in [london, berlin] { _ = try await OnlineMinistry.client().sync(store) }
            _ = try await WireReply.request(
                "POST",
                Endpoint.sync,
                to: ministry.port,
                body: [1, 2, 3]
            )
            let reply = try await WireReply.request("GET", "/metrics", to: ministry.port)
            #expect(reply.status == 200)
            let lines = Set(String(decoding: reply.body, as: UTF8.self).split(separator: "\n"))
            #expect(lines.contains(#"attache_requests_total{outcome="ok",path="/v1/enrol"} 2"#))
            #expect(
                lines.contains(#"attache_requests_total{outcome="truncated",path="/v1/sync"} 1"#)
            )
            #expect(lines.contains(#"attache_desk_unacknowledged{desk="LON"} 1"#))
            #expect(lines.contains(#"attache_desk_unacknowledged{desk="BER"} 0"#))
            #expect(lines.contains("# EOF"))
            #expect(try ministry.headquarters.status().uptimeSeconds != nil)
        }
    }
}
