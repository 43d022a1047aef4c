//! The Linode client against the stand-in, with everything that goes wrong out there.

#[cfg(test)]
mod disturbances;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod shared;
