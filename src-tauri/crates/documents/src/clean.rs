//! Text of people, made safe to show: what can't be seen, or reorders what is around it, is left out.

/// One line: breaks and tabs become blanks.
pub(crate) fn line(text: &str) -> String {
    text.chars()
        .filter_map(|c| visible(c, ' '))
        .collect::<String>()
        .trim()
        .to_owned()
}

/// Several lines; only `\n` breaks them.
pub(crate) fn lines(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    unified
        .chars()
        .filter_map(|c| visible(c, '\n'))
        .collect::<String>()
        .trim()
        .to_owned()
}

/// The first `most` characters, and an ellipsis if there are more: where only so much is shown, a text of megabytes
/// needn't be typeset.
pub(crate) fn start(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn visible(c: char, line_break: char) -> Option<char> {
    match c {
        '\n' | '\u{2028}' | '\u{2029}' => Some(line_break),
        '\r' | '\t' | '\u{85}' => Some(' '),
        // With the explicit marks of direction one name can be made to look like another; the last two characters
        // aren't allowed in the XML of a PDF's metadata or of a workbook.
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}' => None,
        c if c.is_control() => None,
        c => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_left_out() {
        assert_eq!(line("a\0b\u{1b}[31m\u{202E}c\u{FFFE}"), "ab[31mc");
        assert_eq!(line(" one\r\ntwo\tthree "), "one  two three");
        assert_eq!(lines("one\r\ntwo\rthree\u{2028}four\n"), "one\ntwo\nthree\nfour");
    }

    #[test]
    fn a_start_is_counted_in_characters() {
        assert_eq!(start("שלום", 4), "שלום");
        assert_eq!(start("שלום", 2), "של…");
        assert_eq!(start("", 0), "");
    }

    #[test]
    fn what_can_be_seen_stays() {
        let text = "#set page() <b>&amp;</b> \\input{x} (1) Tj ET 👩‍👩‍👧 שלום";
        assert_eq!(line(text), text);
    }
}
