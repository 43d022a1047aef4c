// Generated from the Rust crate `api` by `make bindings`. Do not edit.

declare const brand: unique symbol;
/** An amount of money with two decimals, e.g. "-12.50". Never a number. */
export type Money = string & { readonly [brand]: "Money" };
/** A rate per hour with four decimals, e.g. "0.1224". */
export type Rate = string & { readonly [brand]: "Rate" };
/** An instant, RFC 3339 in UTC with Z. */
export type Instant = string & { readonly [brand]: "Instant" };
/** Opaque position in a list. */
export type Cursor = string & { readonly [brand]: "Cursor" };

export type Role = "admin" | "support" | "finance" | "user";
export type TicketStatus = "open" | "in_progress" | "resolved" | "closed";
export type TicketPriority = "low" | "medium" | "high" | "urgent";
export type TransactionType = "deposit" | "charge" | "refund" | "adjustment";
export type TransactionStatus = "pending" | "completed" | "failed";
export type InvoiceStatus = "pending" | "paid" | "failed" | "cancelled";
export type Environment = "local" | "production" | "staging" | "development";
export type TlsMode = "verify_full" | "verify_ca" | "require" | "disable";

export type ErrorCode =
  | "bad_request" | "internal" | "not_signed_in" | "forbidden" | "not_found" | "conflict" | "stale"
  | "wrong_password" | "throttled" | "session_expired" | "desk_refused" | "role_not_allowed"
  | "server_unreachable" | "connection_lost" | "certificate_untrusted" | "database_not_initialized"
  | "database_too_old" | "database_too_new" | "isolation_broken" | "database_differs"
  | "keychain_missing" | "keychain_locked" | "profile_unknown" | "profile_store_broken"
  | "workspace_failed" | "postgres_missing" | "invalid_field" | "duplicate_address" | "duplicate_key"
  | "amount_out_of_range" | "wallet_overflow" | "wallet_missing" | "insufficient_funds" | "conversation_moved" | "transition_not_allowed"
  | "export_failed" | "timeout";
export type ApiError = {
  code: ErrorCode;
  /** For a person: what happened, what was not done, what to do. */
  message: string;
  /** The request's field that is wrong, for forms. */
  field: string | null;
  retry_after_ms: number | null;
  /** For "Copy details"; holds no secret. */
  request_id: string;
};

/** What may be done to a thing, with the reason when not. */
export type Action = { name: string; allowed: boolean; reason: string | null };

export type FilterOp = "is" | "is_not" | "contains" | "at_least" | "at_most";
export type Filter = { column: string; op: FilterOp; values: Array<string> };
export type Sort = { column: string; descending: boolean };
/** One window of a list. Sorting, filtering and paging happen in SQL. limit is at most 200. */
export type ListRequest = { search: string | null; filters: Array<Filter>; sort: Sort | null; after: Cursor | null; limit: number };
/** `total` counts all matching rows; `total_is_exact` is false above 100,000 ("100,000+"). */
export type Page<T> = { rows: Array<T>; next: Cursor | null; total: number; total_is_exact: boolean; as_of: Instant };
export type ExportRequest = { list: ListRequest; columns: Array<string> };
export type ExportAnswer = { path: string; rows: number };

// --- the program -----------------------------------------------------------------------------
export type Profile = { id: string; name: string; environment: Environment; kind: "local" | "server"; host: string; database: string; tls: TlsMode };
export type SessionInfo = { user_id: number; email: string; name: string; role: Role; expires_at: Instant; idle_minutes: number; secrets_in_memory_only: boolean };
export type KeychainState = "available" | "no_service" | "locked";
export type AppState =
  | { phase: "first_run"; local_available: boolean; local_problem: string | null; keychain: KeychainState }
  | { phase: "disconnected"; profile: Profile; profiles: Array<Profile>; error: ApiError }
  | { phase: "sign_in"; profile: Profile; profiles: Array<Profile>; last_email: string | null; keychain: KeychainState }
  | { phase: "ready"; profile: Profile; profiles: Array<Profile>; session: SessionInfo; permissions: Array<Permission> };
export type Area = "organizations" | "users" | "servers" | "containers" | "wallets" | "transactions" | "invoices" | "plans" | "tickets" | "providers" | "themes" | "settings" | "activity" | "notifications";
export type Permission = { area: Area; read: boolean; write: boolean; reason: string | null };
export type CreateLocalRequest = { business: string; first_name: string; last_name: string; email: string; password: string };
export type AddServerRequest = { name: string; environment: Environment; host: string; port: number; database: string; login: string; password: string; tls: TlsMode; root_certificate: string | null };
export type ConnectRequest = { profile_id: string };
export type SignInRequest = { email: string; password: string };
export type Empty = Record<string, never>;
export type Preferences = { color_scheme: "system" | "light" | "dark"; density: "compact" | "normal" | "comfortable"; text_weight: "auto" | "regular" | "strong"; sidebar: "full" | "rail"; single_key_shortcuts: boolean };

// --- the shell -------------------------------------------------------------------------------
export type ShellSummary = {
  latency_ms: number; server_time: Instant; database_version: string; schema_version: number;
  tickets_open: number; tickets_mine_unanswered: number; notifications_unread: number;
  organizations: number; users: number; servers: number; last_billing_run: Instant | null; billed_until: Instant | null;
};
export type PaletteHitKind = "organization" | "user" | "server" | "ticket" | "transaction";
export type PaletteHit = { kind: PaletteHitKind; id: number; title: string; subtitle: string };
export type PaletteRequest = { query: string };
export type PaletteAnswer = { hits: Array<PaletteHit> };
export type ThemeMode = "light" | "dark";
export type ThemeNotice = { mode: ThemeMode | null; token: string | null; before: string | null; after: string | null; reason: string };
export type ActiveTheme = { name: string | null; light: Record<string, string>; dark: Record<string, string>; radius_rem: string; notices: Array<ThemeNotice> };

// --- organizations ---------------------------------------------------------------------------
export type OrganizationRow = { id: number; name: string; balance: Money | null; currency: string | null; servers: number; containers: number; users: number; open_tickets: number; created_at: Instant };
export type OrganizationDetail = { organization: OrganizationRow; owes: Money; users: Array<UserRow>; servers: Array<ServerRow>; transactions: Array<TransactionRow>; tickets: Array<TicketRow>; actions: Array<Action> };
export type GetRequest = { id: number };
export type CreateOrganizationRequest = { name: string; currency: string; key: string };
export type RenameOrganizationRequest = { id: number; name: string; expected_updated_at: Instant };
export type Created = { id: number };

// --- users -----------------------------------------------------------------------------------
export type UserRow = { id: number; email: string; first_name: string | null; last_name: string | null; role: Role; organization_id: number | null; organization: string | null; email_verified: boolean; is_disabled: boolean; last_login: Instant | null; created_at: Instant };
export type CreateUserRequest = { email: string; first_name: string; last_name: string; role: Role; organization_id: number | null; password: string };
export type SetRoleRequest = { id: number; role: Role; organization_id: number | null };

// --- servers ---------------------------------------------------------------------------------
export type ServerRow = { id: number; label: string | null; linode_id: number | null; organization_id: number | null; organization: string | null; plan_id: number | null; plan: string | null; hourly_rate: Rate | null; region: string | null; status: string | null; ipv4: string | null; ipv6: string | null; image: string | null; created_at: Instant | null; last_billed_at: Instant | null };

// --- transactions ----------------------------------------------------------------------------
export type TransactionRow = { id: number; organization_id: number | null; organization: string | null; amount: Money | null; currency: string | null; type: string | null; status: TransactionStatus; payment_method: string | null; payment_id: string | null; reason: string | null; created_by: string | null; created_at: Instant | null };
/** `key` is made by the form when it opens, kept until an answer: sent again, the first result comes back. */
export type DepositRequest = { organization_id: number; amount: string; payment_method: string; payment_id: string | null; reason: string; key: string };
export type DepositAnswer = { transaction: TransactionRow; balance: Money; repeated: boolean };

// --- tickets ---------------------------------------------------------------------------------
export type TicketRow = { id: number; ticket_number: string | null; subject: string; status: TicketStatus; priority: TicketPriority; category: string | null; organization_id: number | null; organization: string | null; customer: string | null; assigned_to: number | null; assignee: string | null; last_message_at: Instant | null; last_from_customer: boolean; due: TicketDue | null; created_at: Instant; updated_at: Instant };
export type TicketDue = { kind: "first_reply" | "resolution"; at: Instant };
export type TicketQueue = "mine" | "unassigned" | "open" | "all";
export type TicketListRequest = { queue: TicketQueue; list: ListRequest };
export type TicketCounts = { mine: number; unassigned: number; open: number };
export type TicketPage = { page: Page<TicketRow>; counts: TicketCounts };
export type TicketMessage = { id: number; author_id: number | null; author: string; from: "customer" | "staff"; internal: boolean; text: string; attachments: Array<string>; created_at: Instant };
export type TicketEvent = { at: Instant; text: string };
export type CustomerContext = { organization_id: number; organization: string; customer: string | null; customer_email: string | null; customer_since: Instant; wallet: { balance: Money; currency: string } | null; servers: Array<ServerRow>; server_count: number; invoices: Array<{ id: number; number: string | null; amount: Money | null; status: string; created_at: Instant | null }>; earlier_tickets: Array<TicketRow>; ticket_count: number; open_ticket_count: number };
export type TicketDetail = { ticket: TicketRow; messages: Array<TicketMessage>; events: Array<TicketEvent>; version: number; context: CustomerContext | null; staff: Array<{ id: number; name: string }>; actions: Array<Action> };
export type CreateTicketRequest = { organization_id: number; user_id: number | null; subject: string; description: string; category: string; priority: TicketPriority; key: string };
/** `seen_message_id` is the newest message the writer saw: a reply to a conversation that has moved on is held back (code conversation_moved). */
export type PostMessageRequest = { ticket_id: number; text: string; seen_message_id: number | null; set_status: TicketStatus | null; key: string };
export type PostMessageAnswer = { message: TicketMessage; detail: TicketDetail };
export type UpdateTicketRequest = { id: number; status: TicketStatus | null; priority: TicketPriority | null; assigned_to: number | null; unassign: boolean };

// --- commands --------------------------------------------------------------------------------
export type Tag = "organizations" | "users" | "servers" | "transactions" | "wallets" | "tickets" | "theme" | "shell" | "state" | "preferences";
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
  "palette.search": { request: PaletteRequest; answer: PaletteAnswer };
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
/** Reads name the tags they provide; changes name the tags they make stale. */
export const COMMAND_TAGS: { readonly [N in CommandName]: { readonly kind: "read" | "write"; readonly tags: ReadonlyArray<Tag> } } = {
  "app.state": { kind: "read", tags: ["state"] },
  "app.create_local": { kind: "write", tags: ["state"] },
  "app.add_server": { kind: "write", tags: ["state"] },
  "app.connect": { kind: "write", tags: ["state"] },
  "app.forget_profile": { kind: "write", tags: ["state"] },
  "session.sign_in": { kind: "write", tags: ["state"] },
  "session.sign_out": { kind: "write", tags: ["state"] },
  "session.touch": { kind: "write", tags: [] },
  "preferences.get": { kind: "read", tags: ["preferences"] },
  "preferences.set": { kind: "write", tags: ["preferences"] },
  "shell.summary": { kind: "read", tags: ["shell"] },
  "palette.search": { kind: "read", tags: ["organizations", "users", "servers", "tickets"] },
  "themes.active": { kind: "read", tags: ["theme"] },
  "organizations.list": { kind: "read", tags: ["organizations"] },
  "organizations.get": { kind: "read", tags: ["organizations", "wallets", "users", "servers", "transactions", "tickets"] },
  "organizations.create": { kind: "write", tags: ["organizations", "wallets", "shell"] },
  "organizations.rename": { kind: "write", tags: ["organizations"] },
  "organizations.export": { kind: "read", tags: [] },
  "users.list": { kind: "read", tags: ["users"] },
  "users.create": { kind: "write", tags: ["users", "organizations", "shell"] },
  "users.set_role": { kind: "write", tags: ["users"] },
  "users.export": { kind: "read", tags: [] },
  "servers.list": { kind: "read", tags: ["servers"] },
  "servers.export": { kind: "read", tags: [] },
  "transactions.list": { kind: "read", tags: ["transactions"] },
  "transactions.deposit": { kind: "write", tags: ["transactions", "wallets", "organizations"] },
  "transactions.export": { kind: "read", tags: [] },
  "tickets.list": { kind: "read", tags: ["tickets"] },
  "tickets.get": { kind: "read", tags: ["tickets"] },
  "tickets.create": { kind: "write", tags: ["tickets", "shell", "organizations"] },
  "tickets.reply": { kind: "write", tags: ["tickets", "shell"] },
  "tickets.note": { kind: "write", tags: ["tickets"] },
  "tickets.update": { kind: "write", tags: ["tickets", "shell"] },
};
