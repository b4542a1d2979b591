//! A poll lived through in a real browser against the real service: `e2e/`, run by node with the program that was just built.

use std::path::Path;
use std::process::Command;

#[test]
fn a_poll_is_lived_through_in_a_real_browser() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let e2e = root.join("e2e");
    let chromium = std::env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned());
    assert!(Path::new(&chromium).exists(), "{chromium} is missing: apt-get install -y chromium, or name another one in CHROMIUM");
    for program in ["node", "npm"] {
        let found = Command::new(program).arg("--version").output();
        assert!(found.is_ok_and(|found| found.status.success()), "{program} is missing: apt-get install -y nodejs npm");
    }

    let whitley = Path::new(env!("CARGO_BIN_EXE_whitley"));
    let verifier = whitley.with_file_name("whitley-verify");
    if !verifier.exists() {
        // Tests of this package alone do not build the other one's program.
        let built =
            Command::new(env!("CARGO")).args(["build", "--quiet", "-p", "verify", "--bin", "whitley-verify"]).current_dir(&root).status();
        assert!(built.is_ok_and(|status| status.success()), "whitley-verify cannot be built: cargo build -p verify");
    }

    if !up_to_date(&e2e) {
        let output = Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&e2e).output().expect("npm starts");
        assert!(output.status.success(), "npm ci in e2e/ failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    let output = Command::new("node")
        .arg("run.mjs")
        .current_dir(&e2e)
        .env("WHITLEY", whitley)
        .env("WHITLEY_VERIFY", &verifier)
        .env("CHROMIUM", &chromium)
        .env("WHITLEY_PRINTS", if cfg!(feature = "print") { "yes" } else { "no" })
        .output()
        .expect("node starts");
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// Whether what is installed is what the lock file names.
fn up_to_date(e2e: &Path) -> bool {
    let modified = |path: &str| e2e.join(path).metadata().and_then(|metadata| metadata.modified()).ok();
    modified("node_modules/.package-lock.json")
        .is_some_and(|installed| modified("package-lock.json").is_none_or(|wanted| installed >= wanted))
}
