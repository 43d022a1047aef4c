//! The database decides: what a desk's login gains with `psql`, signed in or not.

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod desks;
#[cfg(test)]
mod edges;
#[cfg(test)]
mod generated;
#[cfg(test)]
mod isolation;
#[cfg(test)]
mod log_chain;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod mutations;
#[cfg(test)]
mod passwords;
#[cfg(test)]
mod probe;
#[cfg(test)]
mod second_factor;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod service;
#[cfg(test)]
mod session;
#[cfg(test)]
mod shared;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod view;
#[cfg(test)]
mod without_session;
