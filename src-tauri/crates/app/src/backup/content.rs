//! The content of tables as `COPY` writes it: counted and hashed row by row, the same way from a database and from a
//! dump.

use std::{
    collections::BTreeMap,
    io::{self, BufRead},
};

use sha2::{Digest, Sha256};

/// Rows, and a hash of them that doesn't depend on their order: the sum of each row's SHA-256, as a number of 256 bits.
/// Equal rows count as often as they are there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    rows: u64,
    sum: [u64; 4],
    begun: Vec<u8>,
}

impl Tally {
    /// Takes a piece of the content; rows end where lines end.
    pub fn feed(&mut self, mut piece: &[u8]) {
        while let Some(end) = piece.iter().position(|byte| *byte == b'\n') {
            let (row, rest) = piece.split_at(end);
            if self.begun.is_empty() {
                self.row(row);
            } else {
                let mut whole = std::mem::take(&mut self.begun);
                whole.extend_from_slice(row);
                self.row(&whole);
            }
            piece = rest.get(1..).unwrap_or_default();
        }
        self.begun.extend_from_slice(piece);
    }

    fn row(&mut self, row: &[u8]) {
        self.rows += 1;
        let hash = Sha256::digest(row);
        let mut carry = false;
        for (limb, bytes) in self.sum.iter_mut().zip(hash.chunks_exact(8)) {
            let number = bytes.iter().rev().fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
            let (sum, over) = limb.overflowing_add(number);
            let (sum, again) = sum.overflowing_add(u64::from(carry));
            *limb = sum;
            carry = over || again;
        }
    }

    /// How many.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Their hash, in hexadecimal digits.
    pub fn hash(&self) -> String {
        let [low, second, third, high] = self.sum;
        format!("{high:016x}{third:016x}{second:016x}{low:016x}")
    }
}

/// The tables of what `pg_restore` writes of the data of a dump, by their names without quotes.
pub fn tally_script(mut script: impl BufRead) -> io::Result<BTreeMap<String, Tally>> {
    let mut tables: BTreeMap<String, Tally> = BTreeMap::new();
    let mut line = Vec::new();
    let mut inside: Option<Tally> = None;
    let mut name = String::new();
    loop {
        line.clear();
        if script.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        match &mut inside {
            Some(tally) if line == b"\\.\n" => {
                let done = std::mem::take(tally);
                inside = None;
                tables.insert(std::mem::take(&mut name), done);
            }
            Some(tally) => tally.feed(&line),
            None => {
                if let Some(found) = header(&line) {
                    name = found;
                    inside = Some(Tally::default());
                }
            }
        }
    }
    if inside.is_some() {
        return Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "a table's rows have no end",
        ));
    }
    Ok(tables)
}

/// The table of `COPY schema.table (columns) FROM stdin;`.
fn header(line: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(line).ok()?;
    let rest = text.strip_prefix("COPY ")?;
    rest.strip_suffix(" FROM stdin;\n")?;
    Some(plain(rest))
}

/// A qualified name without its quotes, up to where it ends; for comparing only.
pub fn plain(text: &str) -> String {
    let mut name = String::new();
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                name.push('"');
            }
            '"' => quoted = !quoted,
            ' ' if !quoted => break,
            other => name.push(other),
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(content: &str) -> Tally {
        let mut tally = Tally::default();
        tally.feed(content.as_bytes());
        tally
    }

    #[test]
    fn order_and_cuts_do_not_matter_but_every_row_does() {
        let whole = tally("1\ta\n2\tb\n3\t\\N\n");
        assert_eq!(whole.rows(), 3);
        assert_eq!(whole.hash(), tally("3\t\\N\n1\ta\n2\tb\n").hash());
        let mut pieces = Tally::default();
        for piece in ["1", "\ta\n2\t", "b\n", "3\t\\N", "\n"] {
            pieces.feed(piece.as_bytes());
        }
        assert_eq!(pieces, whole);
        for other in ["1\ta\n2\tb\n", "1\ta\n2\tb\n3\t\\N\n3\t\\N\n", "1\ta\n2\tb\n3\t\n"] {
            assert_ne!(tally(other).hash(), whole.hash(), "{other}");
        }
        // Two equal rows don't cancel each other.
        assert_ne!(tally("x\nx\n").hash(), tally("").hash());
        assert_eq!(tally("").hash(), "0".repeat(64));
    }

    #[test]
    fn a_script_is_read_table_by_table() {
        let script = "SET client_encoding = 'UTF8';\n\n--\n-- Data for Name: a; Type: TABLE DATA\n--\n\n\
                      COPY public.a (id, \"order\") FROM stdin;\n1\tCOPY public.b (x) FROM stdin;\n2\t\\\\.\n\\.\n\n\n\
                      COPY public.\"B \"\"c\" (id) FROM stdin;\n\\.\n\nSELECT pg_catalog.setval('public.a_id_seq', 2, true);\n";
        let tables = tally_script(script.as_bytes()).unwrap();
        let rows: Vec<(&str, u64)> = tables
            .iter()
            .map(|(name, tally)| (name.as_str(), tally.rows()))
            .collect();
        assert_eq!(rows, [("public.B \"c", 0), ("public.a", 2)]);
        assert_eq!(
            tables["public.a"],
            tally("2\t\\\\.\n1\tCOPY public.b (x) FROM stdin;\n")
        );
        assert_eq!(plain("public.\"B \"\"c\""), "public.B \"c");
        assert!(tally_script("COPY public.a (id) FROM stdin;\n1\n".as_bytes()).is_err());
    }
}
