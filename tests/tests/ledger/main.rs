//! Money moves only by rows of `transactions`, and whatever changes something is logged with it.

#[cfg(test)]
mod balance;
#[cfg(test)]
mod by_hand;
#[cfg(test)]
mod csctl;
#[cfg(test)]
mod holds;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod log;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod shared;
#[cfg(test)]
mod times;
