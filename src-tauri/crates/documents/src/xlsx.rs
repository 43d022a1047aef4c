//! A workbook: a sheet of invoices and a sheet of their lines. Amounts are numbers, words are words.

use chrono::Datelike;
use rust_decimal::Decimal;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use crate::csv::{self, Cell, INVOICE_COLUMNS, LINE_COLUMNS};
use crate::{DocumentError, InvoiceDocument};

/// Rows of a sheet, the head aside.
const MAX_ROWS: usize = 1_048_575;
/// Characters of a cell, as the format has it.
const MAX_CHARACTERS: usize = 32_767;
/// More digits than a cell's number keeps exactly (`IEEE 754` double) are written as text.
const EXACT_DIGITS: usize = 15;

impl From<XlsxError> for DocumentError {
    fn from(error: XlsxError) -> Self {
        Self::Workbook(error.to_string())
    }
}

struct Formats {
    head: Format,
    head_right: Format,
    cents: Format,
    fine: Format,
    day: Format,
    right: Format,
}

impl Formats {
    fn new() -> Self {
        let head = Format::new().set_bold();
        Self {
            head_right: head.clone().set_align(FormatAlign::Right),
            head,
            cents: Format::new().set_num_format("#,##0.00"),
            fine: Format::new().set_num_format("#,##0.0000"),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            right: Format::new().set_align(FormatAlign::Right),
        }
    }
}

/// The sheets "Invoices" and "Lines", their heads frozen. The same documents give the same bytes.
pub fn invoices_xlsx(documents: &[InvoiceDocument]) -> Result<Vec<u8>, DocumentError> {
    let invoices: Vec<Vec<Cell>> = documents
        .iter()
        .map(|document| csv::invoice_row(document).to_vec())
        .collect();
    let lines: Vec<Vec<Cell>> = documents
        .iter()
        .flat_map(|document| csv::line_rows(document).map(|row| row.to_vec()))
        .collect();
    let formats = Formats::new();
    let mut book = Workbook::new();
    // The file's date is the newest invoice's: no clock is asked.
    let newest = documents.iter().map(|document| document.parts().issued).max();
    let made = newest.map_or_else(|| ExcelDateTime::from_ymd(2000, 1, 1), day)?;
    let properties = DocProperties::new().set_title("Invoices").set_creation_datetime(&made);
    book.set_properties(&properties);
    sheet(book.add_worksheet(), "Invoices", &INVOICE_COLUMNS, &invoices, &formats)?;
    sheet(book.add_worksheet(), "Lines", &LINE_COLUMNS, &lines, &formats)?;
    Ok(book.save_to_buffer()?)
}

fn sheet(
    sheet: &mut Worksheet,
    name: &str,
    columns: &[&str],
    rows: &[Vec<Cell>],
    formats: &Formats,
) -> Result<(), DocumentError> {
    if rows.len() > MAX_ROWS {
        return Err(DocumentError::TooManyRows {
            rows: rows.len(),
            max: MAX_ROWS,
        });
    }
    sheet.set_name(name)?;
    sheet.set_freeze_panes(1, 1)?;
    for (column, title) in (0_u16..).zip(columns) {
        let numeric = rows
            .first()
            .and_then(|row| row.get(usize::from(column)))
            .is_some_and(is_number);
        let format = if numeric { &formats.head_right } else { &formats.head };
        sheet.write_string_with_format(0, column, *title, format)?;
        sheet.set_column_width(column, width(title))?;
    }
    for (index, row) in (1_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(row) {
            write(sheet, index, column, cell, formats)?;
        }
    }
    Ok(())
}

const fn is_number(cell: &Cell) -> bool {
    matches!(cell, Cell::Number(..) | Cell::Count(_))
}

fn width(title: &str) -> f64 {
    match title {
        "customer" | "seller" | "description" | "detail" => 36.0,
        "number" => 18.0,
        _ => 14.0,
    }
}

fn write(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell, formats: &Formats) -> Result<(), DocumentError> {
    match cell {
        // Never `write`, which would take a formula or an address for what it looks like.
        Cell::Text(text) => sheet.write_string(row, column, shortened(text))?,
        Cell::Number(number, decimals) => {
            let format = if *decimals == 2 { &formats.cents } else { &formats.fine };
            match exact(*number, *decimals) {
                Some(double) => sheet.write_number_with_format(row, column, double, format)?,
                None => sheet.write_string_with_format(row, column, format!("{number:.decimals$}"), &formats.right)?,
            }
        }
        Cell::Count(count) => match u32::try_from(*count) {
            Ok(count) => sheet.write_number(row, column, count)?,
            Err(_) => sheet.write_string_with_format(row, column, count.to_string(), &formats.right)?,
        },
        Cell::Day(date) => sheet.write_datetime_with_format(row, column, day(*date)?, &formats.day)?,
        Cell::Flag(flag) => sheet.write_boolean(row, column, *flag)?,
        Cell::Nothing => return Ok(()),
    };
    Ok(())
}

/// The double whose shortest decimal is this number, if it has few enough digits for there to be one.
fn exact(number: Decimal, decimals: usize) -> Option<f64> {
    let text = format!("{number:.decimals$}");
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (digits <= EXACT_DIGITS).then(|| text.parse().ok()).flatten()
}

fn day(day: chrono::NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    let year = u16::try_from(day.year()).map_err(|_| XlsxError::DateTimeRangeError("year".to_owned()))?;
    let part = |number: u32| u8::try_from(number).map_err(|_| XlsxError::DateTimeRangeError("day".to_owned()));
    ExcelDateTime::from_ymd(year, part(day.month())?, part(day.day())?)
}

/// As much as a cell holds, which is counted in UTF-16.
fn shortened(text: &str) -> String {
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units < MAX_CHARACTERS
    };
    let short: String = text.chars().take_while(fits).collect();
    if short.len() == text.len() {
        short
    } else {
        format!("{short}…")
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::samples;

    #[test]
    fn the_same_documents_give_the_same_bytes() {
        let documents = [samples::document(), samples::hostile()];
        let first = invoices_xlsx(&documents).unwrap();
        assert!(first.starts_with(b"PK\x03\x04"));
        assert_eq!(first, invoices_xlsx(&documents).unwrap());
        assert!(invoices_xlsx(&[]).unwrap().starts_with(b"PK"));
    }

    /// A file inside the workbook.
    fn part(workbook: Vec<u8>, name: &str) -> String {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(workbook)).unwrap();
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn no_clock_is_read() {
        let book = invoices_xlsx(&[samples::document()]).unwrap();
        let core = part(book.clone(), "docProps/core.xml");
        assert_eq!(core.matches("2026-11-01T00:00:00Z").count(), 2, "{core}");
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(book)).unwrap();
        for index in 0..archive.len() {
            let made = archive.by_index(index).unwrap().last_modified();
            assert_eq!(made, Some(zip::DateTime::default()));
        }
    }

    #[test]
    fn amounts_are_numbers_and_words_are_words() {
        let book = invoices_xlsx(&[samples::document(), samples::hostile()]).unwrap();
        let invoices = part(book.clone(), "xl/worksheets/sheet1.xml");
        assert!(
            invoices.contains("<v>172.15</v>") && invoices.contains("<v>0.0081</v>"),
            "{invoices}"
        );
        assert!(invoices.contains("ySplit=\"1\"") && invoices.contains("state=\"frozen\""));
        let lines = part(book.clone(), "xl/worksheets/sheet2.xml");
        for sheet in [&invoices, &lines] {
            assert!(
                !sheet.contains("<f>") && !sheet.contains("<hyperlink"),
                "a formula or an address"
            );
        }
        assert!(lines.contains("<v>-15</v>") && lines.contains("<v>744</v>"));
        let words = part(book.clone(), "xl/sharedStrings.xml");
        assert!(words.contains("=HYPERLINK(\"http://evil.example\",\"Pay here\")"));
        assert!(words.contains("&lt;script&gt;"));
        assert!(part(book, "xl/styles.xml").contains("#,##0.0000"));
    }

    #[test]
    fn amounts_are_numbers_as_long_as_they_are_exact() {
        let number = |text: &str| text.parse::<Decimal>().unwrap();
        assert_eq!(exact(number("-99999999.99"), 2), Some(-99_999_999.99));
        assert_eq!(exact(number("172.15"), 2), Some(172.15));
        assert_eq!(exact(number("0.0099"), 4), Some(0.0099));
        assert_eq!(exact(number("99999999999999.9999"), 4), None);
    }

    #[test]
    fn a_cell_holds_so_much() {
        assert_eq!(shortened("short"), "short");
        let long = shortened(&"😀".repeat(40_000));
        assert!(long.encode_utf16().count() <= MAX_CHARACTERS);
        assert!(long.ends_with('…'));
    }
}
