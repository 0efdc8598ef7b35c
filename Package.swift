// swift-tools-version: 6.2
import PackageDescription

/// Settings of every target of ours: warnings are errors, and a module sees only what it imports.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
]

/// Lets tests switch the rules of causality off by name: in debug builds alone.
let switchableRules: [SwiftSetting] = [
    .define("SWITCHABLE_RULES", .when(configuration: .debug, traits: ["MutationCheck"]))
]

/// A library target whose dependencies are those that the architecture allows it, and no others.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// What several test targets share.
func support(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        path: "Tests/\(name)",
        swiftSettings: strict
    )
}

func tests(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    _ settings: [SwiftSetting] = []
) -> Target {
    .testTarget(
        name: name,
        dependencies: dependencies + ["TestSupport"],
        path: "Tests/\(name)",
        swiftSettings: strict + settings
    )
}

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

/// What programs that embed a replica build on.
let libraries = [
    "CausalHistory", "RecordModel", "SyncProtocol", "SyncEngine", "RecordStorage", "Interchange",
    "DeskWork", "ReplicaSync", "DeskSync",
]

let fuzzed: [Target.Dependency] = [
    "DeskWork", "RecordStorage", "Interchange", "Conformance", "SyncProtocol", "RecordModel",
    "CausalHistory",
]

/// The properties of the decoders and their corpora, replayed as tests.
let fuzzReplay = Target.testTarget(
    name: "FuzzTargets",
    dependencies: fuzzed,
    path: "Tests/FuzzTargets",
    exclude: ["Fuzzer", "Corpora", "corpus.py", "fuzz"],
    swiftSettings: strict
)

/// The same properties under libFuzzer, which brings the program's `main`: see `make fuzzer`.
let fuzzer = Target.executableTarget(
    name: "FuzzTargets",
    dependencies: fuzzed,
    path: "Tests/FuzzTargets",
    exclude: ["Replay", "Corpora", "corpus.py", "fuzz"],
    swiftSettings: strict
)

let package = Package(
    name: "attache",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [.executable(name: "attache", targets: ["attache"])]
        + libraries.map { .library(name: $0, targets: [$0]) },
    traits: [
        .trait(
            name: "MutationCheck",
            description: "In debug builds, lets tests switch the rules of causality off by name."
        ),
        .default(enabledTraits: ["MutationCheck"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CZlib",
            pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]
        ),
        .systemLibrary(
            name: "CSQLite",
            pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite3"])]
        ),

        .target(
            name: "CausalHistory",
            swiftSettings: strict + switchableRules
        ),
        module("RecordModel", ["CausalHistory", crypto]),
        module(
            "SyncProtocol",
            [
                "RecordModel", "CausalHistory", "CZlib", crypto,
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]
        ),
        module("SyncEngine", ["SyncProtocol", "RecordModel", "CausalHistory"]),
        module(
            "RecordStorage",
            [
                "RecordModel", "CausalHistory", "CSQLite", crypto,
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        module(
            "ReplicaSync",
            ["SyncEngine", "SyncProtocol", "RecordStorage", "RecordModel", "CausalHistory", crypto]
        ),
        module("Conformance", ["SyncProtocol", "RecordModel", "CausalHistory"]),
        module("Interchange", ["RecordModel", "CausalHistory"]),
        module("DeskWork", ["RecordStorage", "Interchange", "RecordModel", "CausalHistory"]),
        module(
            "DeskSync",
            [
                "ReplicaSync", "SyncEngine", "SyncProtocol", "RecordStorage", "RecordModel",
                "CausalHistory", crypto,
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        module(
            "HeadquartersServer",
            [
                "ReplicaSync", "SyncEngine", "SyncProtocol", "RecordStorage", "RecordModel",
                "CausalHistory", crypto, logging,
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        .executableTarget(
            name: "attache",
            dependencies: [
                "DeskWork", "DeskSync", "HeadquartersServer", "Interchange", "ReplicaSync",
                "RecordStorage", "Conformance", "RecordModel", "SyncProtocol", "CausalHistory",
                logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),

        .executableTarget(
            name: "EmbedReplica",
            dependencies: ["DeskWork", "RecordStorage", "RecordModel"],
            path: "Samples/EmbedReplica",
            swiftSettings: strict
        ),
        support("TestSupport", ["RecordModel", "CausalHistory"]),
        support("StorageTestSupport", ["RecordStorage", "RecordModel", "TestSupport"]),
        support(
            "NetworkTestSupport",
            [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        tests("CausalHistoryTests", ["CausalHistory"]),
        tests("RecordModelTests", ["RecordModel", "CausalHistory", crypto]),
        tests(
            "SyncProtocolTests",
            [
                "SyncProtocol", "RecordModel", "CausalHistory", "CZlib", crypto,
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]
        ),
        tests("ConformanceTests", ["Conformance"]),
        tests(
            "SimulationTests",
            [
                "ReplicaSync", "SyncEngine", "SyncProtocol", "RecordStorage", "RecordModel",
                "CausalHistory", crypto,
            ],
            switchableRules
        ),
        tests("SyncEngineTests", ["SyncEngine", "SyncProtocol", "RecordModel"]),
        tests("InterchangeTests", ["Interchange", "RecordModel"]),
        tests(
            "RecordStorageTests",
            [
                "RecordStorage", "RecordModel", "CausalHistory", "StorageTestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        tests(
            "ReplicaSyncTests",
            [
                "ReplicaSync", "SyncEngine", "SyncProtocol", "RecordStorage", "RecordModel",
                "CausalHistory", "Conformance", "StorageTestSupport", crypto,
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        tests(
            "DeskWorkTests",
            ["DeskWork", "RecordStorage", "RecordModel", "CausalHistory", "StorageTestSupport"]
        ),
        tests(
            "HeadquartersServerTests",
            [
                "HeadquartersServer", "DeskSync", "ReplicaSync", "SyncEngine", "SyncProtocol",
                "RecordStorage", "RecordModel", "CausalHistory", "NetworkTestSupport",
                "StorageTestSupport", crypto, logging,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        tests(
            "IntegrationTests",
            [
                "attache", "EmbedReplica", "RecordModel", "NetworkTestSupport",
                "StorageTestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        Context.environment["ATTACHE_FUZZER"] == nil ? fuzzReplay : fuzzer,
    ],
    swiftLanguageModes: [.v6]
)
