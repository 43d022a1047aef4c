//! Intents: what is done to servers at their provider, against the stand-in for Linode, over a real PostgreSQL.

#[cfg(test)]
mod faults;
#[cfg(test)]
mod kinds;
#[cfg(test)]
mod lost;
#[cfg(test)]
mod money;
#[cfg(test)]
mod ordering;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod script;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod shared;
#[cfg(test)]
mod timeline;
