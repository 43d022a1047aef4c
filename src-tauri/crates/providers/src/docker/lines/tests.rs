use proptest::prelude::*;

use super::*;

const AT: &str = "2026-11-26T17:38:45.318864971Z";

fn frame(kind: u8, text: &[u8]) -> Vec<u8> {
    let mut frame = vec![kind, 0, 0, 0];
    frame.extend(u32::try_from(text.len()).unwrap().to_be_bytes());
    frame.extend(text);
    frame
}

fn read(terminal: bool, longest: usize, bytes: &[u8], step: usize) -> Vec<LogLine> {
    let mut demux = Demux::new(terminal, longest);
    let mut lines = VecDeque::new();
    for chunk in bytes.chunks(step) {
        demux.push(chunk, &mut lines).unwrap();
    }
    demux.finish(&mut lines);
    lines.into()
}

fn texts(lines: &[LogLine]) -> Vec<&str> {
    lines.iter().map(|line| line.text.as_str()).collect()
}

#[test]
fn both_streams_are_told_apart_however_the_bytes_fall() {
    let mut bytes = frame(1, format!("{AT} one\n").as_bytes());
    bytes.extend(frame(2, format!("{AT} two\r\n").as_bytes()));
    bytes.extend(frame(1, format!("{AT} \n").as_bytes()));
    bytes.extend(frame(1, format!("{AT} no end").as_bytes()));
    for step in 1..20 {
        let lines = read(false, 100, &bytes, step);
        assert_eq!(texts(&lines), ["one", "two", "", "no end"]);
        assert_eq!(lines[1].output, Output::Err);
        assert!(lines.iter().all(|line| line.at == parse_moment(AT) && !line.cut));
    }
}

#[test]
fn parts_of_a_line_are_put_together_without_the_times_between() {
    let part = "x".repeat(PART);
    let later = "2026-11-26T17:38:46.000000000Z";
    let mut framed = frame(1, format!("{AT} {part}").as_bytes());
    framed.extend(frame(2, format!("{AT} between\n").as_bytes()));
    framed.extend(frame(1, format!("{later} end\n").as_bytes()));
    let raw = format!("{AT} {part}{later} end\r\n{later} next\r\n");
    let lines = read(false, 100_000, &framed, 1000);
    assert_eq!(texts(&lines), ["between", &format!("{part}end")]);
    assert_eq!(lines[1].at, parse_moment(AT));
    let lines = read(true, 100_000, raw.as_bytes(), 1000);
    assert_eq!(texts(&lines), [&format!("{part}end"), "next"]);
}

#[test]
fn a_long_line_is_cut_with_a_mark_and_not_within_a_letter() {
    let bytes = frame(1, format!("{AT} abéfg\nnext\n").as_bytes());
    let lines = read(false, 3, &bytes, 1);
    assert_eq!(texts(&lines), ["ab…", "nex…"]);
    assert!(lines[0].cut);
    let lines = read(false, 6, &bytes, 7);
    assert_eq!(texts(&lines), ["abéfg", "next"], "exactly as long as allowed");
    assert!(!lines[0].cut);
}

#[test]
fn what_is_no_text_is_replaced_and_what_is_no_time_is_text() {
    let lines = read(true, 100, b"\xff\xfe bad\nplain words\n2026 no time\n", 2);
    assert_eq!(texts(&lines), ["\u{fffd}\u{fffd} bad", "plain words", "2026 no time"]);
    assert_eq!(lines[0].at, None);
}

#[test]
fn what_is_no_frame_is_refused() {
    let mut lines = VecDeque::new();
    for nonsense in [
        b"<html><b".as_slice(),
        &[4, 0, 0, 0, 0, 0, 0, 1],
        &[1, 1, 0, 0, 0, 0, 0, 1],
    ] {
        assert_eq!(Demux::new(false, 9).push(nonsense, &mut lines), Err(NoFrame));
    }
    let mut demux = Demux::new(false, 9);
    demux.push(&frame(1, b"abc")[..9], &mut lines).unwrap();
    assert!(demux.finish(&mut lines), "broken off");
}

#[test]
fn going_on_repeats_nothing_and_leaves_nothing_out() {
    let line = |at: &str, output, text: &str| LogLine {
        at: parse_moment(at),
        output,
        text: text.to_owned(),
        cut: false,
    };
    let other = "2026-11-26T17:38:45.100000000Z";
    let all = [
        line(other, Output::Err, "first"),
        line(AT, Output::Out, "same moment"),
        line(AT, Output::Out, "same moment"),
        line(AT, Output::Out, "third of it"),
        line(other, Output::Err, "second of its own"),
    ];
    for read_before in 0..=all.len() {
        let mut position = LogPosition::default();
        all[..read_before].iter().for_each(|line| position.note(line));
        let mut resumed = position;
        let again: Vec<&LogLine> = all.iter().filter(|line| !resumed.knows(line)).collect();
        assert_eq!(again, all[read_before..].iter().collect::<Vec<_>>());
    }
    let mut position = LogPosition::default();
    assert_eq!(position.since(), None);
    position.note(&all[1]);
    position.note(&all[0]);
    assert_eq!(position.since(), parse_moment("2026-11-26T17:38:44.318864971Z"));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..200), terminal: bool, longest in 0_usize..20, step in 1_usize..9,
    ) {
        let mut demux = Demux::new(terminal, longest);
        let mut lines = VecDeque::new();
        for chunk in bytes.chunks(step) {
            if demux.push(chunk, &mut lines).is_err() {
                break;
            }
        }
        demux.finish(&mut lines);
        for line in &lines {
            // One byte that is no text becomes three.
            prop_assert!(line.text.len() <= longest * 3 + MARK.len_utf8());
        }
    }

    #[test]
    fn lines_are_those_that_were_written(words in prop::collection::vec("[a-z ]{0,12}", 0..8), step in 1_usize..30) {
        let bytes: Vec<u8> = words
            .iter()
            .flat_map(|word| frame(1, format!("{AT} {word}\n").as_bytes()))
            .collect();
        let lines = read(false, 100, &bytes, step);
        prop_assert_eq!(texts(&lines), words);
    }
}
