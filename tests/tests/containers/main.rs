//! Containers as they are on their hosts: hosts, syncs, what is done to containers, what their hosts tell of them.

mod acts;
mod hosts;
mod live;
mod lost;
mod script;
mod shared;
mod sync;
