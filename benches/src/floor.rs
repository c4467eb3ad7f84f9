//! What a process costs before it does anything: the floor that `capsim run` is measured against.

fn main() {}
