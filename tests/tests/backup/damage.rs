//! What happens to backups that lie about: cut, changed, exchanged, taken wrongly.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use app::backup::{ARCHIVE, BackupError, Lock, Opener, SecretKey, State, list};
use serde_json::{Value, json};
use vault::{SealedWriter, open_stream};

use super::creating::limited;
use cs_tests::pg_dump::with_pg_dump;

use super::shared::{Yard, address, verify_with};

fn beside(archive: &Path) -> PathBuf {
    PathBuf::from(archive.to_str().unwrap().replace(ARCHIVE, ".json"))
}

#[tokio::test]
async fn a_changed_byte_and_a_cut_are_found_wherever_they_are() {
    let yard = Yard::new().await;
    let created = yard.create().await;
    let whole = fs::read(&created.archive).unwrap();
    let is_told = async |what: String| {
        let error = yard.verify(&created.archive).await.unwrap_err();
        assert!(matches!(error, BackupError::Damaged(_)), "{what}: {error}");
        let entries = list(&yard.folder(), false).unwrap();
        assert_eq!(entries[0].state, State::Damaged, "{what}");
        assert!(entries[0].problem.is_some());
    };
    for place in [
        0,
        30,
        90,
        150,
        400,
        whole.len() / 3,
        whole.len() / 2,
        whole.len() - 40,
        whole.len() - 1,
    ] {
        let mut changed = whole.clone();
        changed[place] ^= 0x20;
        fs::write(&created.archive, changed).unwrap();
        is_told(format!("byte {place} of {}", whole.len())).await;
        // Its hash says so too, without the key.
        fs::remove_file(created.archive.to_str().unwrap().replace(ARCHIVE, ".evidence.json")).unwrap();
        assert_eq!(list(&yard.folder(), false).unwrap()[0].state, State::Claimed);
        assert_eq!(list(&yard.folder(), true).unwrap()[0].state, State::Damaged);
    }
    for length in [0, 20, 120, 300, whole.len() / 2, whole.len() - 16, whole.len() - 1] {
        fs::write(&created.archive, &whole[..length]).unwrap();
        is_told(format!("cut after {length} of {}", whole.len())).await;
    }
    let mut longer = whole.clone();
    longer.extend_from_slice(b"more");
    fs::write(&created.archive, longer).unwrap();
    is_told("something behind it".to_owned()).await;
    // Put right, it is one again, and what was found before is over.
    fs::write(&created.archive, &whole).unwrap();
    yard.verify(&created.archive).await.unwrap();
    assert_eq!(list(&yard.folder(), true).unwrap()[0].state, State::Verified);
}

#[tokio::test]
async fn what_lies_beside_counts_for_nothing_that_is_not_inside() {
    let yard = Yard::new().await;
    let (one, other) = (yard.create().await, yard.create().await);
    let text = fs::read_to_string(beside(&one.archive)).unwrap();
    let with = |change: &dyn Fn(&mut Value)| {
        let mut manifest: Value = serde_json::from_str(&text).unwrap();
        change(&mut manifest);
        manifest.to_string()
    };
    let of_other = fs::read_to_string(beside(&other.archive)).unwrap();
    let other_archive: Value = serde_json::from_str(&of_other).unwrap();
    for (what, changed) in [
        ("another backup's", of_other.clone()),
        (
            "a count",
            with(&|manifest| manifest["tables"][0]["rows"] = json!(1_000_000)),
        ),
        (
            "a table less",
            with(&|manifest| drop(manifest["tables"].as_array_mut().unwrap().pop())),
        ),
        (
            "a time",
            with(&|manifest| manifest["taken_at"] = json!("2031-01-01T00:00:00Z")),
        ),
        (
            "another's file",
            with(&|manifest| manifest["archive"] = other_archive["archive"].clone()),
        ),
        (
            "no file",
            with(&|manifest| drop(manifest.as_object_mut().unwrap().remove("archive"))),
        ),
    ] {
        fs::write(beside(&one.archive), changed).unwrap();
        let error = yard.verify(&one.archive).await.unwrap_err();
        assert!(matches!(error, BackupError::Damaged(_)), "{what}: {error}");
    }
    // The archive exchanged for another, whole one.
    fs::write(beside(&one.archive), &text).unwrap();
    fs::copy(&other.archive, &one.archive).unwrap();
    let error = yard.verify(&one.archive).await.unwrap_err();
    assert!(matches!(error, BackupError::Damaged(_)), "{error}");
    // Proof of one file is none of another.
    fs::copy(
        other.archive.to_str().unwrap().replace(ARCHIVE, ".json"),
        beside(&one.archive),
    )
    .unwrap();
    yard.verify(&other.archive).await.unwrap();
    let mut newer: Value = serde_json::from_str(&text).unwrap();
    newer["form"] = json!(2);
    fs::write(beside(&one.archive), newer.to_string()).unwrap();
    assert!(matches!(
        yard.verify(&one.archive).await.unwrap_err(),
        BackupError::Newer(2)
    ));
}

#[tokio::test]
async fn a_lost_manifest_is_written_anew_from_inside() {
    let yard = Yard::new().await;
    let created = yard.create().await;
    let text = fs::read_to_string(beside(&created.archive)).unwrap();
    fs::remove_file(beside(&created.archive)).unwrap();
    assert_eq!(list(&yard.folder(), false).unwrap()[0].state, State::Damaged);
    let verified = yard.verify(&created.archive).await.unwrap();
    assert!(verified.manifest_renewed);
    assert_eq!(fs::read_to_string(beside(&created.archive)).unwrap(), text);
    assert_eq!(list(&yard.folder(), true).unwrap()[0].state, State::Verified);
    // The manifest without its archive is no backup.
    fs::remove_file(&created.archive).unwrap();
    let entries = list(&yard.folder(), false).unwrap();
    assert_eq!((entries.len(), entries[0].state), (1, State::Damaged));
}

#[tokio::test]
async fn something_else_is_no_backup() {
    let yard = Yard::new().await;
    fs::create_dir_all(yard.folder()).unwrap();
    let file = yard.folder().join(format!("foreign{ARCHIVE}"));
    for content in [b"".as_slice(), b"PGDMP not sealed at all", &[0xff; 5000]] {
        fs::write(&file, content).unwrap();
        let error = yard.verify(&file).await.unwrap_err();
        assert!(
            matches!(error, BackupError::NotABackup { .. } | BackupError::Damaged(_)),
            "{error}"
        );
    }
    // Sealed under our key, by somebody who knows its public part, and something else.
    let lock = Lock::PublicKeys(vec![yard.key.public_key()]);
    let mut writer = SealedWriter::begin(Vec::new(), &lock).unwrap();
    writer.write_all(b"PGDMP and so on").unwrap();
    fs::write(&file, writer.finish().unwrap()).unwrap();
    let error = yard.verify(&file).await.unwrap_err();
    assert!(matches!(error, BackupError::NotABackup { .. }), "{error}");
    let missing = yard.verify(&yard.folder().join("missing.dump.age")).await.unwrap_err();
    assert!(matches!(missing, BackupError::File { .. }), "{missing}");
    let wrong = Opener::SecretKey(SecretKey::random());
    let created = yard.create().await;
    let error = verify_with(&created.archive, &wrong).await.unwrap_err();
    assert!(matches!(error, BackupError::WrongKey), "{error}");
}

/// The dump and the manifest inside an archive.
fn inside(archive: &Path, opener: &Opener) -> (Vec<u8>, Value) {
    let mut plain = Vec::new();
    let file = fs::File::open(archive).unwrap();
    open_stream(file, opener).unwrap().read_to_end(&mut plain).unwrap();
    let end = plain.len() - 20;
    let length = usize::try_from(u32::from_be_bytes(plain[end..end + 4].try_into().unwrap())).unwrap();
    let manifest = serde_json::from_slice(&plain[end - length..end]).unwrap();
    plain.truncate(end - length);
    (plain, manifest)
}

#[tokio::test]
async fn an_older_archive_that_was_dumped_under_row_level_security_is_recognized() {
    let yard = Yard::new().await;
    let created = yard.create().await;
    let (dump, mut manifest) = inside(&created.archive, &yard.opener());
    assert!(dump.starts_with(b"PGDMP"));
    // What a program that doesn't compare would have written: pg_dump over a login that sees a part, with exit code 0.
    let (name, password) = limited(&yard).await;
    let place = address(&yard.login.url);
    let bin = yard.root.path().join("bin");
    with_pg_dump(&bin, "exec REAL \"$@\"");
    let output = Command::new(bin.join("pg_dump"))
        .args([
            "--format=custom",
            "--enable-row-security",
            "--no-blobs",
            "--no-password",
        ])
        .env("PGHOST", &place.host)
        .env("PGPORT", place.port.to_string())
        .env("PGDATABASE", &place.database)
        .env("PGUSER", name)
        .env("PGPASSWORD", password)
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success());
    assert_ne!(output.stdout, dump);
    let tell = |manifest: &mut Value, dump: &[u8]| {
        let sum = yard.private("dump", "");
        fs::write(&sum, dump).unwrap();
        let said = Command::new("sha256sum").arg(&sum).output().unwrap();
        let hash = String::from_utf8(said.stdout)
            .unwrap()
            .split(' ')
            .next()
            .unwrap()
            .to_owned();
        manifest["dump"]["bytes"] = json!(dump.len());
        manifest["dump"]["sha256"] = json!(hash);
    };
    tell(&mut manifest, &output.stdout);
    let text = manifest.to_string();
    let lock = Lock::PublicKeys(vec![yard.key.public_key()]);
    let seal = |dump: &[u8]| {
        let mut writer = SealedWriter::begin(Vec::new(), &lock).unwrap();
        for part in [
            dump,
            text.as_bytes(),
            &u32::try_from(text.len()).unwrap().to_be_bytes(),
            b"containerstacks1",
        ] {
            writer.write_all(part).unwrap();
        }
        writer.finish().unwrap()
    };
    let folder = yard.root.path().join("older");
    fs::create_dir(&folder).unwrap();
    let archive = folder.join(format!("older{ARCHIVE}"));
    fs::write(&archive, seal(&output.stdout)).unwrap();
    let error = yard.verify(&archive).await.unwrap_err();
    let BackupError::Differs(tables) = &error else {
        panic!("{error}");
    };
    assert!(
        tables.iter().any(|table| table == "public.users has 0 of 6 rows"),
        "{tables:?}"
    );
    // A dump that isn't the one that the manifest was written for.
    fs::write(&archive, seal(&dump)).unwrap();
    let error = yard.verify(&archive).await.unwrap_err();
    assert!(matches!(error, BackupError::Damaged(_)), "{error}");
}

#[tokio::test]
async fn age_and_pg_restore_alone_open_it() {
    let yard = Yard::new().await;
    let created = yard.create().await;
    // What `age -d` would write: the dump, with our manifest behind it.
    let mut plain = Vec::new();
    let file = fs::File::open(&created.archive).unwrap();
    open_stream(file, &yard.opener())
        .unwrap()
        .read_to_end(&mut plain)
        .unwrap();
    let bin = yard.root.path().join("bin");
    with_pg_dump(&bin, "exec REAL \"$@\"");
    let mut reader = Command::new(bin.join("pg_restore"))
        .args(["--file=-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = reader.stdin.take().unwrap();
    let feeding = std::thread::spawn(move || drop(input.write_all(&plain)));
    let output = reader.wait_with_output().unwrap();
    feeding.join().unwrap();
    assert!(output.status.success());
    let script = String::from_utf8(output.stdout).unwrap();
    assert!(script.contains("maya@halyard.example") && script.contains("CREATE POLICY backup_all"));
}
