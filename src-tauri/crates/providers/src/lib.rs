//! What the providers of servers and containers say and are asked. A provider may be down, slow, limited or talk
//! nonsense; here that becomes a value or an error with a sentence, never a panic and never a wrong fact.
//!
//! Nothing here knows the database. The clock, waiting and chance are passed in ([`pace`]).

pub mod docker;
pub mod linode;
pub mod pace;
