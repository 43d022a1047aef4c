//! What an account does when it is told to.

use serde_json::{Value, json};

use super::{Account, Reply, account::Asked, documents, jobs::Effect};

impl Account {
    pub(super) fn write(&mut self, asked: &Asked<'_>) -> Reply {
        let parts: Vec<&str> = asked.path.trim_start_matches('/').split('/').collect();
        match (asked.method, parts.as_slice()) {
            ("POST", ["linode", "instances"]) => self.create(asked.body),
            ("PUT", ["networking", "ips", address]) => self.name_address(address, asked.body),
            (method, ["linode", "instances", id, rest @ ..]) => {
                let id = id.parse().ok();
                let known = id.filter(|id| self.instances.iter().any(|instance| instance["id"] == *id));
                match known {
                    Some(id) => self.change(id, method, rest, asked.body),
                    None => Reply::error(404, "Not found"),
                }
            }
            _ => Reply::error(405, "Method Not Allowed"),
        }
    }

    fn create(&mut self, body: &Value) -> Reply {
        if !self.regions.iter().any(|region| region["id"] == body["region"]) {
            return Reply::on_field("region", "region is not valid");
        }
        if !self.types.iter().any(|sold| sold["id"] == body["type"]) {
            return Reply::on_field("type", "A valid plan type by that ID was not found");
        }
        if !body["image"].is_null() && !body["backup_id"].is_null() {
            return Reply::on_field("image", "Cannot specify both image and backup_id");
        }
        if let Some(refused) = self.refuse_disks(body) {
            return refused;
        }
        let id = self.fresh_id();
        let label = body["label"]
            .as_str()
            .map_or_else(|| format!("linode{id}"), str::to_owned);
        if self.instances.iter().any(|instance| instance["label"] == label) {
            return Reply::on_field("label", "Label must be unique among your linodes");
        }
        let filled = !body["image"].is_null() || !body["backup_id"].is_null();
        let starts = body["booted"].as_bool().unwrap_or(filled);
        let mut server = documents::instance(id);
        server["label"] = json!(label);
        if let Some(at) = &self.made_at {
            server["created"] = json!(at);
        }
        server["status"] = json!("provisioning");
        server["image"] = body["image"].clone();
        server["type"] = body["type"].clone();
        server["region"] = body["region"].clone();
        server["tags"] = body.get("tags").cloned().unwrap_or_else(|| json!([]));
        server["has_user_data"] = json!(body["metadata"]["user_data"].is_string());
        server["backups"]["enabled"] = json!(body["backups_enabled"] == true);
        self.instances.push(server.clone());
        self.keep_password(id, body);
        let status = if starts { "running" } else { "offline" };
        self.begin(id, "linode_create", Effect::Status(status));
        Reply::ok(&server)
    }

    /// Why disks can't be made so.
    fn refuse_disks(&self, body: &Value) -> Option<Reply> {
        let image = body.get("image")?;
        if !self.images.iter().any(|own| own["id"] == *image) {
            return Some(Reply::on_field("image", "image is not valid"));
        }
        let none = |key: &str| body[key].as_array().is_none_or(Vec::is_empty);
        let password = body["root_pass"].as_str();
        if password.is_none() && none("authorized_keys") && none("authorized_users") {
            return Some(Reply::on_field("root_pass", "root_pass is required"));
        }
        if password.is_some_and(|password| password.eq_ignore_ascii_case("password")) {
            let reason = "Password does not meet strength requirement.";
            return Some(Reply::on_field("root_pass", reason));
        }
        let script = body.get("stackscript_id")?;
        let Some(script) = self.stackscripts.iter().find(|own| own["id"] == *script) else {
            return Some(Reply::on_field("stackscript_id", "stackscript_id is not valid"));
        };
        let fields = script["user_defined_fields"].as_array().into_iter().flatten();
        let mut open = fields.filter(|field| field["header"].is_null() && field["default"].is_null());
        let missing = open.find(|field| {
            let name = field["name"].as_str().unwrap_or_default();
            body["stackscript_data"][name].is_null()
        })?;
        let name = missing["name"].as_str().unwrap_or_default();
        Some(Reply::on_field("stackscript_data", &format!("{name} is required")))
    }

    fn keep_password(&mut self, id: u64, body: &Value) {
        if let Some(password) = body["root_pass"].as_str() {
            self.passwords.insert(id, password.to_owned());
        }
    }

    fn change(&mut self, id: u64, method: &str, rest: &[&str], body: &Value) -> Reply {
        // A name may be given at any time; everything else waits for the job before.
        if method != "PUT" && self.is_busy(id) {
            return Reply::error(400, "Linode busy.");
        }
        let status = self.server(id)["status"].as_str().unwrap_or_default().to_owned();
        let running = status == "running";
        let done = Reply::ok(&json!({}));
        match (method, rest) {
            ("PUT", []) => {
                let label = &body["label"];
                let taken = |instance: &Value| instance["id"] != id && instance["label"] == *label;
                if self.instances.iter().any(taken) {
                    return Reply::on_field("label", "Label must be unique among your linodes");
                }
                self.server(id)["label"] = label.clone();
                self.note(id, "linode_update");
                Reply::ok(self.server(id))
            }
            ("DELETE", []) => {
                self.note(id, "linode_delete");
                self.remove(id);
                self.backups.remove(&id);
                done
            }
            ("POST", ["boot"]) if running => Reply::error(400, &format!("Linode {id} already booted.")),
            ("POST", ["boot"]) => self.work(id, "booting", "linode_boot", Effect::Status("running")),
            ("POST", ["shutdown"]) => self.work(id, "shutting_down", "linode_shutdown", Effect::Status("offline")),
            ("POST", ["reboot"]) if !running => Reply::error(400, "Linode must be running to reboot."),
            ("POST", ["reboot"]) => self.work(id, "rebooting", "linode_reboot", Effect::Status("running")),
            ("POST", ["resize"]) => {
                let type_id = body["type"].as_str().unwrap_or_default().to_owned();
                if !self.types.iter().any(|sold| sold["id"] == type_id) {
                    return Reply::on_field("type", "A valid plan type by that ID was not found");
                }
                self.note(id, "linode_resize_create");
                let after = if running { "running" } else { "offline" };
                self.work(id, "resizing", "linode_resize", Effect::Type(type_id, after))
            }
            ("POST", ["rebuild"]) => {
                if let Some(refused) = self.refuse_disks(body) {
                    return refused;
                }
                let image = body["image"].as_str().unwrap_or_default().to_owned();
                let after = if body["booted"] == false { "offline" } else { "running" };
                self.keep_password(id, body);
                self.work(id, "rebuilding", "linode_rebuild", Effect::Image(image, after));
                Reply::ok(self.server(id))
            }
            ("POST", ["password"]) if status != "offline" => {
                Reply::error(400, "Linode must be powered off to reset the root password.")
            }
            ("POST", ["password"]) => {
                let password = body["root_pass"].as_str().unwrap_or_default().to_owned();
                self.work(id, "offline", "password_reset", Effect::Password(password))
            }
            ("POST", ["backups", "enable"]) => {
                self.server(id)["backups"]["enabled"] = json!(true);
                self.note(id, "backups_enable");
                done
            }
            ("POST", ["backups", "cancel"]) => {
                self.server(id)["backups"]["enabled"] = json!(false);
                self.backups.remove(&id);
                self.note(id, "backups_cancel");
                done
            }
            ("POST", ["backups"]) => {
                if self.server(id)["backups"]["enabled"] != true {
                    return Reply::error(400, "Backups are not enabled for this Linode.");
                }
                let snapshot = documents::backup(self.fresh_id(), "snapshot", body["label"].as_str(), "pending");
                let all = self.backups.entry(id).or_insert_with(documents::backups);
                all["snapshot"]["in_progress"] = snapshot.clone();
                self.begin(id, "linode_snapshot", Effect::Snapshot);
                Reply::ok(&snapshot)
            }
            ("POST", ["backups", _, "restore"]) => {
                let target = body["linode_id"].as_u64().unwrap_or_default();
                if self.is_busy(target) {
                    return Reply::error(400, "Linode busy.");
                }
                if !self.instances.iter().any(|instance| instance["id"] == target) {
                    return Reply::on_field("linode_id", "linode_id is not valid");
                }
                if body["overwrite"] != true {
                    return Reply::error(400, "Not enough free space on the target.");
                }
                self.work(target, "restoring", "backups_restore", Effect::Status("offline"))
            }
            _ => Reply::error(405, "Method Not Allowed"),
        }
    }

    fn work(&mut self, id: u64, status: &str, action: &str, effect: Effect) -> Reply {
        self.server(id)["status"] = json!(status);
        self.begin(id, action, effect);
        Reply::ok(&json!({}))
    }

    fn name_address(&mut self, address: &str, body: &Value) -> Reply {
        if self.address(address).is_none() {
            return Reply::error(404, "Not found");
        }
        match body["rdns"].as_str() {
            Some(name) if name.contains("elsewhere") => {
                return Reply::on_field("rdns", "Unable to perform a lookup: the name leads to another address");
            }
            Some(name) => {
                self.rdns.insert(address.to_owned(), name.to_owned());
            }
            None => {
                self.rdns.remove(address);
            }
        }
        let named = self.address(address).unwrap_or_default();
        Reply::ok(&named)
    }
}
