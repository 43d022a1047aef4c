//! The logo on documents: taken when it can be set, kept for what was issued with it.

use app::{AppError, invoices, settings};
use cs_tests::{
    csctl::{csctl, json},
    workspace_db::WorkspaceDb,
};

use super::books::{Books, time};

const SVG: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 30"><rect width="120" height="30" rx="6" fill="COLOUR"/></svg>"#;

fn svg(colour: &str) -> Vec<u8> {
    SVG.replace("COLOUR", colour).into_bytes()
}

fn has_picture(pdf: &[u8]) -> bool {
    pdf.windows(14).any(|part| part == b"/Subtype/Image")
}

#[tokio::test]
async fn an_invoice_keeps_the_logo_that_it_was_issued_with() {
    let mut books = Books::new().await;
    books.customer("2030-01-01 00:00", 1, "90").await;
    books.server("2030-01-01 00:00", 11, 1, 900).await;
    let pdf = async |books: &Books, id: i32| {
        invoices::pdf(&books.session.at(time("2030-05-01 00:00")), id)
            .await
            .unwrap()
            .1
    };
    books.close("2030-02-01 01:00", "2030-01").await;
    let first: i32 = books.ask("SELECT max(id) FROM invoices").await.parse().unwrap();
    let without = pdf(&books, first).await;
    assert!(!has_picture(&without));

    let teal = settings::set_logo(&books.session, Some(svg("teal")), false)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((teal.width, teal.height), (1360, 340));
    assert_eq!(pdf(&books, first).await, without, "issued without one it stays without");
    books.close("2030-03-01 01:00", "2030-02").await;
    let second: i32 = books.ask("SELECT max(id) FROM invoices").await.parse().unwrap();
    let with_teal = pdf(&books, second).await;
    assert!(has_picture(&with_teal));

    let red = settings::set_logo(&books.session, Some(svg("red")), false)
        .await
        .unwrap()
        .unwrap();
    assert_ne!(red.hash, teal.hash);
    books.close("2030-04-01 01:00", "2030-03").await;
    let third: i32 = books.ask("SELECT max(id) FROM invoices").await.parse().unwrap();
    let with_red = pdf(&books, third).await;
    assert!(has_picture(&with_red) && with_red != with_teal);
    assert_eq!(settings::set_logo(&books.session, None, false).await.unwrap(), None);
    assert_eq!(settings::logo(&books.session).await.unwrap(), None);
    for (id, was) in [(first, without), (second, with_teal), (third, with_red)] {
        assert_eq!(pdf(&books, id).await, was, "the same bytes, whatever the logo is now");
    }
    // What is in the table is what its name says, and stays.
    assert_eq!(
        books
            .rule(
                "2030-05-01 00:00",
                "INSERT INTO seller_logos VALUES (repeat('a', 64), 'x')"
            )
            .await,
        "seller_logos_hash"
    );
    assert_eq!(
        books.ask("SELECT count(*) FROM activity_logs WHERE resource_type = 'settings' AND details::text LIKE '%seller_logo%'").await,
        "3"
    );
}

#[tokio::test]
async fn a_picture_that_cannot_be_set_is_refused_when_it_is_given() {
    let mut books = Books::new().await;
    settings::set_logo(&books.session, Some(svg("teal")), false)
        .await
        .unwrap();
    for wrong in [
        b"no picture".to_vec(),
        b"\x89PNG\r\n\x1a\nhalf".to_vec(),
        SVG.replace("<rect", "<image href=\"file:///etc/passwd\"/><rect")
            .into_bytes(),
        vec![b' '; 300_000],
    ] {
        let refused = settings::set_logo(&books.session, Some(wrong), false).await;
        assert!(
            matches!(refused, Err(AppError::Invalid { field: "logo", .. })),
            "{refused:?}"
        );
    }
    settings::set_logo(&books.session, Some(svg("red")), true)
        .await
        .unwrap();
    assert_eq!(
        books.ask("SELECT count(*) FROM seller_logos").await,
        "1",
        "a rehearsal keeps nothing"
    );
}

#[tokio::test]
async fn a_terminal_sets_shows_and_takes_it_away() {
    let db = WorkspaceDb::new().await;
    let url = db.admin_url().to_owned();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("logo.svg");
    std::fs::write(&file, svg("navy")).unwrap();
    let path = file.to_str().unwrap();
    let set = json(&csctl(&url, &["settings", "logo", path, "--json"]), 0);
    assert_eq!(
        (&set["changed"], &set["logo"]["width"]),
        (&true.into(), &1360.into()),
        "{set}"
    );
    let shown = json(&csctl(&url, &["settings", "logo", "--json"]), 0);
    assert_eq!(shown["logo"], set["logo"]);
    std::fs::write(&file, "<svg").unwrap();
    let refused = csctl(&url, &["settings", "logo", path]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        refused.status.code() == Some(2) && said.contains("readable PNG or SVG"),
        "{said}"
    );
    let gone = json(&csctl(&url, &["settings", "logo", "--remove", "--json"]), 0);
    assert!(gone["logo"].is_null(), "{gone}");
}
