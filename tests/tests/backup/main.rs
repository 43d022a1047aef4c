//! Backups over a real PostgreSQL: taken, damaged, restored, forgotten.

#[cfg(test)]
mod creating;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod folder;
#[cfg(test)]
mod restoring;
#[cfg(test)]
mod role;
#[cfg(test)]
mod shared;
