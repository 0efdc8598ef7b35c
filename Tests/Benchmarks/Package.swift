// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who builds or tests the product builds this too.
let package = Package(
    name: "attache-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "attache", path: "../.."),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        .systemLibrary(
            name: "CRawZlib",
            pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]
        ),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "CRawZlib",
                .product(name: "CausalHistory", package: "attache"),
                .product(name: "RecordModel", package: "attache"),
                .product(name: "RecordStorage", package: "attache"),
                .product(name: "DeskWork", package: "attache"),
                .product(name: "Interchange", package: "attache"),
                .product(name: "DeskSync", package: "attache"),
                .product(name: "ReplicaSync", package: "attache"),
                .product(name: "SyncEngine", package: "attache"),
                .product(name: "SyncProtocol", package: "attache"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: [.treatAllWarnings(as: .error)]
        ),
    ],
    swiftLanguageModes: [.v6]
)
