//! CSV of a whole list, as filtered: read window by window in one snapshot, written as it comes.

use std::{
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;
use serde_json::Value;
use sqlx::Connection;
use store::list::{ListRequest, MAX_LIMIT, Page};
use tempfile::NamedTempFile;

use crate::{AppError, session::Session};

/// A file that was written.
#[derive(Debug)]
pub struct Exported {
    /// Where.
    pub path: PathBuf,
    /// How many rows, without the head.
    pub rows: u64,
}

/// Lists that can be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exportable {
    /// Organizations.
    Organizations,
    /// Users.
    Users,
    /// Servers.
    Servers,
    /// Transactions.
    Transactions,
    /// Invoices.
    Invoices,
    /// Billing runs.
    BillingRuns,
    /// What runs charged.
    Charges,
    /// The log.
    Activity,
    /// Syncs of accounts at providers.
    Syncs,
    /// Containers.
    Containers,
    /// Plans.
    Plans,
    /// API keys.
    ApiKeys,
    /// Where providers and database differ.
    Drift,
}

impl Exportable {
    fn word(self) -> &'static str {
        match self {
            Self::Organizations => "organizations",
            Self::Users => "users",
            Self::Servers => "servers",
            Self::Transactions => "transactions",
            Self::Invoices => "invoices",
            Self::BillingRuns => "billing-runs",
            Self::Charges => "charges",
            Self::Activity => "activity",
            Self::Syncs => "syncs",
            Self::Containers => "containers",
            Self::Plans => "plans",
            Self::ApiKeys => "api-keys",
            Self::Drift => "drift",
        }
    }
}

/// Writes all rows that match, with the columns asked for, into a new file of `folder`.
pub async fn csv(
    session: &Session,
    list: Exportable,
    request: &ListRequest,
    columns: &[String],
    folder: &Path,
) -> Result<Exported, AppError> {
    let mut connection = session.read().await?;
    // One snapshot, so that rows that move meanwhile are neither repeated nor lost.
    let mut transaction = connection.begin().await?;
    store::connect::hold_snapshot(&mut transaction).await?;
    std::fs::create_dir_all(folder).map_err(AppError::Export)?;
    let mut part = PartFile::create(folder, list.word())?;
    part.line(columns.iter().cloned())?;
    let mut request = ListRequest {
        limit: MAX_LIMIT,
        after: None,
        ..request.clone()
    };
    let mut rows = 0;
    loop {
        let (lines, next) = match list {
            Exportable::Organizations => cells(store::organizations::list(&mut transaction, &request).await?, columns)?,
            Exportable::Users => cells(store::users::list(&mut transaction, &request).await?, columns)?,
            Exportable::Servers => cells(store::servers::list(&mut transaction, &request).await?, columns)?,
            Exportable::ApiKeys => cells(store::api_keys::list(&mut transaction, &request).await?, columns)?,
            Exportable::Drift => cells(store::drift::list(&mut transaction, &request).await?, columns)?,
            Exportable::Transactions => cells(store::transactions::list(&mut transaction, &request).await?, columns)?,
            Exportable::Invoices => cells(store::invoices::list(&mut transaction, &request).await?, columns)?,
            Exportable::BillingRuns => cells(store::billing::runs(&mut transaction, &request).await?, columns)?,
            Exportable::Charges => cells(store::billing::charges(&mut transaction, &request).await?, columns)?,
            Exportable::Activity => cells(store::activity::list(&mut transaction, &request).await?, columns)?,
            Exportable::Syncs => cells(store::sync::list(&mut transaction, &request).await?, columns)?,
            Exportable::Containers => cells(store::containers::list(&mut transaction, &request).await?, columns)?,
            Exportable::Plans => {
                let costs = crate::plans::costs(session);
                cells(store::plans::list(&mut transaction, &request, costs).await?, columns)?
            }
        };
        for line in lines {
            part.line(line.into_iter())?;
            rows += 1;
        }
        match next {
            Some(position) => request.after = Some(position),
            None => break,
        }
    }
    Ok(Exported {
        path: part.finish()?,
        rows,
    })
}

/// Writes a small table that is computed, with a head, into a new file of `folder`.
pub(crate) fn table(
    name: &'static str,
    head: &[&str],
    lines: impl Iterator<Item = Vec<String>>,
    folder: &Path,
) -> Result<Exported, AppError> {
    std::fs::create_dir_all(folder).map_err(AppError::Export)?;
    let mut part = PartFile::create(folder, name)?;
    part.line(head.iter().map(|cell| (*cell).to_owned()))?;
    let mut rows = 0;
    for line in lines {
        part.line(line.iter().map(|cell| safe(cell)))?;
        rows += 1;
    }
    Ok(Exported {
        path: part.finish()?,
        rows,
    })
}

type Lines = (Vec<Vec<String>>, Option<String>);

fn cells<T: Serialize>(page: Page<T>, columns: &[String]) -> Result<Lines, AppError> {
    let mut lines = Vec::with_capacity(page.rows.len());
    for row in &page.rows {
        let fields = serde_json::to_value(row).map_err(|_| AppError::Internal("a row that can't be written"))?;
        lines.push(
            columns
                .iter()
                .map(|name| match fields.get(name) {
                    None => Err(AppError::invalid("columns", "The list has no such column.")),
                    Some(Value::Null) => Ok(String::new()),
                    Some(Value::String(text)) => Ok(safe(text)),
                    Some(Value::Array(words)) if words.iter().all(Value::is_string) => Ok(safe(
                        &words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
                    )),
                    Some(other) => Ok(other.to_string()),
                })
                .collect::<Result<_, _>>()?,
        );
    }
    Ok((lines, page.next))
}

/// A spreadsheet must not run what a customer typed. Amounts such as -12.50 stay numbers.
fn safe(text: &str) -> String {
    let number = text
        .strip_prefix('-')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    if !number && text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// Written beside its place and renamed when whole: a file that exists is complete.
struct PartFile {
    file: std::io::BufWriter<NamedTempFile>,
    folder: PathBuf,
    name: &'static str,
}

impl PartFile {
    fn create(folder: &Path, name: &'static str) -> Result<Self, AppError> {
        let file = tempfile::Builder::new()
            .prefix(".export-")
            .suffix(".part")
            .tempfile_in(folder)
            .map_err(AppError::Export)?;
        Ok(Self {
            file: std::io::BufWriter::new(file),
            folder: folder.to_owned(),
            name,
        })
    }

    fn line(&mut self, cells: impl Iterator<Item = String>) -> Result<(), AppError> {
        let mut line = String::new();
        for (index, cell) in cells.enumerate() {
            if index > 0 {
                line.push(',');
            }
            if cell.contains([',', '"', '\n', '\r']) {
                line.push('"');
                line.push_str(&cell.replace('"', "\"\""));
                line.push('"');
            } else {
                line.push_str(&cell);
            }
        }
        line.push_str("\r\n");
        self.file.write_all(line.as_bytes()).map_err(AppError::Export)
    }

    fn finish(self) -> Result<PathBuf, AppError> {
        let whole = self
            .file
            .into_inner()
            .map_err(|error| AppError::Export(error.into_error()))?;
        settle(whole, &self.folder, self.name, "csv")
    }
}

/// Gives a whole file its name; one that is taken gets a number behind it.
fn settle(mut whole: NamedTempFile, folder: &Path, stem: &str, extension: &str) -> Result<PathBuf, AppError> {
    for number in 1..1000 {
        let name = if number == 1 {
            format!("{stem}.{extension}")
        } else {
            format!("{stem} ({number}).{extension}")
        };
        let path = folder.join(name);
        match whole.persist_noclobber(&path) {
            Ok(_) => return Ok(path),
            Err(refused) if refused.error.kind() == ErrorKind::AlreadyExists => whole = refused.file,
            Err(refused) => return Err(AppError::Export(refused.error)),
        }
    }
    Err(AppError::Export(ErrorKind::AlreadyExists.into()))
}

fn whole(folder: &Path, bytes: &[u8]) -> std::io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new()
        .prefix(".export-")
        .suffix(".part")
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Writes a new file of a folder, which is made if it isn't there. Nobody else may read it.
pub(crate) fn keep_in(folder: &Path, stem: &str, extension: &str, bytes: &[u8]) -> Result<PathBuf, AppError> {
    std::fs::create_dir_all(folder).map_err(AppError::Export)?;
    settle(whole(folder, bytes).map_err(AppError::Export)?, folder, stem, extension)
}

/// Writes a file at the place that a person named; one that is there is replaced only if that was said.
pub fn write_file(path: &Path, bytes: &[u8], replace: bool) -> Result<(), AppError> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let file = whole(folder, bytes).map_err(AppError::Export)?;
    let kept = if replace {
        file.persist(path)
    } else {
        file.persist_noclobber(path)
    };
    kept.map(|_| ()).map_err(|refused| AppError::Export(refused.error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_defused_and_amounts_are_not() {
        assert_eq!(safe("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(safe("@x"), "'@x");
        assert_eq!(safe("-cmd"), "'-cmd");
        assert_eq!(safe("-12.50"), "-12.50");
        assert_eq!(safe("Acme"), "Acme");
    }

    #[test]
    fn a_second_export_does_not_replace_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let write = || {
            let mut part = PartFile::create(folder.path(), "users").unwrap();
            part.line(["a".to_owned(), "say \"hi\", twice".to_owned()].into_iter())
                .unwrap();
            part.finish().unwrap()
        };
        let (one, two) = (write(), write());
        assert_eq!(one.file_name().unwrap(), "users.csv");
        assert_eq!(two.file_name().unwrap(), "users (2).csv");
        assert_eq!(std::fs::read_to_string(one).unwrap(), "a,\"say \"\"hi\"\", twice\"\r\n");
    }
}
