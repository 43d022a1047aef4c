// Generated from the Rust crate `api` by `make bindings`. Do not edit.

declare const brand: unique symbol;
/** An amount of money with two decimals, such as "-12.50". Never a number. */
export type Money = string & { readonly [brand]: "Money" };
/** A rate per hour with four decimals, such as "0.1224". */
export type Rate = string & { readonly [brand]: "Rate" };
/** An instant, RFC 3339 in UTC with Z. */
export type Instant = string & { readonly [brand]: "Instant" };
/** An opaque position in a list. */
export type Cursor = string & { readonly [brand]: "Cursor" };

export type Role = "admin" | "support" | "finance" | "user";
export type Area = "organizations" | "users" | "servers" | "containers" | "power" | "wallets" | "transactions" | "invoices" | "usage" | "plans" | "plan_costs" | "tickets" | "notes" | "providers" | "scripts" | "networking" | "api_keys" | "roles" | "themes" | "settings" | "activity_log" | "notifications";
export type TicketStatus = "open" | "in_progress" | "resolved" | "closed";
export type TicketPriority = "low" | "medium" | "high" | "urgent";
export type TransactionType = "deposit" | "charge" | "refund" | "adjustment";
export type TransactionStatus = "pending" | "completed" | "failed";
export type InvoiceStatus = "pending" | "paid" | "failed" | "cancelled";
export type PaletteHitKind = "organization" | "user" | "server" | "ticket" | "transaction";
export type TaskKind = "billing" | "close" | "sync" | "demo";
export type ThemeMode = "light" | "dark";
export type Environment = "local" | "production" | "staging" | "development";

/** What may be done to a thing, with the reason when not. */
export type Action = {
  /** Its name. */
  name: string,
  /** Whether it may be done. */
  allowed: boolean,
  /** Why not. */
  reason: string | null, };
/** The active theme: every token of both modes as our own `#rrggbb`. */
export type ActiveTheme = {
  /** Its name, `null` for the built-in one. */
  name: string | null,
  /** Tokens in light mode. */
  light: Record<string, string>,
  /** Tokens in dark mode. */
  dark: Record<string, string>,
  /** Whether the light mode's background is in fact light: the status colours follow this. */
  light_appearance: ThemeMode,
  /** Whether the dark mode's background is in fact dark. */
  dark_appearance: ThemeMode,
  /** Radius of controls, such as `0.375rem`. */
  radius_rem: string,
  /** What was adjusted. */
  notices: Array<ThemeNotice>, };
/** A server that is entered by hand. */
export type AddServerRequest = {
  /** The business's name. */
  name: string,
  /** What kind of business it is. */
  environment: Environment,
  /** Host name or address. */
  host: string,
  /** Port. */
  port: number,
  /** Database. */
  database: string,
  /** This desk's login. */
  login: string,
  /** Its password. */
  password: string,
  /** How the line is protected. */
  tls: TlsMode,
  /** Path of a certificate authority's certificate. */
  root_certificate: string | null, };
/** An error as the window gets it. */
export type ApiError = {
  /** For the program. */
  code: ErrorCode,
  /** For a person: what happened, what was not done, what to do. */
  message: string,
  /** The request's field that is wrong, for forms. */
  field: string | null,
  /** When to try again. */
  retry_after_ms: number | null,
  /** Names this failure in the log. Holds no secret. */
  request_id: string, };
/** Where the program stands. */
export type AppState = { "phase": "first_run",
  /** Whether a local workspace can be made. */
  local_available: boolean,
  /** Why not. */
  local_problem: string | null,
  /** Where a settings file is that could not be read. */
  settings_set_aside: string | null,
  /** What the keychain is good for. */
  keychain: Keychain, } | { "phase": "disconnected",
  /** Which. */
  profile: Profile,
  /** All that are known. */
  profiles: Array<Profile>,
  /** Why. */
  error: ApiError, } | { "phase": "sign_in",
  /** Where. */
  profile: Profile,
  /** All that are known. */
  profiles: Array<Profile>,
  /** Who did last. */
  last_email: string | null,
  /** What the keychain is good for. */
  keychain: Keychain, } | { "phase": "ready",
  /** Where. */
  profile: Profile,
  /** All that are known. */
  profiles: Array<Profile>,
  /** By whom. */
  session: SessionInfo,
  /** What the role may do. */
  permissions: Array<Permission>, };
/** Light or dark. */
export type ColorScheme = "system" | "light" | "dark";
/** A profile by its id. */
export type ConnectRequest = {
  /** Which. */
  profile_id: string, };
/** An invoice as the customer's context shows it. */
export type ContextInvoice = {
  /** `invoices.id`. */
  id: number,
  /** Its number. */
  number: string | null,
  /** Its total. */
  amount: Money | null,
  /** pending, paid, failed or cancelled. */
  status: string,
  /** When it was issued. */
  created_at: Instant | null, };
/** A wallet in the customer's context. */
export type ContextWallet = {
  /** What it holds. */
  balance: Money,
  /** Its currency. */
  currency: string, };
/** "Try it on this computer". */
export type CreateLocalRequest = {
  /** The business's name. */
  business: string,
  /** The first admin's first name. */
  first_name: string,
  /** Last name. */
  last_name: string,
  /** Address. */
  email: string,
  /** Password. */
  password: string, };
/** A new organization with an empty wallet. */
export type CreateOrganizationRequest = {
  /** Its name. */
  name: string,
  /** The wallet's currency. */
  currency: string, };
/** A ticket on behalf of a customer. */
export type CreateTicketRequest = {
  /** Whose. */
  organization_id: number,
  /** Who asks, if known. */
  user_id: number | null,
  /** What about. */
  subject: string,
  /** The first words. */
  description: string,
  /** Category. */
  category: string,
  /** Priority. */
  priority: TicketPriority,
  /** Makes it repeatable. */
  key: string, };
/** A new person. */
export type CreateUserRequest = {
  /** Address. */
  email: string,
  /** First name, may be empty. */
  first_name: string,
  /** Last name, may be empty. */
  last_name: string,
  /** Role. */
  role: Role,
  /** Whose customer; for customers only. */
  organization_id: number | null,
  /** The first password. */
  password: string, };
/** Something new. */
export type Created = {
  /** Its id. */
  id: number, };
/** The customer behind a ticket. */
export type CustomerContext = {
  /** Their organization. */
  organization_id: number,
  /** Its name. */
  organization: string,
  /** Who asked. */
  customer: string | null,
  /** That person's address. */
  customer_email: string | null,
  /** Since when they are customers. */
  customer_since: Instant,
  /** Their wallet. */
  wallet: ContextWallet | null,
  /** Some servers. */
  servers: Array<ServerRow>,
  /** How many there are. */
  server_count: number,
  /** The newest invoices. */
  invoices: Array<ContextInvoice>,
  /** Other tickets. */
  earlier_tickets: Array<TicketRow>,
  /** How many tickets there are. */
  ticket_count: number,
  /** How many are not settled. */
  open_ticket_count: number, };
/** Height of rows. */
export type Density = "compact" | "normal" | "comfortable";
/** What became of it. */
export type DepositAnswer = {
  /** The ledger's row. */
  transaction: TransactionRow,
  /** The wallet after it. */
  balance: Money,
  /** It had been posted before; nothing was added now. */
  repeated: boolean, };
/** A deposit. `key` is made by the form when it opens and kept until there is an answer: sent again, the
 * first result comes back. */
export type DepositRequest = {
  /** Into whose wallet. */
  organization_id: number,
  /** How much, such as "250.00". */
  amount: string,
  /** How it was paid. */
  payment_method: string,
  /** The payment's number elsewhere. */
  payment_id: string | null,
  /** A remark; may be empty. */
  reason: string,
  /** Makes it repeatable. */
  key: string, };
/** Nothing is asked, or nothing is answered. */
export type Empty = Record<string, never>;
/** What the window can tell apart. */
export type ErrorCode = "bad_request" | "internal" | "not_signed_in" | "forbidden" | "not_found" | "conflict" | "stale" | "wrong_password" | "throttled" | "session_expired" | "desk_refused" | "role_not_allowed" | "server_unreachable" | "connection_lost" | "certificate_untrusted" | "encryption_missing" | "database_not_initialized" | "database_too_old" | "database_too_new" | "database_differs" | "keychain_missing" | "keychain_locked" | "keychain_failed" | "password_missing" | "profile_unknown" | "profile_store_broken" | "workspace_failed" | "postgres_missing" | "invalid_field" | "duplicate_address" | "duplicate_key" | "amount_out_of_range" | "wallet_overflow" | "wallet_missing" | "insufficient_funds" | "ledger_rule" | "billing_run_under_way" | "billing_run_ahead_of_clock" | "billing_run_before_last" | "billing_run_not_open" | "parked_not_decidable" | "meter_fixed" | "conversation_moved" | "transition_not_allowed" | "export_failed" | "timeout" | "task_under_way" | "isolation_broken";
/** A file that was written. */
export type ExportAnswer = {
  /** Where it is. */
  path: string,
  /** How many rows it has. */
  rows: number, };
/** A list as a CSV file. */
export type ExportRequest = {
  /** Which rows; the position and the limit don't count. */
  list: ListRequest,
  /** Which columns, in order. */
  columns: Array<string>, };
/** A condition on one column. */
export type Filter = {
  /** The column's name. */
  column: string,
  /** How to compare. */
  op: FilterOp,
  /** With what. */
  values: Array<string>, };
/** How a filter compares. */
export type FilterOp = "is" | "is_not" | "contains" | "at_least" | "at_most";
/** One thing by its id. */
export type GetRequest = {
  /** Its id. */
  id: number, };
/** What a keychain is good for here. */
export type Keychain = "available" | "no_service" | "locked";
/** One window of a list. Sorting, filtering and paging happen in SQL; `limit` is at most 200. */
export type ListRequest = {
  /** What the search field holds. */
  search: string | null,
  /** All must hold. */
  filters: Array<Filter>,
  /** The order, or the list's own. */
  sort: Sort | null,
  /** The position that the window before ended at. */
  after: Cursor | null,
  /** How many rows. */
  limit: number, };
/** An organization's page. */
export type OrganizationDetail = {
  /** Itself. */
  organization: OrganizationRow,
  /** Usage that its wallet did not cover. */
  owes: Money,
  /** Its people. */
  users: Array<UserRow>,
  /** Its servers. */
  servers: Array<ServerRow>,
  /** Its newest movements of money. */
  transactions: Array<TransactionRow>,
  /** Its newest tickets. */
  tickets: Array<TicketRow>,
  /** What may be done. */
  actions: Array<Action>, };
/** An organization as lists show it. */
export type OrganizationRow = {
  /** `organizations.id`. */
  id: number,
  /** Its name. */
  name: string,
  /** What its wallet holds; `null` when it has none. */
  balance: Money | null,
  /** The wallet's currency. */
  currency: string | null,
  /** Servers that are not deleted. */
  servers: number,
  /** Containers that are not deleted. */
  containers: number,
  /** People. */
  users: number,
  /** Tickets that are open or in progress. */
  open_tickets: number,
  /** When it was created. */
  created_at: Instant,
  /** When it was last changed; sent back with a change, so that nobody's work is overwritten unseen. */
  updated_at: Instant, };
/** A window of rows. `total` counts all rows that match; above 100,000 it is that number and not exact. */
export type Page<T> = {
  /** The rows. */
  rows: Array<T>,
  /** The position after them, or `null` at the end. */
  next: Cursor | null,
  /** How many rows match. */
  total: number,
  /** Whether `total` is exact. */
  total_is_exact: boolean,
  /** The database's time of reading. */
  as_of: Instant, };
/** What it found, at most 20 of each kind. */
export type PaletteAnswer = {
  /** In groups. */
  hits: Array<PaletteHit>, };
/** What the palette found. */
export type PaletteHit = {
  /** What it is. */
  kind: PaletteHitKind,
  /** Its id. */
  id: number,
  /** The line that names it. */
  title: string,
  /** What tells it from others. */
  subtitle: string, };
/** What the palette looks for. */
export type PaletteRequest = {
  /** A name, a number or an address. */
  query: string, };
/** What the role may do in an area. */
export type Permission = {
  /** The area. */
  area: Area,
  /** Whether something of it can be read. */
  read: boolean,
  /** Whether something of it can be written. */
  write: boolean,
  /** Why not written. */
  reason: string | null, };
/** What became of it. */
export type PostMessageAnswer = {
  /** The message as written. */
  message: TicketMessage,
  /** The ticket after it. */
  detail: TicketDetail, };
/** A reply or a note. `seen_message_id` is the newest message that the writer saw: when the conversation has
 * moved on, the text is held back (`conversation_moved`). */
export type PostMessageRequest = {
  /** Where. */
  ticket_id: number,
  /** What. */
  text: string,
  /** The newest message that was seen. */
  seen_message_id: number | null,
  /** A status to move to with it. */
  set_status: TicketStatus | null,
  /** Makes it repeatable. */
  key: string, };
/** A desk's preferences. */
export type Preferences = {
  /** Light or dark. */
  color_scheme: ColorScheme,
  /** Height of rows. */
  density: Density,
  /** Weight of text. */
  text_weight: TextWeight,
  /** Width of the navigation. */
  sidebar: Sidebar,
  /** Whether single letters are shortcuts while no field has the focus. */
  single_key_shortcuts: boolean, };
/** A database that this desk knows. Never holds a secret. */
export type Profile = {
  /** Its id here. */
  id: string,
  /** The business's name. */
  name: string,
  /** local, production, staging or development. */
  environment: Environment,
  /** Whether the server is this computer's own. */
  kind: "local" | "server",
  /** Where the server is. */
  host: string,
  /** The database. */
  database: string,
  /** How the line is protected. */
  tls: TlsMode, };
/** Another name. */
export type RenameOrganizationRequest = {
  /** Whose. */
  id: number,
  /** Which. */
  name: string,
  /** `updated_at` as it was seen. */
  expected_updated_at: Instant, };
/** A server as lists show it. */
export type ServerRow = {
  /** `vps_instances.id`. */
  id: number,
  /** Its label. */
  label: string | null,
  /** Its number at the provider. */
  linode_id: number | null,
  /** Whose it is; `null` while nobody has assigned it. */
  organization_id: number | null,
  /** The organization's name. */
  organization: string | null,
  /** Its plan. */
  plan_id: number | null,
  /** The plan's name. */
  plan: string | null,
  /** What an hour costs now. */
  hourly_rate: Rate | null,
  /** The provider's region. */
  region: string | null,
  /** The provider's word for its state; an open set. */
  status: string | null,
  /** Public IPv4 address. */
  ipv4: string | null,
  /** IPv6 address. */
  ipv6: string | null,
  /** What it was made from. */
  image: string | null,
  /** When it was created. */
  created_at: Instant | null,
  /** Up to when it has been charged. */
  last_billed_at: Instant | null, };
/** Who has signed in. */
export type SessionInfo = {
  /** `users.id`. */
  user_id: number,
  /** Address. */
  email: string,
  /** Name, or the address. */
  name: string,
  /** Role. */
  role: Role,
  /** When the session ends at the latest. */
  expires_at: Instant,
  /** After how many minutes without activity it ends. */
  idle_minutes: number,
  /** Without a keychain, password and token are kept for the session only. */
  secrets_in_memory_only: boolean, };
/** Another role. */
export type SetRoleRequest = {
  /** Whose. */
  id: number,
  /** Which. */
  role: Role,
  /** Whose customer; for customers only. */
  organization_id: number | null, };
/** What the frame of the window shows. */
export type ShellSummary = {
  /** How long the database took to answer. */
  latency_ms: number,
  /** The database's time. */
  server_time: Instant,
  /** PostgreSQL's version. */
  database_version: string,
  /** The schema's version. */
  schema_version: number,
  /** Tickets that are not settled. */
  tickets_open: number,
  /** Of mine, those in which the customer spoke last. */
  tickets_mine_unanswered: number,
  /** Notifications that I have not read. */
  notifications_unread: number,
  /** Organizations; counting stops at 100,000. */
  organizations: number,
  /** People. */
  users: number,
  /** Servers. */
  servers: number,
  /** When billing last ran to its end. */
  last_billing_run: Instant | null,
  /** Up to when everybody has been charged. */
  billed_until: Instant | null, };
/** Width of the navigation. */
export type Sidebar = "full" | "rail";
/** Address and password. */
export type SignInRequest = {
  /** Address. */
  email: string,
  /** Password. */
  password: string, };
/** An order. */
export type Sort = {
  /** The column's name. */
  column: string,
  /** From high to low. */
  descending: boolean, };
/** Who speaks. */
export type Speaker = "customer" | "staff";
/** A colleague to whom work can be given. */
export type StaffMember = {
  /** `users.id`. */
  id: number,
  /** Their name, or the address when they have none. */
  name: string, };
/** What cached answers are made of. A read names the tags that it provides, a change those it makes stale. */
export type Tag = "organizations" | "users" | "servers" | "transactions" | "wallets" | "tickets" | "theme" | "shell" | "state" | "preferences" | "containers" | "plans" | "invoices" | "billing" | "providers" | "activity" | "notifications" | "settings" | "dashboard" | "tasks";
/** A failure's code and its name in the log. */
export type TaskFailureCode = {
  /** The code. */
  code: string,
  /** Its name in the log. */
  request_id: string, };
/** All that are known, newest first. */
export type TaskList = {
  /** The tasks. */
  tasks: Array<TaskRow>, };
/** Which one. */
export type TaskRequest = {
  /** Its number. */
  id: number, };
/** Work that goes on, or has ended. */
export type TaskRow = {
  /** Its number; later ones have higher numbers. */
  id: number,
  /** What kind of work. */
  kind: TaskKind,
  /** What it is. */
  title: string,
  /** What stopping it means. */
  on_cancel: string,
  /** Steps done. */
  done: number,
  /** Of how many; zero while that isn't known. */
  total: number,
  /** How long it has been at work, or was. */
  elapsed_ms: number,
  /** Where it stands. */
  state: TaskState,
  /** What it did, in a sentence; of a failure, why. */
  outcome: string | null,
  /** The failure's code and its name in the log. */
  failure: TaskFailureCode | null, };
/** Work that has begun. */
export type TaskStarted = {
  /** Its number. */
  task: number, };
/** Where work stands. */
export type TaskState = "running" | "stopping" | "done" | "cancelled" | "failed";
/** Weight of text. */
export type TextWeight = "auto" | "regular" | "strong";
/** Something about the theme that an editor of themes should know. */
export type ThemeNotice = {
  /** In which mode. */
  mode: ThemeMode | null,
  /** Which colour. */
  token: string | null,
  /** Before. */
  before: string | null,
  /** After. */
  after: string | null,
  /** A sentence. */
  reason: string, };
/** How many tickets the queues hold. */
export type TicketCounts = {
  /** Mine. */
  mine: number,
  /** Nobody's. */
  unassigned: number,
  /** All that are not settled. */
  open: number, };
/** A ticket's workspace. */
export type TicketDetail = {
  /** Itself. */
  ticket: TicketRow,
  /** The conversation, oldest first. */
  messages: Array<TicketMessage>,
  /** The customer. */
  context: CustomerContext | null,
  /** To whom it can be given. */
  staff: Array<StaffMember>,
  /** What may be done: reply, note, edit, start, release, resolve, close, reopen. */
  actions: Array<Action>, };
/** What is owed next to a customer. */
export type TicketDue = {
  /** `first_reply` or `resolution`. */
  kind: "first_reply" | "resolution",
  /** Until when. */
  at: Instant, };
/** A window of a queue. */
export type TicketListRequest = {
  /** Which queue. */
  queue: TicketQueue,
  /** Which rows. */
  list: ListRequest, };
/** A message or an internal note. Its text is untrusted. */
export type TicketMessage = {
  /** `ticket_messages.id`; 0 for the ticket's own first words. */
  id: number,
  /** Who wrote it. */
  author_id: number | null,
  /** That person's name. */
  author: string,
  /** On which side. */
  from: Speaker,
  /** Only staff can see it. */
  internal: boolean,
  /** Markdown by convention. */
  text: string,
  /** Names of attached files. */
  attachments: Array<string>,
  /** When. */
  created_at: Instant, };
/** A window with the sizes of the queues. */
export type TicketPage = {
  /** The window. */
  page: Page<TicketRow>,
  /** The queues. */
  counts: TicketCounts, };
/** Which tickets a queue holds. */
export type TicketQueue = "mine" | "unassigned" | "open" | "all";
/** A ticket as queues show it. */
export type TicketRow = {
  /** `tickets.id`. */
  id: number,
  /** Its public number. */
  ticket_number: string | null,
  /** What it is about. */
  subject: string,
  /** Where it stands. */
  status: TicketStatus,
  /** How urgent it is. */
  priority: TicketPriority,
  /** Free text; finance writes in `billing`. */
  category: string | null,
  /** Whose it is. */
  organization_id: number | null,
  /** The organization's name. */
  organization: string | null,
  /** Who asked. */
  customer: string | null,
  /** Who works on it. */
  assigned_to: number | null,
  /** That person's name. */
  assignee: string | null,
  /** When the newest message was written. */
  last_message_at: Instant | null,
  /** Whether the customer spoke last, so that it is our turn. */
  last_from_customer: boolean,
  /** What is owed next; nothing when resolved or closed. */
  due: TicketDue | null,
  /** When it was opened. */
  created_at: Instant,
  /** When it was last changed. */
  updated_at: Instant, };
/** How the line to the server is protected. */
export type TlsMode = "verify_full" | "verify_ca" | "require" | "disable";
/** A movement of money as lists show it. */
export type TransactionRow = {
  /** `transactions.id`. */
  id: number,
  /** Whose wallet. */
  organization_id: number | null,
  /** The organization's name. */
  organization: string | null,
  /** The signed change of the wallet. */
  amount: Money | null,
  /** The wallet's currency. */
  currency: string | null,
  /** deposit, charge, refund or adjustment; other programs may have written other words. */
  type: string | null,
  /** Where it stands; NULL in the database counts as completed. */
  status: TransactionStatus,
  /** How it was paid. */
  payment_method: string | null,
  /** The payment's number elsewhere. */
  payment_id: string | null,
  /** Why. */
  reason: string | null,
  /** Who wrote it. */
  created_by: string | null,
  /** When. */
  created_at: Instant | null, };
/** Something that isn't as it should be. */
export type TrustFinding = {
  /** What it is about. */
  object: string,
  /** A sentence. */
  says: string,
  /** What to do about it. */
  remedy: string, };
/** How far something is known. */
export type TrustState = "pending" | "sound" | "red" | "unchecked";
/** What the desk has found out about its database by itself. */
export type TrustStatus = {
  /** Whether it decides who may what as it should. Where not, nothing is written. */
  isolation: TrustState,
  /** A sentence about that. */
  isolation_message: string,
  /** What is wrong there. */
  findings: Array<TrustFinding>,
  /** Whether the log is what it was. */
  log: TrustState,
  /** A sentence about that. */
  log_message: string,
  /** Up to which entry of its chain the log was seen. */
  log_position: number | null, };
/** A decision about a ticket; `null` leaves a thing as it is. */
export type UpdateTicketRequest = {
  /** Which. */
  id: number,
  /** Another status. */
  status: TicketStatus | null,
  /** Another priority. */
  priority: TicketPriority | null,
  /** Another person. */
  assigned_to: number | null,
  /** Nobody. */
  unassign: boolean, };
/** A person as lists show it. */
export type UserRow = {
  /** `users.id`. */
  id: number,
  /** The address that they sign in with. */
  email: string,
  /** First name. */
  first_name: string | null,
  /** Last name. */
  last_name: string | null,
  /** What they may do. */
  role: Role,
  /** Whose customer they are. */
  organization_id: number | null,
  /** Its name. */
  organization: string | null,
  /** Whether the address has been confirmed. */
  email_verified: boolean,
  /** Whether they are shut out. */
  is_disabled: boolean,
  /** When they last signed in. */
  last_login: Instant | null,
  /** When they were created. */
  created_at: Instant, };

/** Every command with its request and its answer. */
export interface Commands {
  "app.state": { request: Empty; answer: AppState };
  "app.create_local": { request: CreateLocalRequest; answer: AppState };
  "app.add_server": { request: AddServerRequest; answer: AppState };
  "app.connect": { request: ConnectRequest; answer: AppState };
  "app.forget_profile": { request: ConnectRequest; answer: AppState };
  "session.sign_in": { request: SignInRequest; answer: AppState };
  "session.sign_out": { request: Empty; answer: AppState };
  "session.touch": { request: Empty; answer: Empty };
  "preferences.get": { request: Empty; answer: Preferences };
  "preferences.set": { request: Preferences; answer: Preferences };
  "shell.summary": { request: Empty; answer: ShellSummary };
  "trust.status": { request: Empty; answer: TrustStatus };
  "palette.search": { request: PaletteRequest; answer: PaletteAnswer };
  "tasks.list": { request: Empty; answer: TaskList };
  "tasks.cancel": { request: TaskRequest; answer: Empty };
  "tasks.clear": { request: Empty; answer: Empty };
  "billing.run": { request: Empty; answer: TaskStarted };
  "themes.active": { request: Empty; answer: ActiveTheme };
  "organizations.list": { request: ListRequest; answer: Page<OrganizationRow> };
  "organizations.get": { request: GetRequest; answer: OrganizationDetail };
  "organizations.create": { request: CreateOrganizationRequest; answer: Created };
  "organizations.rename": { request: RenameOrganizationRequest; answer: Empty };
  "organizations.export": { request: ExportRequest; answer: ExportAnswer };
  "users.list": { request: ListRequest; answer: Page<UserRow> };
  "users.create": { request: CreateUserRequest; answer: Created };
  "users.set_role": { request: SetRoleRequest; answer: Empty };
  "users.export": { request: ExportRequest; answer: ExportAnswer };
  "servers.list": { request: ListRequest; answer: Page<ServerRow> };
  "servers.export": { request: ExportRequest; answer: ExportAnswer };
  "transactions.list": { request: ListRequest; answer: Page<TransactionRow> };
  "transactions.deposit": { request: DepositRequest; answer: DepositAnswer };
  "transactions.export": { request: ExportRequest; answer: ExportAnswer };
  "tickets.list": { request: TicketListRequest; answer: TicketPage };
  "tickets.get": { request: GetRequest; answer: TicketDetail };
  "tickets.create": { request: CreateTicketRequest; answer: Created };
  "tickets.reply": { request: PostMessageRequest; answer: PostMessageAnswer };
  "tickets.note": { request: PostMessageRequest; answer: PostMessageAnswer };
  "tickets.update": { request: UpdateTicketRequest; answer: TicketDetail };
}
export type CommandName = keyof Commands;
/** A read names the tags that it provides, a change those that it makes stale. */
export const COMMAND_TAGS: { readonly [N in CommandName]: { readonly kind: "read" | "write"; readonly tags: ReadonlyArray<Tag> } } = {
  "app.state": { kind: "read", tags: ["state"] },
  "app.create_local": { kind: "write", tags: ["state"] },
  "app.add_server": { kind: "write", tags: ["state"] },
  "app.connect": { kind: "write", tags: ["state", "organizations", "users", "servers", "transactions", "wallets", "tickets", "theme", "shell"] },
  "app.forget_profile": { kind: "write", tags: ["state"] },
  "session.sign_in": { kind: "write", tags: ["state", "organizations", "users", "servers", "transactions", "wallets", "tickets", "theme", "shell"] },
  "session.sign_out": { kind: "write", tags: ["state"] },
  "session.touch": { kind: "write", tags: [] },
  "preferences.get": { kind: "read", tags: ["preferences"] },
  "preferences.set": { kind: "write", tags: ["preferences"] },
  "shell.summary": { kind: "read", tags: ["shell"] },
  "trust.status": { kind: "read", tags: ["shell"] },
  "palette.search": { kind: "read", tags: ["organizations", "users", "servers", "tickets"] },
  "tasks.list": { kind: "read", tags: ["tasks"] },
  "tasks.cancel": { kind: "write", tags: ["tasks"] },
  "tasks.clear": { kind: "write", tags: ["tasks"] },
  "billing.run": { kind: "write", tags: ["tasks"] },
  "themes.active": { kind: "read", tags: ["theme"] },
  "organizations.list": { kind: "read", tags: ["organizations", "wallets"] },
  "organizations.get": { kind: "read", tags: ["organizations", "wallets", "users", "servers", "transactions", "tickets"] },
  "organizations.create": { kind: "write", tags: ["organizations", "wallets", "shell"] },
  "organizations.rename": { kind: "write", tags: ["organizations", "users", "servers", "transactions", "tickets"] },
  "organizations.export": { kind: "read", tags: [] },
  "users.list": { kind: "read", tags: ["users"] },
  "users.create": { kind: "write", tags: ["users", "organizations", "shell"] },
  "users.set_role": { kind: "write", tags: ["users", "organizations", "tickets"] },
  "users.export": { kind: "read", tags: [] },
  "servers.list": { kind: "read", tags: ["servers"] },
  "servers.export": { kind: "read", tags: [] },
  "transactions.list": { kind: "read", tags: ["transactions"] },
  "transactions.deposit": { kind: "write", tags: ["transactions", "wallets", "organizations", "tickets"] },
  "transactions.export": { kind: "read", tags: [] },
  "tickets.list": { kind: "read", tags: ["tickets"] },
  "tickets.get": { kind: "read", tags: ["tickets"] },
  "tickets.create": { kind: "write", tags: ["tickets", "shell", "organizations"] },
  "tickets.reply": { kind: "write", tags: ["tickets", "shell"] },
  "tickets.note": { kind: "write", tags: ["tickets"] },
  "tickets.update": { kind: "write", tags: ["tickets", "shell"] },
};
