//! The launcher on a real PostgreSQL: its ordinary life, and every way in which program or server can be cut off.

#[cfg(test)]
mod crash;
#[cfg(test)]
mod home;
#[cfg(test)]
mod life;
