//! What the business sells: plans after a provider's price list, with a markup, and sizes of containers.

/// A plan for servers.
pub(super) struct ServerPlan {
    /// Its name in the price list.
    pub(super) name: &'static str,
    /// The provider's type.
    pub(super) linode_type: &'static str,
    pub(super) vcpus: i32,
    pub(super) memory_mb: i32,
    pub(super) disk_gb: i32,
    pub(super) transfer_gb: i32,
    pub(super) network_out_mbps: i32,
    /// The provider's price per hour and month.
    pub(super) cost_hourly: &'static str,
    pub(super) cost_monthly: &'static str,
    /// How often it is bought, beside the others.
    pub(super) weight: u32,
}

/// The provider's prices, as its public list had them.
pub(super) const SERVER_PLANS: &[ServerPlan] = &[
    server(
        "Nano 1 GB",
        "g6-nanode-1",
        [1, 1024, 25, 1000, 1000],
        "0.0075",
        "5.00",
        16,
    ),
    server(
        "Shared 2 GB",
        "g6-standard-1",
        [1, 2048, 50, 2000, 2000],
        "0.0180",
        "12.00",
        24,
    ),
    server(
        "Shared 4 GB",
        "g6-standard-2",
        [2, 4096, 80, 4000, 4000],
        "0.0360",
        "24.00",
        24,
    ),
    server(
        "Shared 8 GB",
        "g6-standard-4",
        [4, 8192, 160, 5000, 5000],
        "0.0720",
        "48.00",
        14,
    ),
    server(
        "Shared 16 GB",
        "g6-standard-6",
        [6, 16_384, 320, 8000, 6000],
        "0.1440",
        "96.00",
        6,
    ),
    server(
        "Dedicated 4 GB",
        "g6-dedicated-2",
        [2, 4096, 80, 4000, 4000],
        "0.0540",
        "36.00",
        10,
    ),
    server(
        "Dedicated 8 GB",
        "g6-dedicated-4",
        [4, 8192, 160, 5000, 5000],
        "0.1080",
        "72.00",
        9,
    ),
    server(
        "Dedicated 16 GB",
        "g6-dedicated-8",
        [8, 16_384, 320, 6000, 6000],
        "0.2160",
        "144.00",
        4,
    ),
    server(
        "Dedicated 32 GB",
        "g6-dedicated-16",
        [16, 32_768, 640, 7000, 7000],
        "0.4320",
        "288.00",
        2,
    ),
];

const fn server(
    name: &'static str,
    linode_type: &'static str,
    [vcpus, memory_mb, disk_gb, transfer_gb, network_out_mbps]: [i32; 5],
    cost_hourly: &'static str,
    cost_monthly: &'static str,
    weight: u32,
) -> ServerPlan {
    ServerPlan {
        name,
        linode_type,
        vcpus,
        memory_mb,
        disk_gb,
        transfer_gb,
        network_out_mbps,
        cost_hourly,
        cost_monthly,
        weight,
    }
}

/// A plan for containers: its name, cores, memory and disk, what an hour of a share of a host costs the business, and the
/// cap of a month.
pub(super) const CONTAINER_PLANS: &[(&str, &str, i32, i32, &str, &str, u32)] = &[
    ("Container S", "0.50", 512, 5, "0.0032", "3.10", 30),
    ("Container M", "1.00", 1024, 10, "0.0061", "5.90", 40),
    ("Container L", "2.00", 4096, 20, "0.0205", "19.80", 20),
    ("Container XL", "4.00", 8192, 40, "0.0410", "39.60", 10),
];

/// What is put on top of the provider's price, in percent.
pub(super) const MARKUP: &str = "45.00";
/// Another month's: prices went up once.
pub(super) const MARKUP_LATER: &str = "48.50";

/// Where servers stand: the provider's word, and how often it is chosen.
pub(super) const REGIONS: &[(&str, u32)] = &[
    ("eu-central", 34),
    ("eu-west", 20),
    ("us-east", 22),
    ("us-central", 10),
    ("ap-south", 8),
    ("us-west", 6),
];
/// What they run.
pub(super) const IMAGES: &[&str] = &[
    "linode/debian12",
    "linode/ubuntu24.04",
    "linode/ubuntu22.04",
    "linode/almalinux9",
    "linode/debian13",
];
