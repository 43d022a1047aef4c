mod hostile;

use std::io::Write;

use domain::invoice::InvoiceStatus;
use domain::money::{Amount4, Carry, Money};
use unicode_normalization::UnicodeNormalization;

use super::paper::Sheet;
use super::paper::{BOTTOM, HEIGHT, Item, LEFT, RIGHT};
use super::typesetter::Typesetter;
use super::*;
use crate::samples::{self, day, money};
use crate::{Charge, InvoiceKind, InvoiceParts, Logo, Period};

fn sheets(document: &InvoiceDocument) -> Vec<Sheet> {
    layout::sheets(document, Typesetter::new()).0
}

/// The words of each sheet, as they were put.
fn words(document: &InvoiceDocument) -> Vec<Vec<String>> {
    let sheets = sheets(document);
    (sheets
        .iter()
        .map(|sheet| sheet.words().into_iter().map(str::to_owned).collect()))
    .collect()
}

/// The file; kept to be looked at where that is asked for.
fn file(name: &str, document: &InvoiceDocument) -> Vec<u8> {
    let bytes = invoice_pdf(document).unwrap();
    if let Some(folder) = std::env::var_os("CS_DOCUMENTS_KEEP") {
        let path = std::path::Path::new(&folder).join(name).with_extension("pdf");
        std::fs::File::create(path).unwrap().write_all(&bytes).unwrap();
    }
    bytes
}

fn changed(change: impl FnOnce(&mut InvoiceParts)) -> InvoiceDocument {
    let mut parts = samples::parts();
    change(&mut parts);
    InvoiceDocument::new(parts).unwrap()
}

/// How many pages the file says that it has.
fn pages(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    text.matches("/Type/Page/").count() + text.matches("/Type /Page\n").count()
}

/// All ink is between the margins, and what flows is above the foot.
fn inside(document: &InvoiceDocument) {
    for (index, sheet) in sheets(document).iter().enumerate() {
        for item in &sheet.items {
            let (x, y, width, height) = match item {
                Item::Text { line, x, top, .. } => (*x, *top, line.width, line.height),
                Item::Rule {
                    x, y, width, thickness, ..
                } => (*x, *y, *width, *thickness),
                Item::Pill {
                    x, y, width, height, ..
                }
                | Item::Logo { x, y, width, height } => (*x, *y, *width, *height),
            };
            let foot = y > HEIGHT - 50.0;
            assert!(x >= LEFT - 0.5 && x + width <= RIGHT + 0.5, "sheet {index}: {item:?}");
            assert!(y + height <= BOTTOM + 1.0 || foot, "sheet {index}: {item:?}");
        }
    }
}

#[test]
fn an_invoice_says_all_of_it() {
    let document = samples::document();
    file("invoice", &document);
    inside(&document);
    let sheets = words(&document);
    assert_eq!(sheets.len(), 1);
    let expected = [
        "Northwind Hosting",
        "Invoice",
        "Partly paid",
        "From",
        "Northwind Hosting",
        "48 Harbour Street",
        "Rotterdam 3011 AB",
        "Netherlands",
        "VAT NL0000.00.000.B01",
        "Billed to",
        "Meridian Analytics GmbH",
        "Friedrichstraße 112",
        "10117 Berlin",
        "Germany",
        "Number",
        "INV-2026-000123",
        "Issued",
        "1 Nov 2026",
        "Due",
        "15 Nov 2026",
        "Usage (UTC)",
        "1 Oct – 31 Oct 2026",
        "Currency",
        "USD",
        "Description",
        "Hours",
        "Rate per hour",
        "Amount",
        "744 h",
        "$0.0360",
        "$24.0000",
        "web-01.meridian.example",
        "Linode 4 GB, Frankfurt, running · capped at $24.00 a month",
        "744 h",
        "$0.1080",
        "$72.0000",
        "db-primary",
        "Dedicated 8 GB, Frankfurt · capped at $72.00 a month",
        "304 h",
        "$0.0720",
        "$21.8880",
        "batch-07",
        "Linode 8 GB, London, from 19 October",
        "701 h",
        "$0.0132",
        "$9.2553",
        "grafana",
        "Container S on host-2",
        "$60.0000",
        "Migration of two servers to Frankfurt, 1.5 hours of work",
        "−$15.0000",
        "Credit for the outage on 12 October",
        "Usage is measured to a hundredth of a cent and charged",
        "in whole cents: $0.0081 left over from earlier usage is",
        "charged here, and $0.0014 is left for the next invoice.",
        "Subtotal",
        "$172.1433",
        "Carried in",
        "$0.0081",
        "Carried to the next invoice",
        "−$0.0014",
        "Total (USD)",
        "$172.15",
        "Paid",
        "−$100.00",
        "Amount due",
        "$72.15",
        "Payment",
        "$100.00 was taken from your wallet while the month ran. The rest is due.",
        "Terms",
        "Payable within 14 days of the date of issue. Usage is metered in whole hours (UTC); a server costs at",
        "most its monthly cap.",
        "Questions about this invoice: billing@northwind.example",
        "Northwind Hosting · INV-2026-000123",
        "Page 1 of 1",
    ];
    let found: Vec<String> = sheets[0].iter().map(|text| text.replace('\u{a0}', " ")).collect();
    assert_eq!(found, expected);
}

#[test]
fn the_same_invoice_gives_the_same_bytes() {
    for document in [samples::document(), samples::hostile()] {
        assert_eq!(invoice_pdf(&document).unwrap(), invoice_pdf(&document.clone()).unwrap());
    }
    let other = changed(|parts| parts.customer.name.push('!'));
    assert_ne!(invoice_pdf(&samples::document()).unwrap(), invoice_pdf(&other).unwrap());
}

#[test]
fn the_file_names_title_and_seller() {
    let pdf = invoice_pdf(&samples::document()).unwrap();
    let text = String::from_utf8_lossy(&pdf);
    assert!(text.starts_with("%PDF-1."), "{}", &text[..8]);
    assert!(text.contains("/Title(Invoice INV-2026-000123)"));
    assert!(text.contains("/Author(Northwind Hosting)"));
    assert!(text.contains("/CreationDate(D:20261101"));
    assert!(text.contains("/ModDate(D:20261101"));
}

#[test]
fn a_long_table_repeats_its_head_and_counts_its_pages() {
    let document = samples::long(300);
    let sheets = words(&document);
    inside(&document);
    assert!((15..=25).contains(&sheets.len()), "{}", sheets.len());
    let mut nodes = Vec::new();
    for (index, sheet) in sheets.iter().enumerate() {
        let has = |text: &str| sheet.iter().any(|found| found == text);
        assert!(has(&format!("Page {} of {}", index + 1, sheets.len())));
        assert!(has("INV-2026-000123"));
        let rows = sheet.iter().filter(|text| text.starts_with("node-")).count();
        assert_eq!(rows > 0, has("Rate per hour"), "sheet {index}");
        nodes.extend(sheet.iter().filter(|text| text.starts_with("node-")).cloned());
    }
    let expected: Vec<String> = (1..=300).map(|index| format!("node-{index:04}")).collect();
    assert_eq!(nodes, expected);
    let last = sheets.last().unwrap();
    assert!(last.iter().any(|text| text == "$3,600.00"));
    assert_eq!(pages(&file("long", &document)), sheets.len());
}

#[test]
fn any_number_of_lines_keeps_its_margins() {
    for count in 0..40 {
        let document = samples::long(count);
        inside(&document);
        let text = words(&document).concat();
        assert_eq!(
            text.iter().filter(|text| text.starts_with("node-")).count(),
            usize::try_from(count).unwrap()
        );
        assert_eq!(text.iter().filter(|text| *text == "Amount due").count(), 1);
    }
}

#[test]
fn a_credit_note_is_in_the_customers_favour() {
    let document = changed(|parts| {
        parts.kind = InvoiceKind::CreditNote;
        parts.lines.clear();
        parts.other_charges = vec![Charge {
            text: "Credit for INV-2026-000101".to_owned(),
            amount: money("-12.50"),
        }];
        (parts.carry_in, parts.carry_out) = (Carry::ZERO, Carry::ZERO);
        (parts.total, parts.paid) = (money("-12.50"), Money::ZERO);
        (parts.due, parts.period) = (None, None);
    });
    file("credit", &document);
    inside(&document);
    let text = words(&document).concat();
    let has = |word: &str| text.iter().any(|text| text == word);
    assert!(
        has("Credit note") && has("In your favour") && has("$12.50") && has("−$12.50"),
        "{text:?}"
    );
    // Without metered lines there are no columns for them, and no fine decimals.
    assert!(
        !has("Hours") && !has("Rate per hour") && !has("Due") && !has("Usage (UTC)"),
        "{text:?}"
    );
}

#[test]
fn each_state_has_its_word() {
    let text = |status: InvoiceStatus| {
        let document = changed(|parts| {
            parts.status = status;
            parts.paid = if status == InvoiceStatus::Paid {
                parts.total
            } else {
                Money::ZERO
            };
        });
        file(status.as_str(), &document);
        words(&document).concat()
    };
    for (status, state, sum) in [
        (InvoiceStatus::Paid, "Paid", "Amount due"),
        (InvoiceStatus::Pending, "Open", "Amount due"),
        (InvoiceStatus::Failed, "Overdue", "Amount overdue"),
        (InvoiceStatus::Cancelled, "Cancelled", "Cancelled: nothing is due"),
    ] {
        let text = text(status);
        assert_eq!(text[2], state);
        assert!(text.iter().any(|text| text == sum), "{status}");
        assert_eq!(text.iter().any(|text| text == "Amount due"), sum == "Amount due");
    }
}

#[test]
fn the_carry_is_explained_only_where_there_is_one() {
    let explained = |carry_in: &str, carry_out: &str| {
        let document = changed(|parts| {
            parts.carry_in = Carry::parse(carry_in).unwrap();
            parts.carry_out = Carry::parse(carry_out).unwrap();
            let usage = Amount4::parse("100").unwrap();
            parts.lines.truncate(1);
            parts.other_charges.clear();
            let moved = usage.checked_add(parts.carry_out.into()).unwrap();
            parts.lines[0].amount = moved.checked_sub(parts.carry_in.into()).unwrap();
            parts.total = money("100");
        });
        let text = words(&document).concat().join(" ");
        let start = text.find("Usage is measured")?;
        let sentence = &text[start..];
        Some(sentence[..=sentence.find(". ")?].to_owned())
    };
    assert_eq!(explained("0", "0"), None);
    let opening = "Usage is measured to a hundredth of a cent and charged in whole cents: ";
    assert_eq!(
        explained("0.0042", "0"),
        Some(format!(
            "{opening}$0.0042 left over from earlier usage is charged here."
        ))
    );
    assert_eq!(
        explained("0", "0.0099"),
        Some(format!("{opening}$0.0099 is left for the next invoice."))
    );
}

#[test]
fn a_logo_stands_instead_of_the_name() {
    let logo = |bytes| changed(|parts| parts.seller.logo = Some(Logo::from_png(bytes).unwrap()));
    let document = logo(samples::png(400, 60));
    let pdf = file("logo", &document);
    inside(&document);
    assert!(String::from_utf8_lossy(&pdf).contains("/Subtype/Image"));
    assert_eq!(
        words(&document)[0]
            .iter()
            .filter(|text| *text == "Northwind Hosting")
            .count(),
        1
    );
    inside(&logo(samples::png(1, 4000)));
    // Cut short: its head is right, its picture isn't.
    let whole = samples::png(400, 60);
    let cut = whole[..whole.len() / 2].to_vec();
    assert_eq!(Logo::from_png(cut.clone()), Err(DocumentError::Logo));
    let cut = changed(|parts| parts.seller.logo = Some(Logo::known_png(cut).unwrap()));
    assert_eq!(invoice_pdf(&cut), Err(DocumentError::Logo));
    // What was an SVG stands there as sharp as a printer shows it.
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 30"><rect width="120" height="30" rx="6" fill="teal"/></svg>"#;
    let svg = changed(|parts| parts.seller.logo = Some(Logo::from_file(svg.to_vec()).unwrap()));
    inside(&svg);
    assert_eq!(file("logo-svg", &svg), invoice_pdf(&svg).unwrap());
}

#[test]
fn a_period_over_new_year_has_both_years() {
    let of = |first, last| {
        let period = Some(Period::new(first, last).unwrap());
        words(&changed(|parts| parts.period = period))
            .concat()
            .join("|")
            .replace('\u{a0}', " ")
    };
    assert!(of(day(2025, 12, 15), day(2026, 1, 14)).contains("|15 Dec 2025 – 14 Jan 2026|"));
    assert!(of(day(2026, 1, 14), day(2026, 1, 14)).contains("|14 Jan 2026|"));
}

#[test]
fn the_total_is_never_alone_on_a_sheet() {
    for count in 1..40 {
        let sheets = words(&samples::long(count));
        let with_total = sheets
            .iter()
            .find(|sheet| sheet.iter().any(|text| text == "Subtotal"))
            .unwrap();
        assert!(with_total.iter().any(|text| text.starts_with("node-")), "{count}");
    }
}

#[test]
fn many_invoices_are_one_file() {
    let documents = [samples::document(), samples::long(30), samples::hostile()];
    let count: usize = documents.iter().map(|document| sheets(document).len()).sum();
    let pdf = invoices_pdf(&documents).unwrap();
    assert_eq!(pages(&pdf), count);
    assert_eq!(pdf, invoices_pdf(&documents).unwrap());
    assert!(String::from_utf8_lossy(&pdf).contains("/Title(Invoice INV-2026-000123 and 2 more)"));
    // Fonts are in it once, not once for each invoice.
    let alone: usize = documents
        .iter()
        .map(|document| invoice_pdf(document).unwrap().len())
        .sum();
    assert!(pdf.len() < alone, "{} of {alone}", pdf.len());
    assert_eq!(invoices_pdf(&[]), Err(DocumentError::Empty));
}

/// Names and addresses as the world writes them.
const SCRIPTS: [(&str, &str); 14] = [
    ("Chinese", "北京云栈科技有限公司，上海市浦东新区（第３層）"),
    ("traditional Chinese", "臺北雲端有限公司 信義區松仁路"),
    ("Japanese", "株式会社サンプル 東京都千代田区丸の内「一丁目」 ﾊﾝｶｸ"),
    ("Korean", "주식회사 클라우드 서울특별시 강남구 테헤란로"),
    (
        "Korean in pieces",
        "\u{110c}\u{116e}\u{1109}\u{1175}\u{11a8}\u{1112}\u{116c}\u{1109}\u{1161} \u{1100}\u{1161}\u{11bc}\u{1102}\u{1161}\u{11b7}",
    ),
    (
        "Latin in pieces",
        "Z\u{30c}lut\u{30c}ouc\u{30c}ky\u{301} Co\u{302}te\u{301} \u{110}a\u{301}m",
    ),
    ("Arabic", "شركة الخوادم المحدودة، دبي"),
    ("Persian", "شرکت میزبانی پارس، تهران"),
    ("Hebrew", "חברת שרתים בע״מ, תל אביב"),
    ("Greek", "Ελληνική Φιλοξενία ΑΕ, Αθήνα"),
    ("Cyrillic", "ООО «Хостинг», Київ, Їжакевича"),
    ("Vietnamese and others", "Công ty Đám Mây Žluťoučký ŞİĞÇÖ Łódź"),
    ("emoji", "🚀 Launch ☕ 👩‍👩‍👧 ❤️ 👍🏽 🇵🇹 1️⃣"),
    ("mixed", "Ana 北京 שלום שלום 株式会社 Ōsaka 한국 №5 ½ €"),
];

/// Numbers of the glyphs on all sheets, as the file has them.
fn glyphs(document: &InvoiceDocument) -> Vec<u32> {
    let sheets = sheets(document);
    let lines = sheets
        .iter()
        .flat_map(|sheet| &sheet.items)
        .filter_map(|item| match item {
            Item::Text { line, .. } => Some(line),
            _ => None,
        });
    lines
        .flat_map(|line| &line.runs)
        .flat_map(|run| &run.glyphs)
        .map(|glyph| glyph.glyph_id.to_u32())
        .collect()
}

#[test]
fn names_of_all_the_world_can_be_read() {
    for (script, text) in SCRIPTS {
        let document = changed(|parts| {
            parts.customer.name = text.to_owned();
            parts.customer.address = vec![text.to_owned()];
            parts.seller.name = text.to_owned();
            parts.lines[0].description = text.to_owned();
            parts.other_charges[0].text = text.to_owned();
        });
        file(script, &document);
        inside(&document);
        let shown = words(&document).concat().join("");
        let blank = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let joined: String = text.nfc().collect();
        assert!(blank(&shown).matches(&blank(&joined)).count() >= 4, "{script}: {shown}");
        assert!(!shown.contains("[U+"), "{script}: {shown}");
        assert!(!glyphs(&document).contains(&0), "{script}");
    }
}

#[test]
fn a_script_is_set_in_the_font_that_has_all_of_it() {
    // A font with a few syllables of Korean, or its letters alone, would be asked for what it can't join.
    for syllable in ["가", "강", "남", "힣", "뷁"] {
        let mut typesetter = Typesetter::new();
        let alone = typesetter.line(syllable, layout::BODY);
        assert_eq!(
            alone.runs.iter().map(|run| run.glyphs.len()).sum::<usize>(),
            1,
            "{syllable}"
        );
        let both = typesetter.line(&format!("{syllable}국"), layout::BODY);
        assert_eq!(both.runs.len(), 1, "{syllable}: one font");
    }
}

#[test]
fn what_no_font_has_stands_as_its_number_and_that_is_said_once() {
    let document = changed(|parts| {
        parts.customer.name = "Ur \u{12000}\u{12001} Trading \u{E000}".to_owned();
        parts.seller.name = "\u{12000}".to_owned();
        parts.lines[0].description = "x\u{12000}\u{FE0F}".to_owned();
    });
    inside(&document);
    file("numbers", &document);
    let shown = words(&document).concat();
    assert!(
        shown.join(" ").contains("Ur [U+12000][U+12001] Trading [U+E000]"),
        "{shown:?}"
    );
    assert!(shown.contains(&"x[U+12000]".to_owned()), "{shown:?}");
    let said = shown.iter().filter(|line| line.starts_with("[U+…] stands for"));
    assert_eq!(said.count(), 1);
    assert!(!glyphs(&document).contains(&0));
    // The next invoice of a file, in which nothing is missing, says nothing.
    let both = [document, samples::document()];
    let (_, typesetter) = layout::sheets(&both[0], Typesetter::new());
    let (next, _) = layout::sheets(&both[1], typesetter);
    let next: Vec<&str> = next.iter().flat_map(Sheet::words).collect();
    assert!(!next.iter().any(|line| line.contains("[U+")), "{next:?}");
    assert_eq!(invoices_pdf(&both).unwrap(), invoices_pdf(&both).unwrap());
}

#[test]
fn what_moved_the_wallet_besides_is_told_and_not_added() {
    let document = samples::with_settled();
    file("settled", &document);
    inside(&document);
    let shown = words(&document).concat().join("|").replace('\u{a0}', " ");
    assert!(
        shown.contains("|Other transactions|") && shown.contains("no part|of the total above."),
        "{shown}"
    );
    for row in [
        "|14 Oct 2026|Adjustment: credit for a slow week|−$12.50|",
        "|20 Oct 2026|Charge: domain meridian.example|$18.00|",
        "|Together|$5.50|",
        "|Total (USD)|$172.15|",
    ] {
        assert!(shown.contains(row), "{row} in {shown}");
    }
    assert!(
        !words(&samples::document())
            .concat()
            .contains(&"Other transactions".to_owned())
    );
    // Hundreds of them go from sheet to sheet.
    let many = changed(|parts| {
        parts.settled = (0..120)
            .map(|_| crate::Settled {
                day: day(2026, 10, 3),
                text: "Adjustment: ".to_owned() + &"long reason ".repeat(20),
                amount: money("99999999.99"),
            })
            .collect();
    });
    inside(&many);
    let shown = words(&many).concat().join("|");
    assert_eq!(shown.matches("Adjustment:").count(), 120);
}
