//! Accounts at providers of servers.

use crate::stored::stored_enum;
use crate::text::{self, text_type};

stored_enum! {
    /// A provider whose servers can be read (`provider_configs.provider_name`). Other programs may have written others.
    Provider, "provider" {
        /// Linode (Akamai).
        Linode = "linode",
    }
}

text_type! {
    /// The name of an account here: 1 to 100 characters of one line.
    AccountLabel, |text| text::single_line(text, 1, 100)
}
