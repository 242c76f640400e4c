# Everything, against a Postgres that the tests start themselves
test:
    cargo test

# What CI checks before it tests
lint:
    cargo fmt --all -- --check
    cargo clippy --all-targets -- --deny warnings

# The support desk, from nothing
demo:
    cargo run --release -- demo

# Requests and widgets, with their ratios
bench:
    cargo bench

# The pages that are made from the program's own tables
docs:
    cargo run --quiet -- reference settings > docs/configuration.md
    cargo run --quiet -- reference errors > docs/errors.md
    cargo run --quiet -- reference rules > docs/policy-rules.md

# Requests made by a fuzzer, for so many seconds (cargo install cargo-fuzz --locked; a nightly compiler)
fuzz seconds='600':
    mkdir -p fuzz/corpus/request
    cargo +nightly fuzz run request fuzz/corpus/request fuzz/seeds/request -- -max_total_time={{seconds}} -timeout=2 -max_len=2000
