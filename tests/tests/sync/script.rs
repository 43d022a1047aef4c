//! `csctl`, as a script runs it.
