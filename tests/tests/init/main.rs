//! Making a workspace: in an empty database, in one that was made from the documentation by hand, in neither.

#[cfg(test)]
mod adoption;
#[cfg(test)]
mod csctl;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod empty;
#[cfg(test)]
mod interruption;
#[cfg(test)]
mod people;
#[cfg(test)]
mod refusal;
#[cfg(test)]
mod shared;
