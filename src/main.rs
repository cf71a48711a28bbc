//! Parse, run, exit code.

fn main() -> std::process::ExitCode {
    omniform::cli::main()
}
