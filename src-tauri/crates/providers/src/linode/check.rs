//! What can be known of an order before it is sent. The names of fields are Linode's, so that a form shows its own
//! flaws and Linode's in the same place.

use secrecy::{ExposeSecret, SecretString};

use super::{Reason, image::is_image_id};

/// Who may enter a new system. At least one way in is needed.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// The password of root: 7 to 128 characters, strong by Linode's own measure.
    pub root_pass: Option<SecretString>,
    /// Public SSH keys, one line each.
    pub authorized_keys: Vec<String>,
    /// Users of the account at Linode whose SSH keys are taken.
    pub authorized_users: Vec<String>,
}

impl Access {
    /// With a password.
    pub fn password(root_pass: SecretString) -> Self {
        Self {
            root_pass: Some(root_pass),
            ..Self::default()
        }
    }

    /// With SSH keys.
    pub fn keys(authorized_keys: Vec<String>) -> Self {
        Self {
            authorized_keys,
            ..Self::default()
        }
    }

    pub(super) fn check(&self, wrong: &mut Vec<Reason>) {
        if self.root_pass.is_none() && self.authorized_keys.is_empty() && self.authorized_users.is_empty() {
            let flaw = "a password, an SSH key or a user with one is needed to enter the server";
            wrong.push(Reason::new("root_pass", flaw));
        }
        wrong.extend(self.root_pass.as_ref().and_then(wrong_password));
        for (number, key) in self.authorized_keys.iter().enumerate() {
            let parts: Vec<&str> = key.split_whitespace().collect();
            let known = |kind: &str| ["ssh-", "ecdsa-", "sk-"].iter().any(|begin| kind.starts_with(begin));
            if key.chars().any(char::is_control) || parts.len() < 2 || !known(parts[0]) {
                let flaw = "it is no public SSH key in one line";
                wrong.push(Reason::new(format!("authorized_keys[{number}]"), flaw));
            }
        }
        for (number, user) in self.authorized_users.iter().enumerate() {
            if user.trim().is_empty() {
                let field = format!("authorized_users[{number}]");
                wrong.push(Reason::new(field, "it is empty"));
            }
        }
    }
}

pub(super) fn wrong_password(password: &SecretString) -> Option<Reason> {
    let length = password.expose_secret().chars().count();
    (!(7..=128).contains(&length)).then(|| Reason::new("root_pass", "it must have 7 to 128 characters"))
}

/// 3 to 64 letters, digits, `-`, `_` and `.`, at both ends a letter or digit, and no two of the same sign in a row.
pub(super) fn wrong_label(label: &str) -> Option<Reason> {
    let flaw = |flaw: &str| Some(Reason::new("label", flaw));
    let ends = |end: Option<char>| end.is_some_and(|letter| letter.is_ascii_alphanumeric());
    if !(3..=64).contains(&label.chars().count()) {
        flaw("it must have 3 to 64 characters")
    } else if !label
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter))
    {
        flaw("it may only have letters from a to z, digits, and - _ .")
    } else if !ends(label.chars().next()) || !ends(label.chars().last()) {
        flaw("it must begin and end with a letter or a digit")
    } else if ["--", "__", ".."].iter().any(|twice| label.contains(twice)) {
        flaw("it must not have -- or __ or ..")
    } else {
        None
    }
}

pub(super) fn check_tags(tags: &[String], wrong: &mut Vec<Reason>) {
    for (number, tag) in tags.iter().enumerate() {
        if !(3..=50).contains(&tag.chars().count()) || tag.chars().any(char::is_control) {
            let field = format!("tags[{number}]");
            wrong.push(Reason::new(field, "it must have 3 to 50 characters"));
        }
    }
}

pub(super) fn check_image(image: &str, wrong: &mut Vec<Reason>) {
    if !is_image_id(image) {
        wrong.push(Reason::new("image", "it is no id of an image, such as linode/debian12"));
    }
}

/// The id of a region or type.
pub(super) fn check_id(field: &str, id: &str, wrong: &mut Vec<Reason>) {
    let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if id.is_empty() || id.len() > 100 || !id.bytes().all(usual) {
        wrong.push(Reason::new(field, "it is no id"));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn labels_as_linode_takes_them() {
        for good in ["web", "web-01.example_com", &"x".repeat(64), "1a2"] {
            assert_eq!(wrong_label(good), None, "{good}");
        }
        let long = "x".repeat(65);
        for bad in [
            "", "ab", &long, "a b c", "büro", "-web", "web-", "_web", "a--b", "a__b", "a..b", "web\n",
        ] {
            assert!(wrong_label(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn a_way_in_is_needed_and_checked() {
        let flaws = |access: &Access| {
            let mut wrong = Vec::new();
            access.check(&mut wrong);
            wrong.into_iter().filter_map(|reason| reason.field).collect::<Vec<_>>()
        };
        assert_eq!(flaws(&Access::default()), ["root_pass"]);
        for (password, good) in [
            ("123456", false),
            ("1234567", true),
            (&"ü".repeat(128), true),
            (&"x".repeat(129), false),
        ] {
            let access = Access::password(SecretString::from(password));
            assert_eq!(flaws(&access).is_empty(), good, "{password}");
            assert!(!format!("{access:?}").contains(password));
        }
        let keys = [
            "ssh-ed25519 AAAAC3Nz me@here",
            "ssh-rsa",
            "-----BEGIN KEY-----",
            "ssh-rsa AAAA\nssh-rsa BBBB",
        ];
        let keys = Access::keys(keys.map(str::to_owned).to_vec());
        assert_eq!(
            flaws(&keys),
            ["authorized_keys[1]", "authorized_keys[2]", "authorized_keys[3]"]
        );
    }

    proptest! {
        #[test]
        fn any_label_is_taken_or_told_why(label in "[a-c._-]{0,8}|.{0,70}") {
            if wrong_label(&label).is_none() {
                prop_assert!(label.is_ascii() && (3..=64).contains(&label.len()));
                prop_assert!(!label.contains("--") && !label.contains("__") && !label.contains(".."));
            }
        }
    }
}
