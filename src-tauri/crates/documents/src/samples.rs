//! Invoices for tests. The business and its customers are invented.

use chrono::NaiveDate;
use domain::invoice::{InvoiceNumber, InvoiceStatus};
use domain::money::{Amount4, Carry, Currency, Money, Rate};

use crate::{Charge, Customer, InvoiceDocument, InvoiceKind, InvoiceParts, Line, Period, Seller, Settled};

pub(crate) fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

pub(crate) fn money(text: &str) -> Money {
    Money::parse(text).unwrap()
}

pub(crate) fn line(description: &str, detail: &str, hours: u64, rate: &str, cap: Option<&str>, amount: &str) -> Line {
    let rate = Rate::parse(rate).unwrap();
    let amount = Amount4::parse(amount).unwrap();
    Line {
        description: description.to_owned(),
        detail: detail.to_owned(),
        quantity_hours: Some(hours),
        rate: Some(rate),
        cap_applied: amount.decimal() < rate.decimal() * rust_decimal::Decimal::from(hours),
        cap: cap.map(money),
        amount,
    }
}

fn charge(text: &str, amount: &str) -> Charge {
    Charge {
        text: text.to_owned(),
        amount: money(amount),
    }
}

/// Four lines, two charges, both carries, partly paid.
pub(crate) fn parts() -> InvoiceParts {
    InvoiceParts {
        seller: Seller {
            name: "Northwind Hosting".to_owned(),
            address: ["48 Harbour Street", "Rotterdam 3011 AB", "Netherlands", "VAT NL0000.00.000.B01"]
                .map(str::to_owned)
                .to_vec(),
            logo: None,
            terms: Some(
                "Payable within 14 days of the date of issue. Usage is metered in whole hours (UTC); a server costs at \
                 most its monthly cap.\nQuestions about this invoice: billing@northwind.example"
                    .to_owned(),
            ),
        },
        customer: Customer {
            name: "Meridian Analytics GmbH".to_owned(),
            address: ["Friedrichstraße 112", "10117 Berlin", "Germany"].map(str::to_owned).to_vec(),
        },
        number: InvoiceNumber::new(2026, 123).unwrap(),
        kind: InvoiceKind::Invoice,
        corrects: None,
        issued: day(2026, 11, 1),
        due: Some(day(2026, 11, 15)),
        period: Some(Period::new(day(2026, 10, 1), day(2026, 10, 31)).unwrap()),
        currency: Currency::USD,
        status: InvoiceStatus::Pending,
        lines: vec![
            line(
                "web-01.meridian.example",
                "Linode 4 GB, Frankfurt, running",
                744,
                "0.0360",
                Some("24.00"),
                "24.0000",
            ),
            line("db-primary", "Dedicated 8 GB, Frankfurt", 744, "0.1080", Some("72.00"), "72.0000"),
            line("batch-07", "Linode 8 GB, London, from 19 October", 304, "0.0720", Some("48.00"), "21.8880"),
            line("grafana", "Container S on host-2", 701, "0.0132", None, "9.2553"),
        ],
        settled: Vec::new(),
        other_charges: vec![
            charge("Migration of two servers to Frankfurt, 1.5 hours of work", "60.00"),
            charge("Credit for the outage on 12 October", "-15.00"),
        ],
        carry_in: Carry::parse("0.0081").unwrap(),
        carry_out: Carry::parse("0.0014").unwrap(),
        total: money("172.15"),
        paid: money("100.00"),
        wallet_note: Some("$100.00 was taken from your wallet while the month ran. The rest is due.".to_owned()),
    }
}

pub(crate) fn document() -> InvoiceDocument {
    InvoiceDocument::new(parts()).unwrap()
}

/// Words that would be markup, formula, another direction of writing, or nothing at all somewhere.
pub(crate) const HOSTILE: [&str; 10] = [
    "#import \"@preview/x\": *; #set page(fill: red) $ sum_(i=0) $ *bold* _it_ `raw` <label> @ref",
    "<b onclick=\"x()\">HTML</b> &amp; <script>alert(1)</script>",
    "(PDF) Tj ET Q endstream endobj %%EOF \\) \\\\ <feff>",
    "\\input{/etc/passwd} \\write18{id} $\\alpha$ ~ % ^ {",
    "=HYPERLINK(\"http://evil.example\",\"Pay here\")",
    "שלום עולם, invoice 42 עבור שרת",
    "مرحبا بالعالم – خادم رقم 7",
    "emoji 😀 👩‍👩‍👧 🇩🇪 and 中文 and e\u{301}",
    "NUL\0 bell\u{7} escape\u{1b}[31m override \u{202E}desrever\u{202C} end",
    "Zürich, Łódź, Αθήνα, Москва, Tiếng Việt",
];

/// The sample with hostile words everywhere.
pub(crate) fn hostile() -> InvoiceDocument {
    let mut parts = parts();
    parts.seller.name = HOSTILE[1].to_owned();
    parts.seller.terms = Some(HOSTILE.join("\n"));
    parts.customer.name = HOSTILE[0].to_owned();
    parts.customer.address = HOSTILE.map(str::to_owned).to_vec();
    parts.lines = HOSTILE
        .iter()
        .map(|text| line(text, text, 1, "0.0100", None, "0.0100"))
        .collect();
    parts.other_charges = vec![charge(HOSTILE[4], "-0.10")];
    parts.carry_in = Carry::ZERO;
    parts.carry_out = Carry::ZERO;
    parts.total = Money::ZERO;
    parts.paid = Money::ZERO;
    InvoiceDocument::new(parts).unwrap()
}

/// The sample in whose month the wallet moved besides.
pub(crate) fn with_settled() -> InvoiceDocument {
    let mut parts = parts();
    let settled = |on, text: &str, amount| Settled {
        day: day(2026, 10, on),
        text: text.to_owned(),
        amount: money(amount),
    };
    parts.settled = vec![
        settled(14, "Adjustment: credit for a slow week", "-12.50"),
        settled(20, "Charge: domain meridian.example", "18.00"),
    ];
    InvoiceDocument::new(parts).unwrap()
}

/// The sample with `count` lines instead.
pub(crate) fn long(count: u32) -> InvoiceDocument {
    let mut parts = parts();
    parts.lines = (1..=count)
        .map(|index| {
            line(
                &format!("node-{index:04}"),
                "Linode 2 GB, Frankfurt",
                744,
                "0.0180",
                Some("12.00"),
                "12.0000",
            )
        })
        .collect();
    parts.other_charges = Vec::new();
    parts.carry_in = Carry::ZERO;
    parts.carry_out = Carry::ZERO;
    parts.total = Money::from_decimal(rust_decimal::Decimal::from(count * 12)).unwrap();
    parts.paid = parts.total;
    parts.status = InvoiceStatus::Paid;
    InvoiceDocument::new(parts).unwrap()
}

/// A PNG of one colour, with a right checksum for each part and uncompressed data.
pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let mut rows = Vec::new();
    for _ in 0..height {
        rows.push(0);
        rows.extend((0..width).flat_map(|_| [0x1f_u8, 0x5f, 0xd0]));
    }
    let mut data = vec![0x78, 0x01];
    let mut blocks = rows.chunks(65_535).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap();
        data.push(u8::from(blocks.peek().is_none()));
        data.extend(length.to_le_bytes());
        data.extend((!length).to_le_bytes());
        data.extend(block);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in &rows {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    data.extend(((b << 16) | a).to_be_bytes());
    let mut head = Vec::new();
    head.extend(width.to_be_bytes());
    head.extend(height.to_be_bytes());
    head.extend([8, 2, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, content) in [(b"IHDR", head), (b"IDAT", data), (b"IEND", vec![])] {
        file.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
        let mut checked = name.to_vec();
        checked.extend(content);
        file.extend(&checked);
        file.extend(crc(&checked).to_be_bytes());
    }
    file
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xEDB8_8320
            } else {
                crc >> 1
            };
        }
    }
    !crc
}
