//! The database decides: what a desk's login gains with `psql`, signed in or not.

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod desks;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod passwords;
#[cfg(test)]
mod second_factor;
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
