# Plain `cargo build`, `cargo run` and `cargo test` work as well; this adds what cargo does not do.

CARGO ?= cargo

.PHONY: help setup console build dist demo test lint doc dependencies bench bench-embed bench-retrieval bench-neighbours faults quality documents crash clean python

help: ## What there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

setup: python ## Fetch everything the demo, the tests and the benchmark need
	scripts/setup all

console: python ## The page at /console/, which goes into the server that is built next
	scripts/setup console

build: console ## The server, optimised: target/release/qianfan-host
	scripts/setup wasm-target
	QIANFAN_REQUIRE_CONSOLE=1 $(CARGO) build --release --locked

dist: build ## The server as one file to carry elsewhere, with its digest: target/dist
	scripts/dist

demo: build ## The example app with a real model, five questions and why they are answered so; TRACE=1 shows whole traces, KEEP=1 leaves it open
	scripts/setup model
	[ -n "$$QIANFAN_API_KEY$$OPENAI_BASE_URL" ] || scripts/setup llm
	scripts/demo $(if $(TRACE),--trace)

test: console lint ## Formatting, lints, and every test against real parts
	scripts/setup model qdrant clients web chromium
	if $(CARGO) nextest --version >/dev/null 2>&1; then $(CARGO) nextest run --workspace --locked; \
		else $(CARGO) test --workspace --locked --lib --bins --tests; fi
	$(CARGO) test --workspace --locked --doc

lint: python
	scripts/setup wasm-target
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings

doc: python ## The modules' own documentation, without a warning: target/doc
	scripts/setup wasm-target
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --document-private-items --locked

dependencies: ## None unused, and licences and sources as deny.toml says, where cargo-machete and cargo-deny are installed
	if $(CARGO) machete --version >/dev/null 2>&1; then $(CARGO) machete host plugins examples; \
		else echo "cargo-machete is not installed: skipped"; fi
	if $(CARGO) deny --version >/dev/null 2>&1; then $(CARGO) deny --offline check licenses bans sources; \
		else echo "cargo-deny is not installed: skipped"; fi

bench: python ## Our own plugin call, turn, retrieval and import beside the bare parts
	scripts/setup wasm-target model
	$(CARGO) bench --workspace --locked --bench overhead --bench import

bench-embed: python ## The local model beside onnxruntime, and what a new question takes in process and through HTTP
	scripts/setup wasm-target model onnxruntime
	$(CARGO) bench --workspace --locked --bench embed

bench-retrieval: python ## Retrieval in 100,000 windows, embedded and on Qdrant, near and 20 ms away, and what it costs
	scripts/setup wasm-target model qdrant
	$(CARGO) bench --workspace --locked --bench retrieval

bench-neighbours: python ## What a quiet app notices of neighbours that mean harm, calm beside attacked
	scripts/setup wasm-target model
	$(CARGO) bench --workspace --locked --bench neighbours

faults: python ## What a client gets of each fault, how soon all is well again, and whether anything was lost
	scripts/setup wasm-target qdrant
	$(CARGO) bench --workspace --locked --bench faults

quality: build ## Retrieval, standard answers, thresholds and follow-ups on public sets and ours, beside plain BM25 and cosine
	scripts/setup model insuranceqa
	scripts/quality

documents: build ## What comes out of documents: hard files, cells of tables in each format, recall beside other readers
	scripts/setup model corpus
	scripts/documents

crash: python ## A thousand kills each of an import and of a serving host: nothing acknowledged may be lost
	scripts/setup wasm-target
	CRASH_KILLS=$${CRASH_KILLS:-1000} $(CARGO) test --locked -p qianfan-host --test outside crash:: -- --nocapture

clean: ## Build products and the demo's data; the downloads stay
	$(CARGO) clean

python:
	@command -v python3 >/dev/null || { echo "python3 is not installed. On Debian: apt-get install python3 python3-pip python3-venv npm" >&2; exit 1; }
