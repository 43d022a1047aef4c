//! Invented customers and people. Addresses end in `.example`, which belongs to nobody.

/// Organizations: name, and the name of their domain.
pub(super) const ORGANIZATIONS: &[(&str, &str)] = &[
    ("Brightwater Labs GmbH", "brightwater"),
    ("Kestrel Freight", "kestrelfreight"),
    ("Quarry Street Games", "quarrystreet"),
    ("Mirador Health", "mirador"),
    ("Sable Robotics", "sablerobotics"),
    ("Fjord & Pine", "fjordpine"),
    ("Larkspur Legal", "larkspurlegal"),
    ("Tallgrass Media", "tallgrass"),
    ("Pilcrow Press", "pilcrow"),
    ("Ovella Foods", "ovella"),
    ("Copperfield Prints", "copperfield"),
    ("Zephyr Sails", "zephyrsails"),
    ("Northgate Dental", "northgatedental"),
    ("Harbor Lane Architects", "harborlane"),
    ("Ember & Oak Roasters", "emberoak"),
    ("Tidepool Analytics", "tidepool"),
    ("Stonebridge Church Trust", "stonebridge"),
    ("Lumen Cartography", "lumencarto"),
    ("Alder Creek School", "aldercreek"),
    ("Piccolo Bikes", "piccolobikes"),
    ("Varga Translations", "vargatrans"),
    ("Meridian Tax Advisers", "meridiantax"),
    ("Bluebell Nurseries", "bluebell"),
    ("Osprey Outdoor", "ospreyoutdoor"),
    ("Castellan Security", "castellan"),
    ("Juniper Ticketing", "juniperticketing"),
    ("Redwood Radio", "redwoodradio"),
    ("Saltmarsh Sensors", "saltmarsh"),
    ("Thistle & Vine Hotels", "thistlevine"),
    ("Umbra Film Lab", "umbrafilm"),
    ("Wrenfield Housing", "wrenfield"),
    ("Yarrow Clinics", "yarrow"),
    ("Anselm Libraries", "anselm"),
    ("Cobalt Courier", "cobaltcourier"),
    ("Dovetail Furniture", "dovetail"),
    ("Easton Rowing Club", "eastonrowing"),
    ("Foxglove Studio", "foxglove"),
    ("Granary Market", "granary"),
    ("Heron Payroll", "heronpayroll"),
    ("Ironbark Surveys", "ironbark"),
    ("Kingfisher Travel", "kingfisher"),
    ("Linden Archive", "lindenarchive"),
];

/// First and last names, drawn apart.
pub(super) const FIRST: &[&str] = &[
    "Ines", "Marek", "Aisha", "Oskar", "Lucia", "Henrik", "Noor", "Pavel", "Greta", "Samuel", "Yuki", "Clara", "Diego",
    "Fatima", "Hugo", "Ivana", "Jasper", "Keiko", "Leon", "Mina", "Nadia", "Owen", "Paula", "Rafael", "Saskia", "Tariq",
    "Ulrike", "Viktor", "Wanda", "Xenia", "Yusuf", "Zoe", "Anton", "Bianca", "Cyril", "Dorota", "Emil", "Freya",
];
/// Last names.
pub(super) const LAST: &[&str] = &[
    "Carvalho", "Novak", "Rahman", "Lindqvist", "Moretti", "Sorensen", "Haddad", "Dvorak", "Baumann", "Okoye", "Tanaka",
    "Fischer", "Alvarez", "Benali", "Laurent", "Petrovic", "de Vries", "Mori", "Schneider", "Farouk", "Kovacs", "Hughes",
    "Silva", "Romero", "Jansen", "Aziz", "Keller", "Sokolov", "Zielinska", "Papadakis", "Demir", "Martin", "Weiss",
    "Costa", "Blanc", "Nowak", "Aalto", "Berg",
];

/// The business's own people, beside its first admin: first name, last name, role.
pub(super) const STAFF: &[(&str, &str, domain::role::Role)] = &[
    ("Tomas", "Lind", domain::role::Role::Support),
    ("Priya", "Raman", domain::role::Role::Support),
    ("Jonas", "Weber", domain::role::Role::Finance),
];

/// What servers are called, before a number.
pub(super) const SERVERS: &[&str] = &[
    "web", "db", "app", "worker", "cache", "mail", "build", "batch", "edge", "search", "queue", "staging", "backup",
    "vpn", "media", "git",
];
/// What containers are called, with the image that they run.
pub(super) const CONTAINERS: &[(&str, &str)] = &[
    ("ledger-api", "registry.example/ledger-api:4.2"),
    ("storefront", "registry.example/storefront:2026.9"),
    ("postgres", "postgres:16"),
    ("redis", "redis:7"),
    ("nginx", "nginx:1.27"),
    ("grafana", "grafana/grafana:11.2"),
    ("minio", "minio/minio:latest"),
    ("rabbitmq", "rabbitmq:3-management"),
    ("wiki", "registry.example/wiki:1.8"),
    ("scheduler", "registry.example/scheduler:0.14"),
    ("imageproxy", "registry.example/imageproxy:3.1"),
    ("metrics", "prom/prometheus:v2.54"),
];
