//! Rebuilds this crate when a file of a founding dispute changes; the compiler does not see them otherwise.

fn main() {
    println!("cargo::rerun-if-changed=../../disputes");
}
