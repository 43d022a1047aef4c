//! The vocabulary and the rules of ContainerStacks.
//!
//! Everything here is a value or a function of values: no input or output, no clock, no randomness, no SQL. A value
//! is parsed once, into a type with private fields, and holds its rule from then on; a rule that needs the time takes
//! it as an argument. The database repeats the rules that protect money and privacy (named constraints, policies);
//! this crate is where they are stated, explained and tested.
//!
//! | module | what it knows |
//! | --- | --- |
//! | [`activity`] | what an entry of the log says, whoever wrote it |
//! | [`backup`] | which backups are kept |
//! | [`dashboard`] | periods, percents, what needs somebody |
//! | [`ids`] | typed keys of the rows |
//! | [`money`] | amounts, rates, carries, markups, currencies |
//! | [`metering`] | hours, usage months, caps, sub-cent exactness |
//! | [`plan`] | what is sold, and how its price follows from the provider's |
//! | [`container`] | ports, volumes and environment in every shape that programs have written |
//! | [`transaction`] | the ledger's vocabulary |
//! | [`correction`] | refunds and adjustments, and what is left to refund |
//! | [`invoice`] | invoice statuses and numbers, lines made by hand |
//! | [`ticket`] | the conversation's states, priorities and targets |
//! | [`settings`] | settings of the business and their bounds |
//! | [`provider`] | accounts at providers of servers, and which regions are sold |
//! | [`script`] | StackScripts as they are offered |
//! | [`networking`] | names of addresses |
//! | [`intent`] | what is done to a server at its provider |
//! | [`agent`] | what runs by a schedule, and when it is due |
//! | [`drift`] | where a provider and the database differ, and what helps |
//! | [`margin`] | by what revenue less cost is told |
//! | [`role`] | who may do what, and the sentence of why not |
//! | [`user`] | addresses, names and passwords of people, names of organizations |
//! | [`desk`] | desks, and what is said on looking as a customer |
//! | [`theme`] | what a row of `theme_settings` becomes on the screen |

mod loose;
mod stored;
mod text;

pub mod activity;
pub mod agent;
pub mod backup;
pub mod container;
pub mod correction;
pub mod dashboard;
pub mod desk;
pub mod drift;
pub mod ids;
pub mod intent;
pub mod invoice;
pub mod margin;
pub mod metering;
pub mod money;
pub mod networking;
pub mod plan;
pub mod provider;
pub mod role;
pub mod script;
pub mod settings;
pub mod theme;
pub mod ticket;
pub mod transaction;
pub mod user;

pub use stored::UnknownValue;
pub use text::TextError;
