//! Parse, run, exit code.

/// Where memory comes from: plans are made of millions of small texts, on all cores.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    omniform::cli::main()
}
