//! Objects out of a list or a stream while it comes: what is kept at once is one of them, however long the whole is.

use std::collections::VecDeque;

/// What the objects are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// `[{…},{…}]`, or `null` for none.
    List,
    /// `{…}{…}`, with or without line ends between.
    Stream,
}

/// Why there are no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// Not what was expected.
    Nonsense,
    /// One object is larger than allowed.
    TooLarge,
}

/// Cuts bytes into objects. Whether each of them is JSON is for the reader of each.
#[derive(Debug)]
pub(super) struct Splitter {
    within: Within,
    largest: usize,
    state: State,
    object: Vec<u8>,
    depth: usize,
    string: bool,
    escaped: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing but blanks so far.
    Before,
    /// So many letters of `null`.
    Null(usize),
    /// Between objects.
    Between,
    Object,
    /// The list is closed.
    After,
}

impl Splitter {
    pub(super) fn new(within: Within, largest: usize) -> Self {
        let state = match within {
            Within::List => State::Before,
            Within::Stream => State::Between,
        };
        Self {
            within,
            largest,
            state,
            object: Vec::new(),
            depth: 0,
            string: false,
            escaped: false,
        }
    }

    /// Takes what has come, and gives what is whole.
    pub(super) fn push(&mut self, bytes: &[u8], whole: &mut VecDeque<Vec<u8>>) -> Result<(), Broken> {
        for &byte in bytes {
            if self.state == State::Object {
                self.within_object(byte, whole)?;
                continue;
            }
            if byte.is_ascii_whitespace() {
                continue;
            }
            self.state = match (self.state, byte) {
                (State::Before, b'[') => State::Between,
                (State::Before, b'n') => State::Null(1),
                (State::Null(1), b'u') => State::Null(2),
                (State::Null(2), b'l') => State::Null(3),
                (State::Null(3), b'l') => State::After,
                (State::Between, b'{') => {
                    self.object.push(byte);
                    self.depth = 1;
                    State::Object
                }
                (State::Between, b',') if self.within == Within::List => State::Between,
                (State::Between, b']') if self.within == Within::List => State::After,
                _ => return Err(Broken::Nonsense),
            };
        }
        Ok(())
    }

    fn within_object(&mut self, byte: u8, whole: &mut VecDeque<Vec<u8>>) -> Result<(), Broken> {
        if self.object.len() >= self.largest {
            return Err(Broken::TooLarge);
        }
        self.object.push(byte);
        if self.string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.string = false,
                _ => {}
            }
            return Ok(());
        }
        match byte {
            b'"' => self.string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth -= 1,
            _ => {}
        }
        if self.depth == 0 {
            whole.push_back(std::mem::take(&mut self.object));
            self.state = State::Between;
        }
        Ok(())
    }

    /// Whether it may end here.
    pub(super) fn is_complete(&self) -> bool {
        match self.within {
            Within::List => self.state == State::After,
            Within::Stream => self.state == State::Between,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn split(within: Within, text: &[u8], step: usize) -> Result<(Vec<Vec<u8>>, bool), Broken> {
        let mut splitter = Splitter::new(within, 1000);
        let mut whole = VecDeque::new();
        for chunk in text.chunks(step.max(1)) {
            splitter.push(chunk, &mut whole)?;
        }
        Ok((whole.into(), splitter.is_complete()))
    }

    #[test]
    fn lists_and_streams_end_where_they_say() {
        let count = |within, text: &str| split(within, text.as_bytes(), 3).map(|(all, done)| (all.len(), done));
        assert_eq!(count(Within::List, "null\n"), Ok((0, true)));
        assert_eq!(count(Within::List, "[]"), Ok((0, true)));
        assert_eq!(count(Within::List, "[{\"a\":\"]}\\\"\"}, {}]\n"), Ok((2, true)));
        assert_eq!(count(Within::List, "[{\"a\":[1,{}]}"), Ok((1, false)));
        assert_eq!(count(Within::Stream, "{}{}\r\n{\"a\":{}}\n"), Ok((3, true)));
        assert_eq!(count(Within::Stream, "{}{\"a"), Ok((1, false)));
        for nonsense in ["<html>", "{}", "[1]", "nil", "[]]"] {
            assert_eq!(count(Within::List, nonsense), Err(Broken::Nonsense), "{nonsense}");
        }
        assert_eq!(count(Within::Stream, "[]"), Err(Broken::Nonsense));
        let endless = format!("{{\"a\":\"{}", "x".repeat(2000));
        assert_eq!(count(Within::Stream, &endless), Err(Broken::TooLarge));
    }

    proptest! {
        #[test]
        fn what_was_joined_is_split_again(texts in prop::collection::vec(".{0,8}", 0..6), step in 1_usize..9) {
            let objects: Vec<Value> = texts.iter().map(|text| json!({"t": text, "l": [{"x": text}]})).collect();
            let list = serde_json::to_string(&objects).unwrap();
            let (whole, done) = split(Within::List, list.as_bytes(), step).unwrap();
            let read: Vec<Value> = whole.iter().map(|object| serde_json::from_slice(object).unwrap()).collect();
            prop_assert!(done);
            prop_assert_eq!(read, objects);
        }

        #[test]
        fn any_bytes_are_split_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64), step in 1_usize..9) {
            for within in [Within::List, Within::Stream] {
                let _split = split(within, &bytes, step);
            }
        }
    }
}
