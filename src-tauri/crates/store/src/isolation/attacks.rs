//! Known attacks, tried in a transaction that is rolled back. Each must be refused for want of a right; one that fails in
//! any other way has got past the rights.

use sqlx::PgConnection;

use super::{Finding, execute};
use crate::{StoreError, roles::RolePrefix};

/// As whom an attack is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// A desk at which nobody has signed in.
    Nobody,
    /// A desk with an admin's session that has not shown its token.
    Admin,
    /// The same of support.
    Support,
    /// The same of finance.
    Finance,
    /// A desk that looks at no organization as its customer.
    Customer,
    /// The agent.
    Agent,
    /// A back end that has set nothing.
    Service,
    /// What takes backups: reads everything.
    Backup,
}

impl Who {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Nobody,
        Self::Admin,
        Self::Support,
        Self::Finance,
        Self::Customer,
        Self::Agent,
        Self::Service,
        Self::Backup,
    ];

    /// A word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Admin => "admin",
            Self::Support => "support",
            Self::Finance => "finance",
            Self::Customer => "customer",
            Self::Agent => "agent",
            Self::Service => "service",
            Self::Backup => "backup",
        }
    }
}

/// An attack: what it tries, the statement, and who may do that after all.
#[derive(Debug, Clone, Copy)]
pub struct Attack {
    /// What it is, in a sentence that begins with "could".
    pub what: &'static str,
    /// One statement. `@` begins the names of the workspace's roles, `{me}` is the login.
    pub sql: &'static str,
    /// Whether it may also be answered by no row at all.
    pub or_nothing: bool,
    /// Who may.
    pub but: &'static [Who],
}

const fn refused(what: &'static str, sql: &'static str) -> Attack {
    Attack {
        what,
        sql,
        or_nothing: false,
        but: &[],
    }
}

const fn refused_but(what: &'static str, sql: &'static str, but: &'static [Who]) -> Attack {
    Attack {
        but,
        ..refused(what, sql)
    }
}

const fn no_rows_but(what: &'static str, sql: &'static str, but: &'static [Who]) -> Attack {
    Attack {
        or_nothing: true,
        ..refused_but(what, sql, but)
    }
}

/// All of them.
pub const ATTACKS: &[Attack] = &[
    refused_but(
        "read the database's own secrets",
        "SELECT value FROM cs_auth.secrets",
        &[Who::Backup],
    ),
    refused_but(
        "read the hashes of sessions' tokens",
        "SELECT token_sha256 FROM cs_auth.sessions",
        &[Who::Backup],
    ),
    refused_but(
        "read the proofs of sign-ins",
        "SELECT proof FROM cs_auth.attempts",
        &[Who::Backup],
    ),
    refused_but(
        "read the throttle of sign-ins",
        "SELECT failures FROM cs_auth.throttle",
        &[Who::Backup],
    ),
    refused_but(
        "read the list of logins",
        "SELECT login FROM cs_auth.logins",
        &[Who::Backup],
    ),
    refused(
        "change the table of rules",
        "UPDATE cs_meta.matrix SET condition = 'true'",
    ),
    refused_but(
        "read password hashes",
        "SELECT password_hash FROM public.users",
        &[Who::Service, Who::Backup],
    ),
    refused_but(
        "read tokens that reset a password",
        "SELECT token FROM public.password_reset_tokens",
        &[Who::Service, Who::Backup],
    ),
    refused_but(
        "read hashes of API keys",
        "SELECT key_hash FROM public.user_api_keys",
        &[Who::Service, Who::Backup],
    ),
    refused_but(
        "read providers' credentials",
        "SELECT credentials FROM public.provider_configs",
        &[Who::Admin, Who::Agent, Who::Backup],
    ),
    refused_but(
        "read root passwords",
        "SELECT root_password FROM public.vps_instances",
        &[Who::Admin, Who::Agent, Who::Backup],
    ),
    refused("read the server's password hashes", "SELECT rolpassword FROM pg_authid"),
    refused("read samples of columns' values", "SELECT stavalues1 FROM pg_statistic"),
    refused("read a file of the server", "SELECT pg_read_file('postgresql.conf')"),
    refused(
        "read a file of the server as a large object",
        "SELECT lo_import('/etc/hostname')",
    ),
    refused("run a program on the server", "COPY (SELECT 1) TO PROGRAM 'true'"),
    refused(
        "write a file on the server",
        "COPY (SELECT 1) TO '/tmp/containerstacks-attack'",
    ),
    refused("set a wallet's balance", "UPDATE public.wallets SET balance = balance"),
    refused(
        "make a wallet with money in it",
        "INSERT INTO public.wallets (id, organization_id, balance) SELECT NULL, 1, 1000",
    ),
    refused_but(
        "post a deposit without a session's token",
        "INSERT INTO public.transactions (id, organization_id, amount, type, payment_id) VALUES (NULL, 1, 1000, 'deposit', 'attack')",
        &[Who::Agent],
    ),
    no_rows_but(
        "move the ledger on without a session's token",
        "UPDATE public.transactions SET status = 'completed'",
        &[],
    ),
    no_rows_but(
        "change people without a session's token",
        "UPDATE public.users SET role = 'admin'",
        &[],
    ),
    no_rows_but(
        "see customers without having signed in",
        "SELECT 1 FROM public.users LIMIT 1",
        &[Who::Admin, Who::Support, Who::Finance, Who::Agent, Who::Backup],
    ),
    no_rows_but(
        "see balances without having signed in",
        "SELECT 1 FROM public.wallets LIMIT 1",
        &[Who::Admin, Who::Support, Who::Finance, Who::Agent, Who::Backup],
    ),
    refused("change the log", "UPDATE public.activity_logs SET action = action"),
    refused("delete from the log", "DELETE FROM public.activity_logs"),
    refused("empty the log", "TRUNCATE public.activity_logs"),
    refused(
        "change the log's chain",
        "UPDATE public.log_chain SET chain_hash = chain_hash",
    ),
    refused(
        "forge a link of the log's chain",
        "INSERT INTO public.log_chain (position, activity_id, row_hash, chain_hash) VALUES (9000000000, 1, '', '')",
    ),
    refused_but(
        "forge an entry of the log",
        "INSERT INTO public.activity_logs (action) VALUES ('attack')",
        &[],
    ),
    refused("delete from the ledger", "DELETE FROM public.transactions"),
    refused("empty the ledger", "TRUNCATE public.transactions CASCADE"),
    refused("delete invoices", "DELETE FROM public.invoices"),
    refused("delete organizations", "DELETE FROM public.organizations"),
    refused(
        "lock everybody out of the wallets",
        "LOCK TABLE public.wallets IN ACCESS EXCLUSIVE MODE NOWAIT",
    ),
    refused(
        "lock writers out of the ledger",
        "LOCK TABLE public.transactions IN ROW EXCLUSIVE MODE NOWAIT",
    ),
    refused_but(
        "use up the ledger's numbers",
        "SELECT nextval('public.transactions_id_seq')",
        &[Who::Service],
    ),
    refused(
        "set back the ledger's numbers",
        "SELECT setval('public.transactions_id_seq', 1)",
    ),
    refused(
        "move wallets by the ledger's own function",
        "SELECT cs_ledger.move(ARRAY[1], ARRAY[1000::numeric])",
    ),
    refused(
        "end everybody's sessions",
        "SELECT cs_auth.end_sessions(NULL, NULL, 'attack')",
    ),
    refused("take a colleague's role away", "SELECT cs_auth.take_back('{me}')"),
    refused(
        "add a rule to the matrix",
        "SELECT cs_meta.permit('support', 'wallets', 'update', 'balance', 'true')",
    ),
    refused("become the owner of the tables", "SET LOCAL ROLE @owner"),
    refused_but("become the agent", "SET LOCAL ROLE @agent", &[Who::Agent]),
    refused_but("become a trusted back end", "SET LOCAL ROLE @service", &[Who::Service]),
    refused_but("become what takes backups", "SET LOCAL ROLE @backup", &[Who::Backup]),
    refused_but("become an admin", "SET LOCAL ROLE @admin", &[Who::Admin]),
    refused("lend itself the owner's role", "GRANT @owner TO {me}"),
    refused("make itself a superuser", "ALTER ROLE {me} SUPERUSER"),
    refused("let itself past row level security", "ALTER ROLE {me} BYPASSRLS"),
    refused("make roles", "CREATE ROLE containerstacks_attack"),
    refused("drop policies by dropping what its group owns", "DROP OWNED BY @staff"),
    refused("drop policies by dropping what admins own", "DROP OWNED BY @admin"),
    refused("drop policies by dropping what back ends own", "DROP OWNED BY @service"),
    refused("drop a policy", "DROP POLICY owner_all ON public.users"),
    refused(
        "switch row level security off",
        "ALTER TABLE public.users NO FORCE ROW LEVEL SECURITY",
    ),
    refused("switch triggers off", "ALTER TABLE public.wallets DISABLE TRIGGER ALL"),
    refused(
        "switch triggers off for itself",
        "SET LOCAL session_replication_role = replica",
    ),
    refused("make temporary tables", "CREATE TEMP TABLE attack (x int)"),
    refused("make tables", "CREATE TABLE public.attack (x int)"),
    refused(
        "make functions",
        "CREATE FUNCTION public.attack() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ),
    refused("make schemas", "CREATE SCHEMA attack"),
    refused(
        "replace what decides about writing",
        "CREATE OR REPLACE FUNCTION cs_auth.writing() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    ),
    refused("publish all tables", "CREATE PUBLICATION attack FOR ALL TABLES"),
];

/// As whom this connection's own login works now.
pub(super) async fn myself(connection: &mut PgConnection, prefix: &RolePrefix) -> Result<Who, StoreError> {
    let groups: Vec<String> = sqlx::query_scalar(
        "SELECT g.rolname::text FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles b ON b.oid = m.member WHERE b.rolname = session_user",
    )
    .fetch_all(connection)
    .await?;
    let known = [
        Who::Agent,
        Who::Service,
        Who::Backup,
        Who::Admin,
        Who::Support,
        Who::Finance,
    ];
    Ok(known
        .into_iter()
        .find(|who| groups.contains(&prefix.role(who.word())))
        .unwrap_or(Who::Nobody))
}

/// Tries them as whoever the transaction is; how many, and what got through.
pub(super) async fn run(
    transaction: &mut PgConnection,
    prefix: &RolePrefix,
    who: Who,
) -> Result<(usize, Vec<Finding>), StoreError> {
    let me: String = sqlx::query_scalar("SELECT quote_ident(session_user)")
        .fetch_one(&mut *transaction)
        .await?;
    let tried: Vec<&Attack> = ATTACKS.iter().filter(|attack| !attack.but.contains(&who)).collect();
    let rows: Vec<String> = tried
        .iter()
        .enumerate()
        .map(|(number, attack)| {
            let sql = attack
                .sql
                .replace('@', &format!("{}_", prefix.as_str()))
                .replace("{me}", &me);
            format!("({number}, $a${sql}$a$, {})", attack.or_nothing)
        })
        .collect();
    // In one round trip: each attack is a subtransaction that ends in an exception, whether or not it got through.
    execute(
        &mut *transaction,
        format!(
            "DO $attacks$
             DECLARE
               a record;
               touched bigint;
               told text := '';
             BEGIN
               FOR a IN SELECT * FROM (VALUES {}) AS x(number, statement, or_nothing) LOOP
                 BEGIN
                   EXECUTE a.statement;
                   GET DIAGNOSTICS touched = ROW_COUNT;
                   RAISE EXCEPTION 'taken back' USING ERRCODE = CASE WHEN a.or_nothing AND touched = 0 THEN '42501' ELSE 'CS099' END;
                 EXCEPTION WHEN OTHERS THEN
                   told := told || a.number || '=' || SQLSTATE || ',';
                 END;
               END LOOP;
               PERFORM pg_catalog.set_config('cs.attacks', told, true);
             END $attacks$",
            rows.join(", ")
        ),
    )
    .await?;
    let told: String = sqlx::query_scalar("SELECT current_setting('cs.attacks')")
        .fetch_one(transaction)
        .await?;
    let mut findings = Vec::new();
    let mut answered = 0;
    for answer in told.split(',').filter(|answer| !answer.is_empty()) {
        let Some((number, state)) = answer.split_once('=') else {
            continue;
        };
        let Some(attack) = number.parse::<usize>().ok().and_then(|number| tried.get(number)) else {
            continue;
        };
        answered += 1;
        match state {
            "42501" => {}
            // Somebody held a lock, or it took too long: says nothing.
            "55P03" | "57014" | "40P01" | "40001" => answered -= 1,
            state => findings.push(Finding::red(
                format!("attack as {}", who.word()),
                format!(
                    "This could {}: the database {}.",
                    attack.what,
                    if state == "CS099" {
                        "let it happen (it was taken back)".to_owned()
                    } else {
                        format!("looked at more than the rights before it refused ({state})")
                    }
                ),
                "Put right what the other findings name, then check again.",
            )),
        }
    }
    Ok((answered, findings))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attacks_are_told_apart_and_can_be_quoted() {
        let mut seen = std::collections::BTreeSet::new();
        for attack in ATTACKS {
            assert!(seen.insert(attack.what), "{}", attack.what);
            assert!(!attack.sql.contains("$a$") && !attack.sql.contains("$attacks$"));
        }
        // Each kind of visitor is refused most of them.
        for who in Who::ALL {
            let tried = ATTACKS.iter().filter(|attack| !attack.but.contains(&who)).count();
            assert!(tried > 50, "{who:?}: {tried}");
        }
        assert!(ATTACKS.iter().all(|attack| !attack.but.contains(&Who::Customer)));
    }
}
