//! The `migcheck` command: maps the library's answer to an exit code.

fn main() {}
