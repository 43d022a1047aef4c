use super::*;

fn spec() -> ContainerSpec {
    ContainerSpec::new("key-1", "web-1", "shop/web:1")
}

fn refused(change: impl FnOnce(&mut ContainerSpec)) -> String {
    let mut spec = spec();
    change(&mut spec);
    check(&spec).expect_err("refused").to_string()
}

#[test]
fn what_an_engine_would_misread_is_refused_without_repeating_a_secret() {
    assert!(check(&spec()).is_ok());
    let said = refused(|spec| spec.environment.push((String::new(), SecretString::from("hunter2"))));
    assert!(!said.contains("hunter2"), "{said}");
    refused(|spec| spec.environment.push(("A".to_owned(), SecretString::from("b\0c"))));
    refused(|spec| spec.key.clear());
    refused(|spec| spec.name = "../x".to_owned());
    refused(|spec| spec.image = "not an image".to_owned());
    refused(|spec| spec.limits.memory = Some(0));
    refused(|spec| spec.limits.nano_cpus = Some(u64::MAX));
    refused(|spec| spec.restart = RestartPolicy::Other("maybe".to_owned()));
    refused(|spec| drop(spec.labels.insert(KEY_LABEL.to_owned(), String::new())));
    for (source, target) in [("data", "relative"), ("./here", "/x"), ("/a:/b", "/x"), ("/a", "/x:rw")] {
        refused(|spec| {
            spec.volumes.push(Volume {
                source: source.to_owned(),
                target: target.to_owned(),
                read_only: false,
            });
        });
    }
}

#[test]
fn what_is_sent_says_what_was_wanted() {
    let mut spec = spec();
    spec.limits = WantedLimits {
        nano_cpus: Some(500_000_000),
        memory: Some(64 << 20),
        disk: Some(DiskLimit {
            bytes: 1 << 30,
            required: false,
        }),
    };
    spec.restart = RestartPolicy::OnFailure(3);
    for address in ["127.0.0.1", "::1"] {
        spec.ports.push(PublishedPort {
            inside: 80,
            protocol: "tcp".to_owned(),
            outside: Some(8080),
            address: address.parse().ok(),
        });
    }
    spec.environment.push(("TOKEN".to_owned(), SecretString::from("a=b")));
    let json = serde_json::to_value(body(&spec, true)).unwrap();
    assert_eq!(json["HostConfig"]["NanoCpus"], 500_000_000);
    assert_eq!(json["HostConfig"]["MemorySwap"], 64 << 20);
    assert_eq!(json["HostConfig"]["StorageOpt"]["size"], "1073741824");
    assert_eq!(json["HostConfig"]["RestartPolicy"]["Name"], "on-failure");
    assert_eq!(
        json["HostConfig"]["PortBindings"]["80/tcp"].as_array().unwrap().len(),
        2
    );
    assert_eq!(json["Env"][0], "TOKEN=a=b");
    assert_eq!(json["Labels"][KEY_LABEL], "key-1");
    let without = serde_json::to_value(body(&spec, false)).unwrap();
    assert!(without["HostConfig"].get("StorageOpt").is_none());
    assert!(!format!("{spec:?}").contains("a=b"));
}
