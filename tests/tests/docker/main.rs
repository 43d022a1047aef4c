//! The Docker client: against a real engine where one can run, and against a stand-in that breaks on order.

#[cfg(test)]
mod actions;
#[cfg(test)]
mod events;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod output;
#[cfg(test)]
mod shared;
#[cfg(test)]
mod standing_in;
#[cfg(test)]
mod ways;
