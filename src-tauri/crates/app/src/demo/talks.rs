//! Conversations between customers and the desk. `{server}`, `{ip}`, `{plan}`, `{month}` and `{first}` (the customer's
//! first name) are filled in.

use domain::ticket::Priority::{self, High, Low, Medium, Urgent};

/// Who says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Voice {
    /// The customer.
    Customer,
    /// A member of the staff, to the customer.
    Staff,
    /// A member of the staff, to colleagues.
    Note,
}
use Voice::{Customer, Note, Staff};

/// One conversation.
pub(super) struct Talk {
    pub(super) subject: &'static str,
    pub(super) category: &'static str,
    pub(super) priority: Priority,
    pub(super) opening: &'static str,
    /// What follows, each after some minutes.
    pub(super) lines: &'static [(Voice, i64, &'static str)],
}

pub(super) const TALKS: &[Talk] = &[
    Talk {
        subject: "{server} unreachable after resize",
        category: "technical",
        priority: Urgent,
        opening: "I resized `{server}` an hour ago and it has not come back. The console stops here:\n\n```\nVFS: Cannot open root device \"sda1\" or unknown-block(8,1)\nKernel panic - not syncing: VFS: Unable to mount root fs\n```\n\nOur nightly jobs start at 22:00 UTC, so we need it before then.",
        lines: &[
            (
                Note,
                14,
                "Resize finished at the provider, but the boot entry still points at the old disk layout. **Don't reboot it again** until fsck is through; I have it in rescue mode.",
            ),
            (
                Staff,
                6,
                "Hi {first}, {server} panics because its boot entry points at the old disk layout. It is in rescue mode now and we are checking the file system; your data is not touched. I will write again within the hour.",
            ),
            (Customer, 9, "Thank you. Are we billed while it is down?"),
            (
                Staff,
                21,
                "It is up again at {ip}; the file system was clean. Hours are billed as long as the server exists, so I have noted the two hours for a credit with finance.",
            ),
            (Customer, 12, "Confirmed, all jobs ran. Thanks!"),
        ],
    },
    Talk {
        subject: "Cannot add a second IPv4 to {server}",
        category: "technical",
        priority: High,
        opening: "The form says that the limit is reached, but our other server has two addresses. We need one for the mail relay.",
        lines: &[
            (
                Staff,
                55,
                "Hi {first}, additional IPv4 addresses need a short justification since they are scarce. Is it for a service with a certificate of its own?",
            ),
            (
                Customer,
                130,
                "Yes, it is the outgoing mail relay, with reverse DNS of its own.",
            ),
            (
                Staff,
                40,
                "That is reason enough. The address is assigned and answers; the reverse DNS entry follows as soon as your A record exists.",
            ),
        ],
    },
    Talk {
        subject: "Charge for {month} looks too high",
        category: "billing",
        priority: High,
        opening: "We expected about the same as the month before, and {month} is clearly more. We did not order anything.",
        lines: &[
            (
                Note,
                38,
                "They moved {server} to {plan} in the middle of the month. Hours before are at the old rate, hours after at the new one.",
            ),
            (
                Staff,
                11,
                "Hello {first}, the difference is {server}: it was moved to {plan} during the month. The invoice has two lines for it, one at each rate. Nothing else has changed.",
            ),
            (
                Customer,
                300,
                "Ah, that was my colleague. Clear, thank you for looking it up so quickly.",
            ),
        ],
    },
    Talk {
        subject: "Need our tax ID on invoices",
        category: "billing",
        priority: Medium,
        opening: "Our auditors ask for our tax ID on each invoice by the end of the month. Can you add it, also on the old ones?",
        lines: &[
            (
                Staff,
                210,
                "Hi {first}, issued invoices can't be changed, but we can print your tax ID on those to come, and give you a signed list of the old ones with it. Would that do?",
            ),
            (Customer, 1_300, "The list is fine for the auditors. Thank you."),
        ],
    },
    Talk {
        subject: "Wallet top-up taken twice",
        category: "billing",
        priority: High,
        opening: "Two payments left our bank on Friday, only one is in the wallet. The second one has the same reference with a 2 at the end.",
        lines: &[
            (
                Note,
                25,
                "Only one arrived here. The bank's list of today may show the other; asked Jonas to look.",
            ),
            (
                Staff,
                8,
                "Hello {first}, we see one of the two so far. Transfers of Friday afternoon reach us on Monday; as soon as the second arrives we either credit it or send it back, as you prefer.",
            ),
            (Customer, 95, "Please credit it, we will need it anyway."),
            (Staff, 2_600, "It has arrived and is in your wallet."),
        ],
    },
    Talk {
        subject: "How do I move {server} to another region?",
        category: "general",
        priority: Low,
        opening: "Is there a way to move it without a new address?",
        lines: &[
            (
                Staff,
                400,
                "Hi {first}, a server can move between regions, but its addresses belong to the region and change with it. Lower the TTL of your DNS records a day before, then tell us a time that suits you.",
            ),
            (Customer, 1_500, "Good to know. Then we stay where we are for now."),
        ],
    },
    Talk {
        subject: "Reverse DNS for {ip}",
        category: "technical",
        priority: Medium,
        opening: "Please set the reverse DNS of {ip} to mail.{domain}. Our messages land in spam without it.",
        lines: &[
            (
                Staff,
                70,
                "Done: {ip} points to mail.{domain}. It may take a few hours until resolvers see it.",
            ),
            (Customer, 600, "Works, thanks."),
        ],
    },
    Talk {
        subject: "High load on {server} since this morning",
        category: "technical",
        priority: High,
        opening: "`{server}` has a load of 40 since 06:00 and our pages time out. Nothing was deployed. Is the host busy?",
        lines: &[
            (
                Note,
                12,
                "Host is fine: steal time below 1 %. The graph shows disk writes at the limit since the log rotation at 06:00.",
            ),
            (
                Staff,
                5,
                "Hi {first}, the host is fine, but {server} writes to its disk at the limit since 06:00. Could a log rotation or a backup of yours have got stuck? `iotop` will name the process.",
            ),
            (
                Customer,
                33,
                "Found it: a backup script had started three times. Killed, and the load is back to 0.4. Sorry for the noise!",
            ),
        ],
    },
    Talk {
        subject: "Add a teammate who may see invoices only",
        category: "account",
        priority: Low,
        opening: "Our new bookkeeper should be able to download invoices and nothing else. Is there such a role?",
        lines: &[
            (
                Staff,
                260,
                "Hello {first}, at the moment every person of an organization sees the same. I have put your wish on our list. Until then we can send the invoices to her as PDF each month.",
            ),
            (Customer, 700, "Please do so, her address is accounts@{domain}."),
        ],
    },
    Talk {
        subject: "Snapshot restored but the disk is empty",
        category: "technical",
        priority: Urgent,
        opening: "We restored the backup of last night to `{server}` and /srv is empty. It holds all customer uploads!",
        lines: &[
            (
                Staff,
                9,
                "Hi {first}, please don't write anything to that disk. Was /srv a separate volume? Backups hold the server's own disks only.",
            ),
            (
                Customer,
                6,
                "It was, on a volume that we detached before the restore...",
            ),
            (
                Staff,
                11,
                "Then everything is still on the volume. It is attached again as `/dev/sdc`; mount it and have a look.",
            ),
            (Customer, 14, "All there. You have made my day."),
        ],
    },
    Talk {
        subject: "Abuse report for {ip}",
        category: "abuse",
        priority: Urgent,
        opening: "We were told that {ip} sends login attempts to other networks. We are looking into it but don't find the process.",
        lines: &[
            (
                Note,
                17,
                "Three reports since midnight, all SSH scans. Agreed with Maya: we leave it online until noon if they work on it.",
            ),
            (
                Staff,
                6,
                "Hello {first}, thank you for writing at once. Look for processes under `/tmp` and for new keys in `authorized_keys`. If it still scans at noon we have to cut its network; its disk stays as it is.",
            ),
            (
                Customer,
                160,
                "A test account had the password \"test\". The account is gone, the server is being rebuilt from the image now.",
            ),
            (
                Staff,
                45,
                "Very good, no more reports since. We have told the other networks that it is solved.",
            ),
        ],
    },
    Talk {
        subject: "Container restarts every four minutes",
        category: "technical",
        priority: High,
        opening: "Our main container restarts every four minutes since the new version. It ran well on our own machine.",
        lines: &[
            (
                Note,
                22,
                "Exit code 137 each time: killed at the memory limit of its plan.",
            ),
            (
                Staff,
                4,
                "Hi {first}, it is stopped by its memory limit (exit code 137). Either the new version needs more, or it leaks. A larger plan can be chosen at any time and is billed from that hour on.",
            ),
            (
                Customer,
                75,
                "It was a cache without a bound. Fixed in 4.2.1, no restarts since.",
            ),
        ],
    },
    Talk {
        subject: "Please delete {server} at the end of {month}",
        category: "general",
        priority: Low,
        opening: "We don't need `{server}` any longer after the end of {month}. What do we have to do?",
        lines: &[
            (
                Staff,
                330,
                "Hi {first}, you can delete it yourself at any time; the hour that has begun is the last one you pay. Backups go with the server, so copy what you need first.",
            ),
            (Customer, 900, "Perfect, thank you."),
        ],
    },
    Talk {
        subject: "Which time zone do your billing hours have?",
        category: "billing",
        priority: Low,
        opening: "Our invoice for {month} begins at 00:00, but in which time zone? Our own reports are in local time and differ by a few hours.",
        lines: &[
            (
                Staff,
                180,
                "Hello {first}, all hours are UTC. A server that you order at 23:30 on the last day of the month local time may therefore begin in the next month on our side, or the other way round.",
            ),
            (Customer, 240, "That explains the difference exactly. Thanks."),
        ],
    },
    Talk {
        subject: "Can't sign in after changing my phone",
        category: "account",
        priority: Medium,
        opening: "My authenticator was on the old phone. How do I get in again?",
        lines: &[
            (
                Staff,
                48,
                "Hi {first}, do you still have one of the recovery codes that you were shown when you set it up?",
            ),
            (
                Customer,
                30,
                "Found the sheet, it worked. I have set up the new phone and printed new codes.",
            ),
        ],
    },
    Talk {
        subject: "Network between our two servers is slow",
        category: "technical",
        priority: Medium,
        opening: "Copying between `{server}` and its neighbour gives 90 Mbit/s. Both are in the same region, we expected more.",
        lines: &[
            (
                Staff,
                120,
                "Hi {first}, are you copying over the public addresses? Between servers of one region the private network is faster and not counted as transfer.",
            ),
            (
                Customer,
                55,
                "We were. Over the private addresses it is 1.9 Gbit/s. Could you put that into your guide?",
            ),
            (Staff, 35, "A very good idea, it is in the guide now."),
        ],
    },
    Talk {
        subject: "Refund for the double order of last week",
        category: "billing",
        priority: Medium,
        opening: "Our script ordered a server twice last week and the second one was never used. Could you refund its hours?",
        lines: &[
            (
                Note,
                70,
                "Nine hours on {plan}, never booted. Fine with me as goodwill, needs finance.",
            ),
            (
                Staff,
                15,
                "Hello {first}, the second server was up for nine hours and never booted. As a gesture of goodwill finance will credit them; you will see it in your wallet.",
            ),
            (Customer, 20, "That is very kind."),
        ],
    },
    Talk {
        subject: "Kernel update and reboot window for {server}",
        category: "technical",
        priority: Low,
        opening: "We plan to reboot `{server}` on Sunday at 04:00 UTC for a kernel update. Is anything planned on your side?",
        lines: &[(
            Staff,
            500,
            "Hi {first}, nothing is planned for that host. Good luck with the update; we are at the desk from 06:00.",
        )],
    },
    Talk {
        subject: "Price of {plan} in another region",
        category: "general",
        priority: Low,
        opening: "Does `{plan}` cost the same in Jakarta and São Paulo?",
        lines: &[
            (
                Staff,
                290,
                "Hello {first}, not quite: these two regions are somewhat more expensive, the others all cost the same. I can give you an offer if you tell me how many servers you plan.",
            ),
            (Customer, 1_100, "Two at first. We will come back to you next quarter."),
        ],
    },
    Talk {
        subject: "Low balance notice although we paid",
        category: "billing",
        priority: Medium,
        opening: "We get notices of a low balance, although we sent money on Monday.",
        lines: &[
            (
                Staff,
                85,
                "Hi {first}, your transfer of Monday has just been credited, so the notices stop. They are sent once when the balance falls below about three days of your usage.",
            ),
            (Customer, 150, "Understood. We will pay a little earlier in future."),
        ],
    },
    Talk {
        subject: "Image of {server} for an audit",
        category: "technical",
        priority: Medium,
        opening: "Our auditors want an unchanged copy of the disk of `{server}` as of today. How can we get one?",
        lines: &[
            (
                Staff,
                190,
                "Hello {first}, shut it down, then we make an image of the powered-off disk and give you a link. It takes about 20 minutes. When does it suit you?",
            ),
            (Customer, 210, "Tonight at 21:00 UTC."),
            (
                Staff,
                240,
                "Done: the image is ready, with its SHA-256 in the note beside the link. The server is up again.",
            ),
        ],
    },
    Talk {
        subject: "Is IPv6 counted as transfer?",
        category: "general",
        priority: Low,
        opening: "We would like to move our backups to IPv6. Does that traffic count?",
        lines: &[(
            Staff,
            360,
            "Hi {first}, it counts like IPv4: outgoing traffic counts, incoming and private traffic doesn't.",
        )],
    },
    Talk {
        subject: "PDF of the invoice for {month} again, please",
        category: "billing",
        priority: Low,
        opening: "We have lost the PDF for {month}. Could you send it once more?",
        lines: &[(
            Staff,
            65,
            "Hello {first}, here it is. You also find all of them in your panel under Invoices.",
        )],
    },
    Talk {
        subject: "Console shows nothing for {server}",
        category: "technical",
        priority: Medium,
        opening: "The web console of `{server}` stays black. SSH works.",
        lines: &[
            (
                Staff,
                110,
                "Hi {first}, does the kernel's command line have `console=ttyS0`? Without it the serial console stays empty while everything else works.",
            ),
            (Customer, 45, "It did not. Works now, thanks."),
        ],
    },
];
