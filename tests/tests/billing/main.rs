//! Billing: every hour once, to the ten-thousandth, for any schedule of runs.

#[cfg(test)]
mod books;
#[cfg(test)]
mod closing;
#[cfg(test)]
mod collecting;
#[cfg(test)]
mod demonstration;
#[cfg(test)]
mod invoices;
#[cfg(test)]
mod logo;
#[cfg(test)]
mod model;
#[cfg(test)]
mod numbers;
#[cfg(test)]
mod preview;
#[cfg(test)]
mod proof;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod script;
#[cfg(test)]
mod standing;
#[cfg(test)]
mod told;
#[cfg(test)]
mod world;
#[cfg(test)]
mod worlds;
