//! What the client sends, and over how many connections.

use cs_tests::docker::Said;
use providers::docker::{ContainerSpec, DockerError, PublishedPort};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::shared::{call, stand_in};

const ID: &str = "e90e34656806b9d7c4f2a1d0e5c6b7a8e90e34656806b9d7c4f2a1d0e5c6b7a8";

#[tokio::test]
async fn connections_are_used_again() {
    let (stand_in, docker) = stand_in();
    stand_in.say("/containers/json", Said::json(200, &json!([{ "Id": ID }])));
    stand_in.say("/_ping", Said::Whole(200, vec![], b"OK".to_vec()));
    let path = format!("/containers/{ID}/start");
    stand_in.say(&path, Said::Whole(304, vec![("Api-Version", "1.41")], vec![]));
    stand_in.say(&format!("/containers/{ID}/kill"), Said::error(409, "no"));
    for _ in 0..5 {
        docker.ping(&call()).await.unwrap();
        docker.containers(&call()).await.unwrap();
        docker.start(ID, &call()).await.unwrap();
        docker.kill(ID, None, &call()).await.unwrap_err();
    }
    assert_eq!(stand_in.heard().len(), 20);
    assert_eq!(stand_in.connections(), 1);
}

#[tokio::test]
async fn an_order_is_sent_with_all_that_belongs_to_it() {
    let (stand_in, docker) = stand_in();
    stand_in.say("/containers/json", Said::json(200, &json!([])));
    stand_in.say(
        "/containers/create",
        Said::json(201, &json!({"Id": ID, "Warnings": null})),
    );
    stand_in.say(&format!("/containers/{ID}/json"), Said::json(200, &json!({ "Id": ID })));
    let mut spec = ContainerSpec::new("order-17", "web", "registry.example:5000/shop/web:1");
    spec.environment = vec![("TOKEN".to_owned(), SecretString::from("hunter2"))];
    spec.ports = vec![PublishedPort {
        inside: 80,
        protocol: "tcp".to_owned(),
        outside: Some(8080),
        address: None,
    }];
    spec.command = vec!["serve".to_owned(), "--all".to_owned()];
    docker.create(&spec, &call()).await.unwrap();
    let heard = stand_in.heard();
    let create = heard.iter().find(|heard| heard.method == "POST").unwrap();
    assert_eq!(create.target, "/containers/create?name=web");
    let body: Value = serde_json::from_str(&create.body).unwrap();
    assert_eq!(body["Image"], "registry.example:5000/shop/web:1");
    assert_eq!(body["Env"], json!(["TOKEN=hunter2"]));
    assert_eq!(body["Cmd"], json!(["serve", "--all"]));
    assert_eq!(body["Labels"], json!({"containerstacks.key": "order-17"}));
    assert_eq!(
        body["HostConfig"]["PortBindings"],
        json!({"80/tcp": [{"HostPort": "8080"}]})
    );
    assert!(
        heard[0].target.contains("containerstacks.key%3Dorder-17"),
        "{}",
        heard[0].target
    );
}

#[tokio::test]
async fn a_pull_tells_how_far_it_is_and_why_it_failed() {
    let (stand_in, docker) = stand_in();
    let lines = [
        json!({"status": "Pulling from shop/web", "id": "1"}),
        json!({"status": "Pulling fs layer", "progressDetail": {}, "id": "a"}),
        json!({"status": "Downloading", "progressDetail": {"current": 50, "total": 200}, "id": "a"}),
    ];
    let body = |last: Value| {
        let lines = lines.iter().chain([&last]).map(Value::to_string);
        let body = lines.collect::<Vec<_>>().join("\r\n");
        Said::Whole(200, vec![], body.into_bytes())
    };
    stand_in.say("/images/create", body(json!({"status": "Pull complete", "id": "a"})));
    let mut far = Vec::new();
    let pulled = docker.pull("shop/web:1", &call(), |progress| far.push(progress)).await;
    assert_eq!(pulled, Ok(()));
    assert_eq!((far[2].bytes, far[2].total, far[2].done, far[2].of), (50, 200, 0, 1));
    assert_eq!((far[3].bytes, far[3].done), (200, 1));
    assert_eq!(stand_in.heard()[0].target, "/images/create?fromImage=shop%2Fweb&tag=1");

    let full = "failed to register layer: write /x: no space left on device";
    for (message, code) in [
        (full, "docker_out_of_space"),
        ("unauthorized: authentication required", "docker_registry"),
    ] {
        let line = json!({"errorDetail": {"message": message}, "error": message});
        stand_in.say("/images/create", body(line));
        let error = docker.pull("shop/web:1", &call(), |_| ()).await.unwrap_err();
        assert_eq!(error.code(), code);
    }
    stand_in.say(
        "/images/create",
        Said::error(404, "pull access denied for shop/web, repository does not exist"),
    );
    let error = docker.pull("shop/web:1", &call(), |_| ()).await.unwrap_err();
    assert!(
        matches!(&error, DockerError::Registry { image, .. } if image == "shop/web:1"),
        "{error:?}"
    );
    for wrong in ["", "no image", "web:1:2"] {
        let error = docker.pull(wrong, &call(), |_| ()).await.unwrap_err();
        assert_eq!(error.code(), "docker_rejected");
    }
}
