//! Billing: every hour once, to the ten-thousandth, for any schedule of runs.

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod books;
#[cfg(test)]
mod closing;
#[cfg(test)]
mod collecting;
#[cfg(test)]
mod demonstration;
#[cfg(test)]
mod dice;
#[cfg(test)]
mod domain_player;
#[cfg(test)]
mod domain_rules;
#[cfg(test)]
mod edges;
#[cfg(test)]
mod events;
#[cfg(test)]
mod generator;
#[cfg(test)]
mod hear;
#[cfg(test)]
mod invoices;
#[cfg(test)]
mod large;
#[cfg(test)]
mod logo;
#[cfg(test)]
mod margin;
#[cfg(test)]
mod model;
#[cfg(test)]
mod numbers;
#[cfg(test)]
mod player;
#[cfg(test)]
mod player_sql;
#[cfg(test)]
mod preview;
#[cfg(test)]
mod proof;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod schedules;
#[cfg(test)]
mod script;
#[cfg(test)]
mod standing;
#[cfg(test)]
mod storm;
#[cfg(test)]
mod storm_business;
#[cfg(test)]
mod told;
#[cfg(test)]
mod worlds;
#[cfg(test)]
mod zones;
