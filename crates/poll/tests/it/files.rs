//! Folders and memory hold a poll's files alike.

use poll::{Files, Folder, InMemory, KeyFile, Kind, Replace};
use vote::{Randomness, Seeded};

#[test]
fn a_folder_and_memory_behave_alike() {
    let folder = tempfile::tempdir().expect("a folder");
    let kinds: [Box<dyn Files>; 2] = [Box::new(Folder(folder.path().join("POLL"))), Box::new(InMemory::default())];
    for mut files in kinds {
        assert_eq!(files.get("a/b.json"), Ok(None));
        assert_eq!(files.has("a/b.json"), Ok(false));
        files.put("a/b.json", b"{}", Replace::No).expect("written");
        files.put("c.json", b"x", Replace::No).expect("written");
        let refused = files.put("a/b.json", b"[]", Replace::No).expect_err("there");
        assert!(refused.kind == Kind::Input && refused.why.ends_with("a/b.json is already there; nothing was written"), "{}", refused.why);
        assert_eq!(files.get("a/b.json"), Ok(Some(b"{}".to_vec())));
        files.put("a/b.json", b"[]", Replace::Yes).expect("replaced");
        assert_eq!(files.demand("a/b.json"), Ok(b"[]".to_vec()));
        assert_eq!(files.names().expect("names"), ["a/b.json", "c.json"]);
        assert!(files.demand("d.json").expect_err("not there").why.ends_with("d.json is not there"));
        assert!(files.json("c.json").expect_err("no JSON").why.ends_with("c.json is not a JSON file"));
    }
}

#[test]
fn a_key_file_is_read_back_as_it_was_and_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("trustee.key");
    let mut source = Seeded::new(b"key");
    let key = KeyFile::random("trustee", &mut Randomness::new(&mut source)).expect("a key");
    key.write(&path, Replace::No).expect("written");
    assert_eq!(std::fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o600);
    let read = KeyFile::of_role(&path, &["trustee"]).expect("a key");
    assert_eq!(*read.text(), *key.text());
    assert!(KeyFile::of_role(&path, &["officer"]).err().expect("another role").why.contains("this step is for the officer"));
    assert!(key.write(&path, Replace::No).is_err());
    assert!(KeyFile::random("voter", &mut Randomness::new(&mut source)).is_err());
    assert!(KeyFile::read("{}", "a file").err().expect("no key").why.contains("a file is not a key file"));
}
