//! What Linode does after it has answered: jobs that go on by steps, which a test takes, and their events.

use serde_json::{Value, json};

use super::{Account, documents};

/// A job on a server.
#[derive(Clone)]
pub(super) struct Job {
    event: u64,
    instance: u64,
    effect: Effect,
}

/// What is different when a job is done.
#[derive(Clone)]
pub(super) enum Effect {
    /// The server has this status.
    Status(&'static str),
    /// It also has another type.
    Type(String, &'static str),
    /// It also has another image.
    Image(String, &'static str),
    /// Root has another password.
    Password(String),
    /// The snapshot is there.
    Snapshot,
}

impl Account {
    /// Writes down that something has happened at once.
    pub(super) fn note(&mut self, instance: u64, action: &str) -> u64 {
        self.event(instance, action, "notification")
    }

    /// Begins a job: its event is scheduled, and the server is busy until it ends.
    pub(super) fn begin(&mut self, instance: u64, action: &str, effect: Effect) {
        let event = self.event(instance, action, "scheduled");
        self.jobs.push(Job {
            event,
            instance,
            effect,
        });
    }

    fn event(&mut self, instance: u64, action: &str, status: &str) -> u64 {
        let id = self.fresh_id();
        let found = self.instances.iter().find(|server| server["id"] == instance);
        let label = found.map_or(Value::Null, |server| server["label"].clone());
        self.events.push(json!({
            "id": id, "action": action, "created": "2026-01-01T12:00:00", "status": status,
            "entity": {"id": instance, "label": label, "type": "linode", "url": format!("/v4/linode/instances/{instance}")},
            "secondary_entity": null, "username": "reseller", "message": null, "seen": false, "read": false,
            "percent_complete": 0, "duration": null, "time_remaining": null, "rate": null
        }));
        id
    }

    /// Whether a job on this server goes on.
    pub(super) fn is_busy(&self, instance: u64) -> bool {
        self.jobs.iter().any(|job| job.instance == instance)
    }

    /// Takes every job that goes on a step further: what is scheduled begins, what has begun ends.
    pub fn step(&mut self) {
        let mut going = Vec::new();
        for job in std::mem::take(&mut self.jobs) {
            let found = self.events.iter_mut().find(|event| event["id"] == job.event);
            let event = found.expect("the event of a job");
            if event["status"] == "scheduled" {
                event["status"] = json!("started");
                event["percent_complete"] = json!(50);
                event["duration"] = json!(12.5);
                event["time_remaining"] = json!("0:00:20");
                event["rate"] = json!("464.00 MB/s");
                going.push(job);
                continue;
            }
            event["duration"] = json!(25);
            event["time_remaining"] = json!(0);
            if self.failing_jobs > 0 {
                self.failing_jobs -= 1;
                event["status"] = json!("failed");
                self.finish(&Job {
                    effect: Effect::Status("offline"),
                    ..job
                });
            } else {
                event["status"] = json!("finished");
                event["percent_complete"] = json!(100);
                self.finish(&job);
            }
        }
        self.jobs = going;
    }

    fn finish(&mut self, job: &Job) {
        let id = job.instance;
        if let Effect::Password(password) = &job.effect {
            self.passwords.insert(id, password.clone());
        }
        if matches!(job.effect, Effect::Snapshot) {
            let all = self.backups.entry(id).or_insert_with(documents::backups);
            let mut done = all["snapshot"]["in_progress"].take();
            done["status"] = json!("successful");
            done["available"] = json!(true);
            all["snapshot"]["current"] = done;
        }
        let Some(server) = self.instances.iter_mut().find(|server| server["id"] == id) else {
            return;
        };
        match &job.effect {
            Effect::Status(status) => server["status"] = json!(status),
            Effect::Type(type_id, status) => {
                server["type"] = json!(type_id);
                server["status"] = json!(status);
            }
            Effect::Image(image, status) => {
                server["image"] = json!(image);
                server["status"] = json!(status);
            }
            Effect::Password(_) | Effect::Snapshot => {}
        }
    }
}
