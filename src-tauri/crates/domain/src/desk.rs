//! Desks, and what is said on looking as a customer.

use crate::text::{self, text_type};

text_type! {
    /// What a desk is called in the list of desks, such as "Front office, laptop of Ana": up to 60 characters.
    DeskLabel, |text| text::single_line(text, 1, 60)
}

text_type! {
    /// Why somebody looks as a customer, for the log: 3 to 500 characters of one line.
    ViewReason, |text| text::single_line(text, 3, 500)
}
