//! What is secret shows up nowhere: not in debug output, not in errors, not in the log.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex},
};

use cs_tests::linode::{Fault, Reply, TOKEN};
use providers::linode::{Access, Call, DiskSource, Rebuild, UserData};
use secrecy::SecretString;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::shared::{PASSWORD, order, with};

const DATA: &str = "#cloud-config\nchpasswd: us3r-data-secret";
const ANSWER: &str = "5hop-database-pass";

/// A log that is kept.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// None of them, in no shape.
fn is_quiet(shown: &str) {
    let encoded = "I2Nsb3VkLWNvbmZpZ";
    for secret in [PASSWORD, ANSWER, TOKEN, "us3r-data-secret", encoded] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[tokio::test]
async fn no_debug_error_or_log_holds_a_secret() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let (stand_in, linode, _dial) = with(1).await;
    let call = Call::new();
    let script = linode.stackscript(501, &call).await.unwrap().unwrap();
    let answers = BTreeMap::from([
        ("domain".to_owned(), SecretString::from("shop.example")),
        ("db_password".to_owned(), SecretString::from(ANSWER)),
    ]);
    let mut new = order("web-01");
    new.stackscript = Some(script.answered(answers).unwrap());
    new.user_data = Some(UserData::new(DATA).unwrap());
    is_quiet(&format!("{new:?} {linode:?}"));
    let create = "POST /linode/instances";
    // Whoever answers may repeat what was sent.
    let reasons = [
        format!("{PASSWORD} is too weak"),
        format!("db_password: {ANSWER} is not allowed"),
        "line 2: chpasswd: us3r-data-secret".to_owned(),
        "I2Nsb3VkLWNvbmZpZwpjaHBhc3N3ZDogdXMzci1kYXRhLXNlY3JldA== is bad".to_owned(),
        "No room in this region".to_owned(),
    ];
    let errors: Vec<_> = reasons
        .iter()
        .map(|reason| json!({ "reason": reason, "field": null }))
        .collect();
    let echo = Reply {
        status: 400,
        ..Reply::ok(&json!({ "errors": errors }))
    };
    stand_in.on(create, 1, echo.into());
    let error = linode.create(&new, &call).await.unwrap_err();
    is_quiet(&format!("{error} {error:?}"));
    assert!(error.to_string().contains("No room in this region"), "{error}");
    // Even as a page of somebody on the way, or as another's server.
    let page = Reply {
        status: 502,
        ..Reply::ok(&json!({ "sent": PASSWORD }))
    };
    stand_in.on(create, 1, page.into());
    let error = linode.create(&new, &call).await.unwrap_err();
    is_quiet(&format!("{error} {error:?}"));
    stand_in.on(
        create,
        1,
        Fault::Body(json!({ "label": PASSWORD, "warnings": [PASSWORD] }).to_string()),
    );
    let error = linode.create(&new, &call).await.unwrap_err();
    is_quiet(&format!("{error} {error:?}"));
    let rebuild = Rebuild {
        image: "linode/debian12".to_owned(),
        access: Access::password(SecretString::from(PASSWORD)),
        stackscript: new.stackscript.clone(),
        user_data: new.user_data.clone(),
        booted: None,
        type_id: None,
    };
    let access = Access::password(SecretString::from(PASSWORD));
    let image = "private/77".to_owned();
    is_quiet(&format!("{rebuild:?} {:?}", DiskSource::Image { image, access }));
    let weak = || Reply::on_field("root_pass", &format!("{PASSWORD}: too weak"));
    stand_in.on("POST /linode/instances/1/rebuild", 1, weak().into());
    let error = linode.rebuild(1, &rebuild, &call).await.unwrap_err();
    is_quiet(&format!("{error} {error:?}"));
    stand_in.account().server(1)["status"] = json!("offline");
    stand_in.on("POST /linode/instances/1/password", 1, weak().into());
    let secret = SecretString::from(PASSWORD);
    let error = linode.reset_password(1, &secret, &call).await.unwrap_err();
    is_quiet(&format!("{error} {error:?}"));
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        logged.contains("an order to Linode failed"),
        "the log was kept: {logged}"
    );
    is_quiet(&logged);
    let sent = stand_in.sent(create);
    assert_eq!(sent[0]["root_pass"], PASSWORD, "but it was sent");
}
