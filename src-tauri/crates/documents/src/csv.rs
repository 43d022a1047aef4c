//! CSV after RFC 4180: UTF-8, a head, CRLF, raw decimals, ISO dates. A spreadsheet must not run what a person typed.

use domain::money::Money;

use crate::invoice::{InvoiceKind, Period};
use crate::{InvoiceDocument, clean};

/// What a cell holds, for CSV and workbook alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Words of people or of ours.
    Text(String),
    /// A decimal number, with how many decimals it has.
    Number(rust_decimal::Decimal, usize),
    /// A whole number.
    Count(u64),
    /// A day.
    Day(chrono::NaiveDate),
    /// Yes or no.
    Flag(bool),
    /// Unknown, or without meaning in this row.
    Nothing,
}

impl From<Money> for Cell {
    fn from(amount: Money) -> Self {
        Self::Number(amount.decimal(), 2)
    }
}

/// Columns of a list of invoices.
pub(crate) const INVOICE_COLUMNS: [&str; 19] = [
    "number",
    "kind",
    "status",
    "customer",
    "issued",
    "due",
    "period_first",
    "period_last",
    "currency",
    "usage",
    "other_charges",
    "carry_in",
    "carry_out",
    "total",
    "paid",
    "amount_due",
    "lines",
    "seller",
    "other_transactions",
];

/// Columns of a list of their lines.
pub(crate) const LINE_COLUMNS: [&str; 15] = [
    "number",
    "customer",
    "issued",
    "line",
    "type",
    "description",
    "detail",
    "hours",
    "rate",
    "cap",
    "cap_applied",
    "amount",
    "currency",
    "status",
    "transaction_amount",
];

/// One row per invoice.
pub fn invoices_csv(documents: &[InvoiceDocument]) -> String {
    let rows = documents.iter().map(|document| invoice_row(document).to_vec());
    table(&INVOICE_COLUMNS, rows)
}

/// One row per line or other charge of each invoice.
pub fn invoice_lines_csv(documents: &[InvoiceDocument]) -> String {
    let rows = documents
        .iter()
        .flat_map(|document| line_rows(document).map(|row| row.to_vec()));
    table(&LINE_COLUMNS, rows)
}

pub(crate) const fn kind(kind: InvoiceKind) -> &'static str {
    match kind {
        InvoiceKind::Invoice => "invoice",
        InvoiceKind::CreditNote => "credit_note",
    }
}

fn text(text: &str) -> Cell {
    Cell::Text(clean::lines(text))
}

pub(crate) fn invoice_row(document: &InvoiceDocument) -> [Cell; INVOICE_COLUMNS.len()] {
    let (parts, sums) = (document.parts(), document.sums());
    let day = |day: Option<chrono::NaiveDate>| day.map_or(Cell::Nothing, Cell::Day);
    [
        Cell::Text(parts.number.to_string()),
        Cell::Text(kind(parts.kind).to_owned()),
        Cell::Text(parts.status.to_string()),
        text(&parts.customer.name),
        Cell::Day(parts.issued),
        day(parts.due),
        day(parts.period.map(Period::first)),
        day(parts.period.map(Period::last)),
        Cell::Text(parts.currency.to_string()),
        Cell::Number(sums.usage.decimal(), 4),
        Cell::Number(sums.other.decimal(), 2),
        Cell::Number(parts.carry_in.decimal(), 4),
        Cell::Number(parts.carry_out.decimal(), 4),
        parts.total.into(),
        parts.paid.into(),
        sums.due.into(),
        Cell::Count(count(parts.lines.len() + parts.other_charges.len())),
        text(&parts.seller.name),
        Cell::Number(sums.settled.decimal(), 2),
    ]
}

/// Lines first, then other charges, then what is told besides, counted from 1. What is told has its amount in a column of
/// its own: the column of amounts adds up to the invoice's subtotal.
pub(crate) fn line_rows(document: &InvoiceDocument) -> impl Iterator<Item = [Cell; LINE_COLUMNS.len()]> {
    let parts = document.parts();
    let number = parts.number.to_string();
    let customer = clean::lines(&parts.customer.name);
    let usage = parts.lines.iter().map(|line| {
        let middle = [
            text(&line.description),
            text(&line.detail),
            line.quantity_hours.map_or(Cell::Nothing, Cell::Count),
            line.rate.map_or(Cell::Nothing, |rate| Cell::Number(rate.decimal(), 4)),
            line.cap.map_or(Cell::Nothing, Cell::from),
            Cell::Flag(line.cap_applied),
            Cell::Number(line.amount.decimal(), 4),
            Cell::Nothing,
        ];
        ("usage", middle)
    });
    let other = parts.other_charges.iter().map(|charge| {
        let middle = [
            text(&charge.text),
            Cell::Nothing,
            Cell::Nothing,
            Cell::Nothing,
            Cell::Nothing,
            Cell::Nothing,
            charge.amount.into(),
            Cell::Nothing,
        ];
        ("charge", middle)
    });
    let settled = parts.settled.iter().map(|one| {
        let middle = [
            text(&one.text),
            Cell::Text(one.day.to_string()),
            Cell::Nothing,
            Cell::Nothing,
            Cell::Nothing,
            Cell::Nothing,
            Cell::Nothing,
            one.amount.into(),
        ];
        ("transaction", middle)
    });
    let all = usage.chain(other).chain(settled);
    all.enumerate().map(move |(index, (kind, middle))| {
        let [
            description,
            detail,
            hours,
            rate,
            cap,
            cap_applied,
            amount,
            transaction_amount,
        ] = middle;
        [
            Cell::Text(number.clone()),
            Cell::Text(customer.clone()),
            Cell::Day(parts.issued),
            Cell::Count(count(index + 1)),
            Cell::Text(kind.to_owned()),
            description,
            detail,
            hours,
            rate,
            cap,
            cap_applied,
            amount,
            Cell::Text(parts.currency.to_string()),
            Cell::Text(parts.status.to_string()),
            transaction_amount,
        ]
    })
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn table(columns: &[&str], rows: impl Iterator<Item = Vec<Cell>>) -> String {
    let mut table = columns.join(",");
    table.push_str("\r\n");
    for row in rows {
        for (index, cell) in row.iter().enumerate() {
            if index > 0 {
                table.push(',');
            }
            table.push_str(&field(cell));
        }
        table.push_str("\r\n");
    }
    table
}

fn field(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => quoted(&defused(text)),
        Cell::Number(number, decimals) => format!("{number:.decimals$}"),
        Cell::Count(count) => count.to_string(),
        Cell::Day(day) => day.to_string(),
        Cell::Flag(flag) => flag.to_string(),
        Cell::Nothing => String::new(),
    }
}

/// An apostrophe before what a spreadsheet would take for a formula. Some skip blanks before they look, and some know
/// the wide forms of the signs.
fn defused(text: &str) -> String {
    let dangerous = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r'];
    if text.trim_start().starts_with(dangerous) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn an_invoice_is_a_row_of_raw_decimals() {
        let table = invoices_csv(&[samples::document()]);
        let rows: Vec<&str> = table.split_terminator("\r\n").collect();
        assert_eq!(
            rows,
            [
                "number,kind,status,customer,issued,due,period_first,period_last,currency,usage,other_charges,carry_in,\
                 carry_out,total,paid,amount_due,lines,seller,other_transactions",
                "INV-2026-000123,invoice,pending,Meridian Analytics GmbH,2026-11-01,2026-11-15,2026-10-01,2026-10-31,\
                 USD,127.1433,45.00,0.0081,0.0014,172.15,100.00,72.15,6,Northwind Hosting,0.00",
            ]
        );
        assert!(table.ends_with("\r\n"));
    }

    #[test]
    fn lines_and_charges_are_rows() {
        let table = invoice_lines_csv(&[samples::document()]);
        let rows: Vec<&str> = table.split_terminator("\r\n").collect();
        assert_eq!(rows.len(), 1 + 6);
        assert_eq!(
            rows[1],
            "INV-2026-000123,Meridian Analytics GmbH,2026-11-01,1,usage,web-01.meridian.example,\
             \"Linode 4 GB, Frankfurt, running\",744,0.0360,24.00,true,24.0000,USD,pending,"
        );
        assert_eq!(
            rows[6],
            "INV-2026-000123,Meridian Analytics GmbH,2026-11-01,6,charge,Credit for the outage on 12 October,,,,,,\
             -15.00,USD,pending,"
        );
    }

    #[test]
    fn what_is_told_besides_is_in_no_sum_of_amounts() {
        let document = samples::with_settled();
        let table = invoice_lines_csv(std::slice::from_ref(&document));
        let rows: Vec<&str> = table.split_terminator("\r\n").collect();
        assert_eq!(
            rows[7..],
            [
                "INV-2026-000123,Meridian Analytics GmbH,2026-11-01,7,transaction,Adjustment: credit for a slow week,2026-10-14,,,,,,USD,pending,-12.50",
                "INV-2026-000123,Meridian Analytics GmbH,2026-11-01,8,transaction,Charge: domain meridian.example,2026-10-20,,,,,,USD,pending,18.00",
            ]
        );
        let list = invoices_csv(&[document]);
        assert!(
            list.trim_end()
                .ends_with(",172.15,100.00,72.15,6,Northwind Hosting,5.50"),
            "{list}"
        );
    }

    #[test]
    fn formulas_are_defused_and_quotes_doubled() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "  =1+1", "＝1+1", "\t=1"] {
            assert!(defused(text).starts_with('\''), "{text:?}");
        }
        assert_eq!(defused("a=1"), "a=1");
        assert_eq!(quoted("a \"b\", c\nd"), "\"a \"\"b\"\", c\nd\"");
        let mut parts = samples::parts();
        parts.customer.name = "=HYPERLINK(\"http://evil.example\",\"Pay\")".to_owned();
        let table = invoices_csv(&[InvoiceDocument::new(parts).unwrap()]);
        assert!(
            table.contains(",\"'=HYPERLINK(\"\"http://evil.example\"\",\"\"Pay\"\")\","),
            "{table}"
        );
    }

    #[test]
    fn no_invoices_are_a_head_alone() {
        assert_eq!(invoices_csv(&[]).matches("\r\n").count(), 1);
        assert_eq!(invoice_lines_csv(&[]).matches("\r\n").count(), 1);
    }
}
