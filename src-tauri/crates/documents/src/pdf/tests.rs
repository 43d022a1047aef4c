use std::io::Write;

use super::layout::sheets;
use super::*;
use crate::samples;

/// The words of each sheet, as they were put.
fn words(document: &InvoiceDocument) -> Vec<Vec<String>> {
    let sheets = sheets(document);
    sheets.iter().map(|sheet| sheet.words().into_iter().map(str::to_owned).collect()).collect()
}

/// Writes a file to look at, where that is asked for.
fn keep(name: &str, bytes: &[u8]) {
    if let Some(folder) = std::env::var_os("CS_DOCUMENTS_KEEP") {
        let path = std::path::Path::new(&folder).join(name);
        std::fs::File::create(path).unwrap().write_all(bytes).unwrap();
    }
}

#[test]
fn files() {
    keep("invoice.pdf", &invoice_pdf(&samples::document()).unwrap());
    keep("hostile.pdf", &invoice_pdf(&samples::hostile()).unwrap());
    keep("long.pdf", &invoice_pdf(&samples::long(120)).unwrap());
}
