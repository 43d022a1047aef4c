//! Invoices and the month's close.

use cs_tests::desk::{Workspace, first_rows};
use serde_json::{Value, json};

use crate::code;

/// Two organizations with a server each since long ago, of whom one has a wallet with something in it.
async fn with_usage() -> Workspace {
    let workspace = Workspace::fresh().await;
    workspace
        .execute(
            "BEGIN; SET LOCAL cs.at = '2020-01-30 00:00';
             INSERT INTO organizations (id, name) VALUES (900, 'Alder'), (901, 'Birch');
             INSERT INTO wallets (id, organization_id) VALUES (NULL, 900), (NULL, 901);
             INSERT INTO transactions (id, organization_id, amount, type, status, idempotency_key) VALUES (NULL, 900, 50, 'deposit', 'completed', 'k');
             INSERT INTO vps_plans (id, name, provider, hourly_rate) VALUES (900, 'Plain', 'linode', 0.0101);
             INSERT INTO vps_instances (id, label, plan_id, organization_id) VALUES (900, 'alder-1', 900, 900), (901, 'birch-1', 900, 901);
             COMMIT",
        )
        .await;
    workspace
}

async fn ended(desk: &cs_tests::desk::TestDesk) -> Value {
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        let task = desk.ok("tasks.list", json!({})).await["tasks"][0].clone();
        if task["state"] != "running" && task["state"] != "stopping" {
            return task;
        }
        assert!(tokio::time::Instant::now() < deadline, "{task}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_closed_and_its_invoices_are_read_saved_and_withdrawn() {
    let workspace = with_usage().await;
    let desk = workspace.admin_desk().await;
    let period = json!({"period": "2020-01"});
    let preview = desk.ok("invoices.close_preview", period.clone()).await;
    assert_eq!(
        (
            &preview["invoices"],
            &preview["total"],
            &preview["usage"],
            &preview["billed"],
            &preview["closed"]
        ),
        (
            &2.into(),
            &"0.96".into(),
            &"0.9696".into(),
            &false.into(),
            &false.into()
        ),
        "{preview}"
    );
    desk.ok("invoices.close", period.clone()).await;
    let task = ended(&desk).await;
    assert_eq!(
        (&task["kind"], &task["state"]),
        (&"close".into(), &"done".into()),
        "{task}"
    );
    assert_eq!(task["outcome"], "2020-01: 2 invoices issued, 0.96 in all.");
    desk.ok("invoices.close", period.clone()).await;
    let task = ended(&desk).await;
    assert_eq!(
        task["outcome"],
        "2020-01 had been closed before; nothing was issued again."
    );
    for (period, expected) in [
        ("2020-13", "invalid_field"),
        ("9998-01", "period_not_over"),
        ("2019-12", "period_later_closed"),
    ] {
        for command in ["invoices.close", "invoices.close_preview"] {
            let refused = desk.refused(command, json!({"period": period})).await;
            assert_eq!(code(&refused), expected, "{command} {period}");
        }
    }

    let mut request = first_rows(10);
    request["sort"] = json!({"column": "organization", "descending": false});
    let page = desk.ok("invoices.list", request.clone()).await;
    assert_eq!(page["total"], 2);
    let (paid, pending) = (&page["rows"][0], &page["rows"][1]);
    assert_eq!(
        [
            &paid["state"],
            &paid["due"],
            &pending["state"],
            &pending["due"],
            &pending["amount_paid"]
        ],
        ["paid", "0.00", "in_review", "0.48", "0.00"]
    );
    request["filters"] = json!([{"column": "state", "op": "is", "values": ["in_review", "overdue"]}]);
    assert_eq!(
        desk.ok("invoices.list", request.clone()).await["rows"],
        json!([pending])
    );

    let detail = desk.ok("invoices.get", json!({"id": pending["id"]})).await;
    assert_eq!(detail["lines"][0]["description"], "birch-1", "{detail}");
    assert_eq!(
        [
            &detail["usage"],
            &detail["carry_in"],
            &detail["carry_out"],
            &detail["seller"]["name"]
        ],
        ["0.4848", "0", "0.0048", "Halyard"]
    );
    assert!(
        detail["actions"]
            .as_array()
            .unwrap()
            .iter()
            .all(|action| action["allowed"] == true),
        "{detail}"
    );
    let of_paid = desk.ok("invoices.get", json!({"id": paid["id"]})).await;
    assert_eq!(
        of_paid["actions"][1]["reason"],
        "An invoice that is paid can't become cancelled."
    );

    for (format, name) in [
        ("pdf", "invoices.pdf"),
        ("xlsx", "invoices.xlsx"),
        ("csv", "invoice-lines.csv"),
    ] {
        let saved = desk
            .ok("invoices.save", json!({"format": format, "list": first_rows(1)}))
            .await;
        assert_eq!(
            (&saved["invoices"], &saved["left_out"]),
            (&2.into(), &0.into()),
            "{saved}"
        );
        assert!(saved["path"].as_str().unwrap().ends_with(name), "{saved}");
    }
    let exported = desk
        .ok(
            "invoices.export",
            json!({"list": first_rows(1), "columns": ["number", "organization", "amount", "due"]}),
        )
        .await;
    assert_eq!(exported["rows"], 2);

    let organization = desk.ok("organizations.get", json!({"id": 901})).await;
    assert_eq!(organization["invoices"], json!([pending]));
    desk.ok(
        "invoices.cancel",
        json!({"id": pending["id"], "expected_status": "pending"}),
    )
    .await;
    let refused = desk
        .refused(
            "invoices.cancel",
            json!({"id": pending["id"], "expected_status": "pending"}),
        )
        .await;
    assert_eq!(code(&refused), "stale");
    let refused = desk
        .refused(
            "invoices.cancel",
            json!({"id": pending["id"], "expected_status": "paid"}),
        )
        .await;
    assert_eq!(code(&refused), "transition_not_allowed");
    assert_eq!(
        desk.ok("invoices.get", json!({"id": pending["id"]})).await["invoice"]["status"],
        "cancelled"
    );
    assert_eq!(
        code(&desk.refused("invoices.get", json!({"id": 4711})).await),
        "not_found"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn support_reads_invoices_and_finance_closes_months() {
    let workspace = with_usage().await;
    let admin = workspace.admin_desk().await;
    admin
        .create_user("sam@halyard.example", ("Sam", "Lund"), "support", None)
        .await;
    admin
        .create_user("fern@halyard.example", ("Fern", "Ode"), "finance", None)
        .await;
    let (support, finance) = (workspace.desk().await, workspace.desk().await);
    support.sign_in("sam@halyard.example").await;
    finance.sign_in("fern@halyard.example").await;
    let period = json!({"period": "2020-01"});
    for command in ["invoices.close", "invoices.close_preview"] {
        assert_eq!(
            code(&support.refused(command, period.clone()).await),
            "forbidden",
            "{command}"
        );
    }
    finance.ok("invoices.close_preview", period.clone()).await;
    finance.ok("invoices.close", period).await;
    let task = ended(&finance).await;
    assert_eq!(task["state"], "done", "{task}");
    let page = support.ok("invoices.list", first_rows(10)).await;
    let id = &page["rows"][0]["id"];
    let detail = support.ok("invoices.get", json!({"id": id})).await;
    assert_eq!(
        (&detail["actions"][0]["allowed"], &detail["actions"][1]["allowed"]),
        (&true.into(), &false.into())
    );
    support
        .ok("invoices.save", json!({"format": "pdf", "list": first_rows(1)}))
        .await;
    let refused = support
        .refused("invoices.cancel", json!({"id": id, "expected_status": "pending"}))
        .await;
    assert_eq!(code(&refused), "forbidden");
}
