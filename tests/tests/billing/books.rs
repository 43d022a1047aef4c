//! A small business of a test's own, whose clock stands where the test puts it.

use app::{
    domain::metering::UsageMonth,
    invoices::{self, CloseReport},
    session::Session,
};
use chrono::{DateTime, NaiveDateTime, Utc};
use cs_tests::{
    desk::Workspace,
    workspace_db::{ask, attempt, run},
};
use sqlx::PgConnection;
use std::ops::ControlFlow;

pub struct Books {
    pub workspace: Workspace,
    pub admin: PgConnection,
    pub session: Session,
}

pub fn time(text: &str) -> DateTime<Utc> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap().and_utc()
}

pub fn month(text: &str) -> UsageMonth {
    UsageMonth::parse(text).unwrap()
}

impl Books {
    /// Three plans and no customer: 900 at 0.0100 an hour, 901 at 0.0213 with a cap of 5.00, 902 for nothing.
    pub async fn new() -> Self {
        let workspace = Workspace::fresh().await;
        let admin = workspace.admin().connect("tests").await.unwrap();
        let session = Session::operator(workspace.admin(), "tests").await.unwrap();
        let mut books = Self {
            workspace,
            admin,
            session,
        };
        books
            .at(
                "2029-12-01 00:00",
                "INSERT INTO vps_plans (id, name, provider, hourly_rate, monthly_rate) VALUES
                   (900, 'Plain', 'linode', 0.0100, NULL), (901, 'Capped', 'linode', 0.0213, 5.00), (902, 'Free', 'linode', 0.0100, 0)",
            )
            .await;
        books
    }

    /// Does something at a time.
    pub async fn at(&mut self, at: &str, sql: &str) {
        run(
            &mut self.admin,
            &format!("BEGIN; SET LOCAL cs.at = '{at}'; {sql}; COMMIT"),
        )
        .await;
    }

    /// A customer with a wallet in a currency, and what it holds.
    pub async fn customer(&mut self, at: &str, id: i32, paid: &str) {
        self.at(
            at,
            &format!(
                "INSERT INTO organizations (id, name) VALUES ({id}, 'Customer {id}');
                 INSERT INTO wallets (id, organization_id) VALUES (NULL, {id})"
            ),
        )
        .await;
        if paid != "0" {
            self.deposit(at, id, paid).await;
        }
    }

    pub async fn deposit(&mut self, at: &str, organization: i32, amount: &str) {
        self.at(
            at,
            &format!(
                "INSERT INTO transactions (id, organization_id, amount, type, status, idempotency_key)
                 VALUES (NULL, {organization}, {amount}, 'deposit', 'completed', '{at} {amount}')"
            ),
        )
        .await;
    }

    pub async fn server(&mut self, at: &str, id: i32, organization: i32, plan: i32) {
        self.at(
            at,
            &format!(
                "INSERT INTO vps_instances (id, label, plan_id, organization_id) VALUES ({id}, 'server-{id}', {plan}, {organization})"
            ),
        )
        .await;
    }

    pub async fn bill(&mut self, at: &str) {
        let session = self.session.at(time(at));
        app::billing::run(&session, Some(time(at)), |_, _| ControlFlow::Continue(()))
            .await
            .unwrap();
    }

    pub async fn try_close(&self, at: &str, period: &str) -> Result<CloseReport, app::AppError> {
        invoices::close(&self.session.at(time(at)), month(period), |_, _| {
            ControlFlow::Continue(())
        })
        .await
    }

    pub async fn close(&self, at: &str, period: &str) -> CloseReport {
        self.try_close(at, period)
            .await
            .unwrap_or_else(|error| panic!("{period} at {at}: {error}"))
    }

    /// The rule that a close breaks.
    pub async fn refused(&self, at: &str, period: &str) -> String {
        match self.try_close(at, period).await {
            Err(app::AppError::Store(store::StoreError::Rule(rule))) => rule,
            other => panic!("{period} at {at}: {other:?}"),
        }
    }

    pub async fn ask(&mut self, sql: &str) -> String {
        ask(&mut self.admin, sql).await
    }

    pub async fn rule(&mut self, at: &str, sql: &str) -> String {
        let sql = format!("BEGIN; SET LOCAL cs.at = '{at}'; {sql}; COMMIT");
        let error = attempt(&mut self.admin, &sql).await.unwrap_err();
        attempt(&mut self.admin, "ROLLBACK").await.unwrap();
        error
            .as_database_error()
            .and_then(|error| error.constraint())
            .unwrap_or_else(|| panic!("no rule is named: {error}"))
            .to_owned()
    }

    /// The invoices, oldest first: organization, number, amount, paid, status.
    pub async fn invoices(&mut self) -> String {
        self.ask(
            "SELECT string_agg(concat_ws(' ', organization_id, right(invoice_number, 11), amount, amount_paid, status), E'\\n' ORDER BY id) FROM invoices",
        )
        .await
    }

    /// The lines of the newest invoice of an organization: label, month, hours, rate, amount, and what is to be said of it.
    pub async fn lines(&mut self, organization: i32) -> String {
        self.ask(&format!(
            "SELECT string_agg(concat_ws(' ', l ->> 'description', l ->> 'usage_month', l ->> 'quantity', l ->> 'unitPrice', l ->> 'amount',
               CASE WHEN (l ->> 'cap_applied')::boolean THEN 'capped' END, CASE WHEN (l ->> 'late')::boolean THEN 'late' END), E'\\n' ORDER BY place)
             FROM (SELECT line_items FROM invoices WHERE organization_id = {organization} ORDER BY id DESC LIMIT 1) i
             CROSS JOIN LATERAL jsonb_array_elements(line_items) WITH ORDINALITY AS x(l, place)"
        ))
        .await
    }
}
