//! The program: everything is in the library, and this turns its outcome into an exit code.

fn main() {
    std::process::exit(raft_playground::cli::main());
}
