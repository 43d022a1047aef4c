//! The Linode client against the stand-in, with everything that goes wrong out there.

#[cfg(test)]
mod changing;
#[cfg(test)]
mod creating;
#[cfg(test)]
mod disturbances;
#[cfg(test)]
mod following;
#[cfg(test)]
mod looking;
#[cfg(test)]
mod lost;
#[cfg(test)]
mod nonsense;
#[cfg(test)]
mod proxy;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod shared;
