//! A small believable business in a fresh workspace, made through the wire where the wire can make it. Servers and
//! plans, which come from a provider, are inserted by the server's administrator.

use serde_json::{Value, json};

use crate::desk::{TestDesk, Workspace};

/// Organizations with what they have paid in, their region and how many servers they run.
const CUSTOMERS: &[(&str, &str, &str, i32)] = &[
    ("Brightwater Labs GmbH", "612.40", "eu-central", 4),
    ("Kestrel Freight", "1840.00", "eu-west", 6),
    ("Quarry Street Games", "305.10", "us-east", 3),
    ("Ovella Foods", "96.40", "eu-central", 1),
    ("Mirador Health", "4118.92", "us-east", 5),
    ("Tallgrass Media", "81.12", "us-central", 2),
    ("Sable Robotics", "3380.00", "ap-south", 4),
    ("Larkspur Legal", "128.75", "eu-west", 1),
    ("Fjord & Pine", "612.33", "eu-central", 2),
    ("Pilcrow Press", "41.18", "us-east", 1),
    ("Copperfield Prints", "0.00", "us-west", 0),
    ("Zephyr Sails", "250.00", "eu-west", 1),
];

/// Subject, category, priority, customer, the first words.
const TICKETS: &[(&str, &str, &str, usize, &str)] = &[
    (
        "batch-07 unreachable after resize",
        "technical",
        "urgent",
        0,
        "I resized `batch-07` from 8 GB to 16 GB at 18:50 and it has not come back. The console stops here:\n\n```\nVFS: Cannot open root device \"sda1\" or unknown-block(8,1)\nKernel panic - not syncing: VFS: Unable to mount root fs\n```\n\nOur nightly jobs start at 22:00 UTC, so we need it before then.",
    ),
    (
        "Cannot add a fourth IPv4 to edge-2",
        "technical",
        "high",
        1,
        "The form says that the limit is reached, but edge-1 has four.",
    ),
    (
        "Egress charge looks too high for October",
        "billing",
        "high",
        2,
        "We were charged for 9,842 GB. Our own counters say about half.",
    ),
    (
        "Need a signed DPA and tax ID on invoices",
        "account",
        "medium",
        4,
        "Our auditors ask for both by the end of the month.",
    ),
    (
        "Wallet top-up taken twice",
        "billing",
        "medium",
        5,
        "Two payments of $50 left our bank on Friday, only one is in the wallet.",
    ),
    (
        "How do I move a server to Frankfurt?",
        "general",
        "low",
        7,
        "Is there a way without a new address?",
    ),
];

/// What was made.
pub struct Business {
    /// Ids of the organizations, in the order above.
    pub organizations: Vec<i64>,
    /// Ids of the tickets, in the order above.
    pub tickets: Vec<i64>,
}

/// Makes it, over a desk at which an admin has signed in.
pub async fn open(workspace: &Workspace, desk: &TestDesk) -> Business {
    let tomas = desk
        .create_user("tomas.lind@halyard.example", ("Tomas", "Lind"), "support", None)
        .await;
    desk.create_user("fina.moreau@halyard.example", ("Fina", "Moreau"), "finance", None)
        .await;
    let mut organizations = Vec::new();
    for (index, (name, paid, _, _)) in CUSTOMERS.iter().enumerate() {
        let id = desk.create_organization(name).await;
        if *paid != "0.00" {
            desk.deposit(id, paid, &format!("first-{index}"))
                .await
                .expect("a deposit");
        }
        organizations.push(id);
    }
    let ines = desk
        .create_user(
            "ines@brightwater.example",
            ("Ines", "Carvalho"),
            "user",
            Some(organizations[0]),
        )
        .await;
    insert_servers(workspace).await;
    let mut tickets = Vec::new();
    for (index, (subject, category, priority, customer, text)) in TICKETS.iter().enumerate() {
        let created = desk
            .ok(
                "tickets.create",
                json!({"organization_id": organizations[*customer], "user_id": (*customer == 0).then_some(ines), "subject": subject,
                       "description": text, "category": category, "priority": priority, "key": format!("ticket-{index}")}),
            )
            .await;
        tickets.push(created["id"].as_i64().expect("an id"));
    }
    let me = desk.ok("app.state", json!({})).await["session"]["user_id"].clone();
    for (ticket, person) in [(tickets[0], me), (tickets[1], Value::from(tomas))] {
        desk.ok(
            "tickets.update",
            json!({"id": ticket, "status": null, "priority": null, "assigned_to": person, "unassign": false}),
        )
        .await;
    }
    desk.ok(
        "tickets.note",
        json!({"ticket_id": tickets[0], "seen_message_id": null, "set_status": null, "key": "note-0",
               "text": "Resize event 918273 finished, but the root disk kept the old 160 GB layout and GRUB points at a partition that moved. **Don’t reboot it again** until fsck is through; I have it in rescue mode."}),
    )
    .await;
    Business { organizations, tickets }
}

async fn insert_servers(workspace: &Workspace) {
    workspace
        .execute(
            "INSERT INTO vps_plans (name, provider, linode_type, vcpus, memory_mb, disk_gb, base_cost, markup_percentage, hourly_rate, monthly_rate) VALUES
               ('Dedicated 8 GB', 'linode', 'g6-dedicated-4', 4, 8192, 160, 0.1080, 13.33, 0.1224, 82.00),
               ('Dedicated 16 GB', 'linode', 'g6-dedicated-8', 8, 16384, 320, 0.2160, 13.33, 0.2448, 164.00),
               ('Shared 2 GB', 'linode', 'g6-standard-1', 1, 2048, 50, 0.0180, 20.00, 0.0216, 14.40)",
        )
        .await;
    let mut rows = Vec::new();
    for (customer, (name, _, region, servers)) in CUSTOMERS.iter().enumerate() {
        for number in 1..=*servers {
            let host = customer * 12 + usize::try_from(number).unwrap_or_default();
            let status = match host % 11 {
                4 => "offline",
                7 => "provisioning",
                9 => "rebuilding",
                _ => "running",
            };
            rows.push(json!({"label": format!("web-{number:02}"), "linode": 51_000_000 + host, "organization": name, "region": region,
                             "status": status, "ipv4": format!("203.0.113.{host}"), "plan": 1 + host % 3}));
        }
    }
    let mut connection = workspace.admin().connect("tests").await.expect("a connection");
    sqlx::query(
        "INSERT INTO vps_instances (linode_id, label, region, plan_id, organization_id, status, ipv4, ipv6, image, created_at)
         SELECT (r->>'linode')::int, r->>'label', r->>'region', (r->>'plan')::int, o.id, r->>'status', r->>'ipv4',
           '2600:3c03::f03c:94ff:fe' || (r->>'plan') || '0:113', 'linode/debian12', timezone('UTC', now()) - interval '40 days'
         FROM jsonb_array_elements($1) AS r JOIN organizations o ON o.name = r->>'organization'",
    )
    .bind(Value::Array(rows))
    .execute(&mut connection)
    .await
    .expect("the servers are inserted");
}
