# Every target is one line. See README.md and CONTRIBUTING.md.
.PHONY: build test simulate mutate fuzzer fuzz sanitize check-protocol lint format demo bench man proto clean

build: ; swift build --product attache
test: ; swift build --build-tests --explicit-target-dependency-import-check error && swift test --skip-build --no-parallel
simulate: ; SEEDS=$(or $(SEEDS),1000) swift test --filter nothingIsLost
mutate: ; ATTACHE_MUTATION=1 swift test --skip-build --no-parallel --filter MutationTests
fuzzer: ; ATTACHE_FUZZER=1 swift build -c release --scratch-path .build-fuzz --sanitize fuzzer --sanitize address -Xswiftc -enable-testing -Xswiftc -use-ld=lld --product FuzzTargets
fuzz: fuzzer ; Tests/FuzzTargets/fuzz $(TARGET) $(or $(TIME),600)
sanitize: ; ASAN_OPTIONS=detect_leaks=0 swift test --sanitize $(or $(SANITIZER),thread) --scratch-path .build-$(or $(SANITIZER),thread) --no-parallel
check-protocol:
	python3 Protocol/reader/check.py
	@for test in $$(grep -o '`[a-z][A-Za-z]*()`' Protocol/promises.md | tr -d '`()'); do \
		grep -rq "func $$test(" Tests || { echo "no test is called $$test (Protocol/promises.md)"; exit 1; }; done
lint: ; swift format lint --strict --configuration .swift-format -r Package.swift Sources Tests Samples
format: ; swift format --in-place --configuration .swift-format -r Package.swift Sources Tests Samples
demo: ; swift run attache demo
man: build ; mkdir -p .build/man && swift run generate-manual .build/debug/attache --multi-page --output-directory .build/man
bench: ; swift build -c release --package-path Tests/Benchmarks --product attache && swift run -c release --package-path Tests/Benchmarks Benchmarks
proto: ; protoc --proto_path=Protocol/schema --swift_out=Sources/SyncProtocol/Generated --swift_opt=Visibility=Internal --swift_opt=FileNaming=DropPath sync.proto attachments.proto
clean: ; rm -rf .build Tests/Benchmarks/.build
