//! The `kulanz` command.

fn main() -> std::process::ExitCode {
    kulanz::cli::run()
}
