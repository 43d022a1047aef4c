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
export type ResourceKind = "vps" | "container";
export type DriftKind = "unbilled" | "overcharged" | "deleted_here" | "plan" | "status" | "region" | "address";
export type Remedy = "assign" | "delete" | "end_assignment" | "change_plan" | "resize" | "boot" | "shutdown" | "take_over";
export type TakeOver = "region" | "address";
export type Grouping = "plan" | "organization" | "server";
export type PaletteHitKind = "organization" | "user" | "server" | "ticket" | "invoice" | "transaction";
export type TaskKind = "billing" | "close" | "sync" | "rotation" | "proof" | "demo";
export type Period = "day" | "week" | "month";
export type Concern = "billing_overdue" | "agent_missing" | "backup_missed" | "servers_gone" | "late_tickets" | "unassigned_servers" | "plans_below_cost" | "parked_resources" | "empty_wallets" | "overdue_invoices" | "servers_down";
export type SettingKey = "currency" | "low_mark_days" | "grace_hours" | "grace_action" | "second_person_above" | "idle_minutes" | "session_hours" | "billing_schedule" | "seller_name" | "seller_address" | "invoice_terms";
export type ThemeMode = "light" | "dark";
export type Environment = "local" | "production" | "staging" | "development";

/** An account as the window shows it. */
export type AccountRow = {
  /** `provider_configs.id`. */
  id: number,
  /** linode, or what another program wrote. */
  provider: string,
  /** Its name here. */
  label: string,
  /** Where it is reached; `null` is the provider's public address. */
  endpoint: string | null,
  /** Whether it is read. */
  is_active: boolean,
  /** How its token is kept. */
  token: TokenState,
  /** Whose token it is at the provider. */
  username: string | null,
  /** What the token may do, if the provider said so. */
  scopes: string | null,
  /** When the token was last checked. */
  token_checked_at: Instant | null,
  /** When its servers were last read. */
  observed_at: Instant | null,
  /** How the last sync ended. */
  last_sync: LastSync | null,
  /** When a sync was last written. */
  last_success_at: Instant | null,
  /** The last sync that wrote nothing, and why. */
  last_failure: LastSync | null,
  /** How many requests the token has left, as the provider last said. */
  rate: RateRow | null,
  /** What the token may not do and this program does, where the provider says what it may. */
  missing_scopes: Array<string>,
  /** Servers of this account that are not deleted. */
  servers: number,
  /** Of those, the ones that belong to nobody. */
  unassigned: number,
  /** Of those, the ones that the last sync didn't see. */
  missing: number,
  /** Of those, the ones that are gone at the provider. */
  gone: number,
  /** The regions that are sold; empty is all of them. */
  regions_on_sale: Array<string>,
  /** When the account's row was last changed; sent back with a change of it. */
  updated_at: Instant, };
/** Something that is to be done to a container. */
export type ActOnContainerRequest = {
  /** Which. */
  container_id: number,
  /** What. */
  act: ContainerAct,
  /** Made when the form opens: sent again, it is done once. */
  key: string, };
/** Something that is to be done to a server. */
export type ActOnServerRequest = {
  /** Which. */
  server_id: number,
  /** What. */
  act: ServerAct,
  /** Made when the form opens: sent again, it is done once. */
  key: string, };
/** What may be done to a thing, with the reason when not. */
export type Action = {
  /** Its name. */
  name: string,
  /** Whether it may be done. */
  allowed: boolean,
  /** Why not. */
  reason: string | null, };
/** Which theme all desks shall show. */
export type ActivateThemeRequest = {
  /** `theme_settings.id`; `null` for the built-in one. */
  id: number | null, };
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
/** A value that changed. */
export type ActivityChange = {
  /** Of what. */
  field: string,
  /** Before. */
  before: string | null,
  /** After. */
  after: string | null, };
/** An entry with all that it says. */
export type ActivityEntry = {
  /** As in the list. */
  row: ActivityRow,
  /** The program that was used. */
  user_agent: string | null,
  /** The role of the database that was acted in. */
  acting_as: string | null,
  /** What changed. */
  changes: Array<ActivityChange>,
  /** What else it says. */
  facts: Array<ActivityFact>, };
/** Something else that an entry says. */
export type ActivityFact = {
  /** What about. */
  name: string,
  /** What. */
  value: string, };
/** An entry as lists show it. */
export type ActivityRow = {
  /** `activity_logs.id`. */
  id: number,
  /** When. */
  created_at: Instant | null,
  /** Who: a name or an address; nobody means a program. */
  who: string | null,
  /** The person. */
  user_id: number | null,
  /** In which role. */
  role: string | null,
  /** Over which login of the database. */
  login: string | null,
  /** What was done, as `thing.deed`; an open set. */
  action: string,
  /** To what kind of thing. */
  resource_type: string | null,
  /** To which. */
  resource_id: string | null,
  /** Whose thing. */
  organization_id: number | null,
  /** The organization's name. */
  organization: string | null,
  /** From where. */
  ip_address: string | null,
  /** A line about what changed. */
  summary: string, };
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
/** A plan that is new. */
export type Added = {
  /** Its name. */
  name: string,
  /** The provider's type. */
  linode_type: string,
  /** The region whose price it is; `null` is the usual one. */
  region: string | null,
  /** What it costs. */
  price: ImportPrice, };
/** The name. */
export type AddressName = {
  /** The name; `null` while no domain is set up. */
  name: string | null, };
/** What an address is called where nobody has chosen another name. */
export type AddressRequest = {
  /** The address. */
  address: string, };
/** A correction of a wallet. `key` as in a deposit. */
export type AdjustRequest = {
  /** Whose wallet. */
  organization_id: number,
  /** By how much, such as "-12.50". */
  amount: string,
  /** Why. */
  reason: string,
  /** Makes it repeatable. */
  key: string, };
/** What may be answered to a field. */
export type AnswerKind = "header" | "text" | "secret" | "one_of" | "many_of";
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
/** A key as lists show it. */
export type ApiKeyRow = {
  /** `user_api_keys.id`. */
  id: number,
  /** What it is for. */
  name: string,
  /** Whose it is. */
  user_id: number | null,
  /** That person's address. */
  email: string | null,
  /** Which organization it opens. */
  organization_id: number | null,
  /** Its name. */
  organization: string | null,
  /** active, expired or revoked. */
  state: string,
  /** When it was last used. */
  last_used_at: Instant | null,
  /** When it stops working. */
  expires_at: Instant | null,
  /** When it was made. */
  created_at: Instant, };
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
  /** What somebody who has given the password still has to prove. */
  step: SignInStep | null,
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
/** Archives an organization, or takes it back. */
export type ArchiveOrganizationRequest = {
  /** Which. */
  id: number,
  /** `updated_at` as it was seen. */
  expected_updated_at: Instant, };
/** Servers or containers for an organization. */
export type AssignRequest = {
  /** vps or container. */
  kind: ResourceKind,
  /** Which, 1 to 100: all or none. */
  resource_ids: Array<number>,
  /** To whom. */
  organization_id: number,
  /** On which plan. */
  plan_id: number,
  /** From when; `null` is now. */
  start: Instant | null, };
/** What an assignment does, or would do. */
export type Assigned = {
  /** What the server or container is called. */
  label: string,
  /** Whose it becomes. */
  organization: string,
  /** Whose it was until now. */
  taken_from: string | null,
  /** On which plan. */
  plan: string,
  /** What an hour costs. */
  rate: Rate,
  /** The cap of a month. */
  monthly_rate: Money | null,
  /** From when it is charged. */
  starts_at: Instant,
  /** Whole hours that have passed since, which the next run charges. */
  hours: number,
  /** What they cost, to the ten-thousandth. */
  amount: string,
  /** What a person should look at before. */
  warnings: Array<string>, };
/** What assignments of several do together, or would do. */
export type AssignedTogether = {
  /** Each. */
  items: Array<Assigned>,
  /** Whole hours of all that the next run charges. */
  hours: number,
  /** What they cost, to the ten-thousandth. */
  amount: string, };
/** Something that needs somebody. */
export type AttentionItem = {
  /** What. */
  concern: Concern,
  /** How many. */
  count: number,
  /** Of these, nobody's. */
  unassigned: number | null,
  /** What is at stake. */
  amount: Money | null,
  /** Since when, the oldest. */
  since: Instant | null, };
/** A backup of a server. */
export type BackupInfo = {
  /** Its number there. */
  id: number,
  /** Its name. */
  label: string | null,
  /** pending, running, successful, failed …; an open set. */
  status: string | null,
  /** Whether a server can be filled from it. */
  available: boolean | null,
  /** When it began. */
  created_at: Instant | null,
  /** When it was complete. */
  finished_at: Instant | null,
  /** How large its disks are together, MB. */
  size_mb: number | null, };
/** Where billing stands. */
export type BillingOverview = {
  /** The newest run that went to its end: up to its time everybody was looked at. */
  last_run: RunRow | null,
  /** The run that is under way, at this desk or elsewhere. */
  open_run: number | null,
  /** Whether a run should have been by now. */
  overdue: boolean,
  /** When an agent was last heard of; none where none was ever set up. */
  agent_seen: Instant | null,
  /** Whether one should have been heard of since. */
  agent_missing: boolean,
  /** Resources that wait for a price or a decision. */
  parked: number,
  /** Of those, for a decision. */
  undecided: number,
  /** Usage that wallets don't cover. */
  arrears: Money,
  /** How many organizations that is. */
  behind: number,
  /** How often a run should be. */
  schedule: "hourly" | "daily",
  /** The panel's currency. */
  currency: string,
  /** What may be done: `run`, `decide`. */
  actions: Array<Action>, };
/** A port or a path inside a container, and what it is outside. */
export type Binding = {
  /** Inside: `80/tcp`, `/data`. */
  inside: string,
  /** Outside: a port of the host, a path of the host. */
  outside: string | null,
  /** `inside` is as it was written, and nobody can say which side is which. */
  as_written: boolean, };
/** Whether the books are right, as the newest proof says. */
export type Books = {
  /** None: they were never proven, or this role isn't told. */
  proof: ProofRow | null,
  /** What may be done: `prove`. */
  actions: Array<Action>, };
/** Something in the books that is not what it should be. */
export type Breach = {
  /** `wallet`, `charge_usage`, `charge_sum`, `charge_transaction`, `charge_chain`, `meter`, `arrears`, `hours_missed`, `hours_twice`,
   * `two_owners`, `invoice_sum`, `invoice_lines`, `invoice_carry`, `invoice_paid`, `invoice_number`, `told_transaction`, `ledger_charge`, `run_sum` or `revenue`. */
  what: string,
  /** Whose books. */
  organization_id: number | null,
  /** The name. */
  organization: string | null,
  /** What kind of thing it is. */
  thing: string,
  /** Which. */
  thing_id: string | null,
  /** What should be there. */
  expected: string | null,
  /** What is. */
  found: string | null, };
/** Withdraws an invoice. */
export type CancelInvoiceRequest = {
  /** Which. */
  id: number,
  /** Its status as it was seen. */
  expected_status: InvoiceStatus, };
/** Another password. */
export type ChangePasswordRequest = {
  /** The one until now. */
  old_password: string,
  /** The new one. */
  password: string, };
/** Another plan for hours that begin from now. */
export type ChangePlanRequest = {
  /** vps or container. */
  kind: ResourceKind,
  /** Which. */
  id: number,
  /** On which plan. */
  plan_id: number,
  /** The plan that it was seen on. */
  seen_plan_id: number | null, };
/** What became of it. */
export type ChangePriceAnswer = {
  /** The rate until now. */
  old_rate: Rate | null,
  /** The rate for hours that begin from now. */
  rate: Rate | null,
  /** The cap until now. */
  old_monthly_rate: Money | null,
  /** The cap from now. */
  monthly_rate: Money | null,
  /** Servers or containers whose next hours cost something else. */
  affected: number, };
/** Another price for hours that begin from now. */
export type ChangePriceRequest = {
  /** vps or container. */
  kind: ResourceKind,
  /** Which. */
  id: number,
  /** The price. */
  price: PriceFields,
  /** `updated_at` as it was seen. */
  expected_updated_at: Instant, };
/** Other values. */
export type ChangeSettingsRequest = {
  /** Those that are to change: all, or none when one is refused. */
  values: Array<SettingValue>,
  /** `updated_at` as it was seen. */
  expected_updated_at: Instant, };
/** A plan that is there and whose price or regions would change. */
export type Changed = {
  /** `vps_plans.id`. */
  id: number,
  /** Its name. */
  name: string,
  /** The provider's type. */
  linode_type: string,
  /** The region whose price it is. */
  region: string | null,
  /** What it costs now. */
  old: ImportPrice,
  /** What it would cost. A rate or cap set by hand stays. */
  new: ImportPrice,
  /** Regions that it would be for in addition. */
  regions_added: Array<string>,
  /** Whether the provider takes more now than this plan charges. */
  above_ours: boolean, };
/** A charge that took hours of an invoice. */
export type ChargeOfInvoice = {
  /** `billing_charges.id`. */
  charge_id: number,
  /** The ledger's row. */
  transaction_id: number | null,
  /** Which run. */
  run_id: number,
  /** Its time. */
  run_at: Instant | null,
  /** The month in which the hours began. */
  usage_month: string,
  /** How many of the invoice's hours. */
  hours: number,
  /** What they cost. */
  amount: string, };
/** What a run charged one organization for one month. */
export type ChargeRow = {
  /** `billing_charges.id`. */
  id: number,
  /** Whom. */
  organization_id: number,
  /** The name. */
  organization: string,
  /** The month of the hours, as its first day. */
  usage_month: string,
  /** How many hours. */
  hours: number,
  /** What they cost exactly. */
  usage: string,
  /** The fraction of a cent that came in. */
  carry_in: string,
  /** What was charged. */
  amount: Money,
  /** The wallet's currency. */
  currency: string | null,
  /** The fraction that goes on. */
  carry_out: string,
  /** The ledger's row; none when it was less than a cent. */
  transaction_id: number | null, };
/** A host that shall be asked what it is. */
export type CheckHostRequest = {
  /** Which host. */
  id: number,
  /** Whether another engine than before may have taken its place. */
  accept_other: boolean, };
/** What closing a month would do. */
export type ClosePreviewAnswer = {
  /** Which month. */
  period: string,
  /** It has been closed: nothing would be written. */
  closed: boolean,
  /** A billing run has charged the month's last hours; otherwise the close begins with one. */
  billed: boolean,
  /** Invoices of the month that are there. */
  already: number,
  /** Their sum. */
  already_total: Money,
  /** Invoices that would be issued. */
  invoices: number,
  /** Their sum. */
  total: Money,
  /** Their usage, exactly. */
  usage: string,
  /** What of it was used before the month. */
  late: string,
  /** The panel's currency, in which all of it is. */
  currency: string,
  /** Organizations with usage that would get none. */
  skipped: Array<Skipped>, };
/** Which month. */
export type CloseRequest = {
  /** Year and month, such as 2026-10. */
  period: string, };
/** A code of the second factor, or a recovery code. */
export type CodeRequest = {
  /** The code. */
  code: string, };
/** Light or dark. */
export type ColorScheme = "system" | "light" | "dark";
/** A profile by its id. */
export type ConnectRequest = {
  /** Which. */
  profile_id: string, };
/** What an action would mean, a sentence each. */
export type Consequences = {
  /** The sentences. */
  sentences: Array<string>, };
/** What is done to a container. */
export type ContainerAct = "start" | "stop" | "restart" | "remove";
/** A container with what stands behind it. */
export type ContainerDetail = {
  /** The container, and the state that its host last told. */
  container: ContainerRow,
  /** Its plan. */
  plan: PlanRow | null,
  /** Whose it is: their wallet. */
  wallet: WalletFacts | null,
  /** What may be done. */
  actions: Array<Action>, };
/** One container. */
export type ContainerRequest = {
  /** `containers.id`. */
  id: number, };
/** A container as lists show it. */
export type ContainerRow = {
  /** `containers.id`. */
  id: number,
  /** The id that its host gave it. */
  container_id: string | null,
  /** Its name. */
  name: string | null,
  /** What it runs. */
  image: string | null,
  /** Whose it is; `null` while nobody has assigned it. */
  organization_id: number | null,
  /** The organization's name. */
  organization: string | null,
  /** Whether it is somebody's. */
  assigned: boolean,
  /** Its plan. */
  plan_id: number | null,
  /** The plan's name. */
  plan: string | null,
  /** What an hour costs now. */
  hourly_rate: Rate | null,
  /** The host's word for its state; an open set. */
  status: string | null,
  /** Its published ports. */
  ports: Array<Binding>,
  /** Its volumes. */
  volumes: Array<Binding>,
  /** The names of its environment; values don't cross. */
  environment: Array<string>,
  /** Entries of its environment that are no variable, and aren't shown. */
  environment_unreadable: number,
  /** When it was created. */
  created_at: Instant | null,
  /** Up to when it has been charged. */
  last_billed_at: Instant | null,
  /** The host on which it is. */
  host_id: number | null,
  /** The host's name. */
  host: string | null,
  /** Whether its host still has it. */
  presence: Presence,
  /** What its own check says: healthy, unhealthy, starting; `null` where it has none. */
  health: string | null,
  /** When the host last said so. */
  seen_at: Instant | null, };
/** A wallet in the customer's context. */
export type ContextWallet = {
  /** What it holds. */
  balance: Money,
  /** Its currency. */
  currency: string, };
/** What became of a correction: posted, or waiting for a second person. */
export type CorrectionAnswer = {
  /** The ledger's row, once there is one. */
  transaction: TransactionRow | null,
  /** The request, where a second person is needed. */
  request: RequestRow | null,
  /** The wallet after it. */
  balance: Money,
  /** It had been sent before; nothing was added now. */
  repeated: boolean,
  /** What was collected for usage that was due. */
  collected: Money, };
/** A new API key. */
export type CreateApiKeyRequest = {
  /** Which organization it opens. */
  organization_id: number,
  /** Whose it is, if it is one person's. */
  user_id: number | null,
  /** What it is for. */
  name: string,
  /** After how many days it stops working, if ever. */
  expires_in_days: number | null, };
/** A new host. */
export type CreateHostRequest = {
  /** Its name here. */
  label: string,
  /** `unix://…`, `tcp://…` or `ssh://…`. */
  endpoint: string,
  /** For `tcp://`. */
  papers: PapersRequest, };
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
  password: string,
  /** Whether it is filled with a demonstration; the workspace is then one for tests. */
  demo: boolean, };
/** A new row. */
export type CreateNetworkRequest = {
  /** What it is about. */
  type: string,
  /** JSON, as typed. */
  config: string,
  /** Whether it counts. */
  is_active: boolean, };
/** A new organization with an empty wallet. */
export type CreateOrganizationRequest = {
  /** Its name. */
  name: string,
  /** The wallet's currency. */
  currency: string,
  /** The name on its invoices, where it is another. */
  billing_name: string | null,
  /** Lines of the address on its invoices. */
  billing_address: string | null, };
/** A new plan. */
export type CreatePlanRequest = {
  /** What it is. */
  fields: PlanFormFields,
  /** What it costs. */
  price: PriceFields,
  /** Made knowingly without a rate: what runs on it waits. */
  without_rate: boolean, };
/** A new account. */
export type CreateProviderRequest = {
  /** Its name here. */
  label: string,
  /** Where it is reached; empty is Linode's public address. */
  endpoint: string,
  /** Its token. */
  token: string, };
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
  password: string,
  /** Whether the first sign-in asks for another. */
  must_change_password: boolean, };
/** Something new. */
export type Created = {
  /** Its id. */
  id: number, };
/** The key: shown once. */
export type CreatedApiKey = {
  /** Its id. */
  id: number,
  /** The key. */
  key: string, };
/** A credit note. */
export type CreditInvoiceRequest = {
  /** The invoice that it corrects. */
  id: number,
  /** What is given back, above zero. */
  lines: Array<HandLineRequest>,
  /** Makes it repeatable. */
  key: string, };
/** How many wallets have a currency. */
export type CurrencyWallets = {
  /** The currency. */
  currency: string,
  /** How many. */
  wallets: number, };
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
  invoices: Array<InvoiceRow>,
  /** Other tickets. */
  earlier_tickets: Array<TicketRow>,
  /** How many tickets there are. */
  ticket_count: number,
  /** How many are not settled. */
  open_ticket_count: number, };
/** The view that is open. */
export type CustomerView = {
  /** `null` when none is. */
  viewing: Viewing | null, };
/** A billing run in short. */
export type DashboardRun = {
  /** `billing_runs.id`. */
  id: number,
  /** Up to when it charged. */
  run_at: Instant,
  /** open, completed, partial, failed or cancelled. */
  status: string,
  /** How long it took; `null` while it goes on. */
  duration_ms: number | null,
  /** Organizations that were charged. */
  organizations: number,
  /** What was charged. */
  charged: Money,
  /** Resources that could not be priced. */
  parked: number,
  /** Organizations that were left out. */
  skipped: number, };
/** Where the business stands. */
export type DashboardSummary = {
  /** The database's time. */
  now: Instant,
  /** The panel's currency, in which alone is summed. */
  currency: string,
  /** What the next hour is going to be charged at. */
  hourly: Rate,
  /** What all wallets of the currency hold. */
  held: Money,
  /** Wallets of other currencies, which are not summed. */
  foreign_wallets: number,
  /** Organizations that owe. */
  owing: number,
  /** What they owe. */
  owed: Money,
  /** Invoices that are due for longer than the time of grace. */
  overdue: number,
  /** What is due of them. */
  overdue_amount: Money,
  /** When the oldest was issued. */
  overdue_since: Instant | null,
  /** What needs somebody, the most pressing first. */
  attention: Array<AttentionItem>,
  /** hourly or daily. */
  schedule: string,
  /** The last runs, newest first. */
  runs: Array<DashboardRun>,
  /** Servers by the provider's word. */
  fleet: Array<Tally>,
  /** Regions that they are in. */
  regions: number,
  /** Containers that are not deleted. */
  containers: number,
  /** Open tickets by priority. */
  tickets: Array<Tally>,
  /** The median time to a first reply in the last seven days. */
  first_reply_seconds: number | null, };
/** Decides on a request. */
export type DecideRequestRequest = {
  /** Which. */
  id: number,
  /** approved or refused by another person, withdrawn by who asked. */
  decision: string,
  /** Why; may be empty. */
  reason: string, };
/** Height of rows. */
export type Density = "compact" | "normal" | "comfortable";
/** What became of it. */
export type DepositAnswer = {
  /** The ledger's row. */
  transaction: TransactionRow,
  /** The wallet after it. */
  balance: Money,
  /** It had been posted before; nothing was added now. */
  repeated: boolean,
  /** What was collected for usage that was due. */
  collected: Money,
  /** What is still due; unknown where it could not be collected now, and the next run does. */
  still_due: Money | null, };
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
/** The desks. */
export type DeskList = {
  /** Those in use first. */
  rows: Array<DeskRow>,
  /** Why no other desk can be invited to this workspace, if so. */
  invite_problem: string | null,
  /** Whether this desk holds the workspace key, and so can hand it on. */
  holds_workspace_key: boolean,
  /** What whoever administers the server types instead, without the desk's label. */
  command: string, };
/** A desk's login and what it was last used for. */
export type DeskRow = {
  /** Its login. */
  login: string,
  /** What it is called. */
  label: string,
  /** Since when. */
  added_at: Instant,
  /** When it was cut off. */
  revoked_at: Instant | null,
  /** By which admin; `null` also when it was the server's administrator. */
  revoked_by: string | null,
  /** When it last got another password. */
  replaced_at: Instant | null,
  /** Until when its invitation can be opened. */
  invited_until: Instant | null,
  /** When the invitation was opened. */
  accepted_at: Instant | null,
  /** Whether it was given the workspace key. */
  holds_workspace_key: boolean,
  /** Whether the server still lets it in; what it may do there is another thing. */
  may_connect: boolean,
  /** Whether it is the one that asks. */
  is_own: boolean,
  /** Who last signed in there. */
  last_person: string | null,
  /** As what. */
  last_role: string | null,
  /** With which program. */
  last_client: string | null,
  /** When. */
  last_opened_at: Instant | null,
  /** When that session was last used, to the minute. */
  last_use: Instant | null,
  /** Whether it lives. */
  is_signed_in: boolean, };
/** Password and code, to give the second factor up. */
export type DisableFactorRequest = {
  /** The password. */
  password: string,
  /** A code, or a recovery code. */
  code: string, };
/** A difference, with what helps. */
export type DriftItem = {
  /** What helps, the more usual first. */
  remedies: Array<Remedy>,
  /** Tells it from all others. */
  key: number,
  /** What differs. */
  kind: DriftKind,
  /** vps or container. */
  resource_kind: ResourceKind,
  /** Its number in the table of its kind. */
  resource_id: number,
  /** Its name. */
  label: string,
  /** In which account. */
  account_id: number,
  /** The account's name. */
  account: string | null,
  /** Its number at the provider. */
  external_id: string,
  /** Whose it is. */
  organization_id: number | null,
  /** The organization's name. */
  organization: string | null,
  /** On which plan. */
  plan_id: number | null,
  /** The plan's name. */
  plan: string | null,
  /** What it is here. */
  here: string | null,
  /** What it is at the provider. */
  there: string | null,
  /** What a month of it is worth; `null` is unknown, or cost for a role that sees none. */
  monthly: string | null,
  /** Whether that is what it costs us; else it is what a customer pays. */
  is_cost: boolean,
  /** Since when, as far as anybody looked. */
  since: Instant | null,
  /** When the account was last read. */
  observed_at: Instant | null,
  /** Whether the provider itself says that it doesn't exist. */
  is_gone: boolean,
  /** The plan that sells what is there. */
  target_plan_id: number | null,
  /** That plan's name. */
  target_plan: string | null, };
/** What there is. */
export type DriftOverview = {
  /** Whether what things cost us is shown. */
  shows_cost: boolean,
  /** What may be done. */
  actions: Array<Action>,
  /** The kinds that there are, the most pressing first. */
  sums: Array<DriftSum>,
  /** The accounts, and when each was read. */
  accounts: Array<ReadAccount>, };
/** The differences of one kind together. */
export type DriftSum = {
  /** What differs. */
  kind: DriftKind,
  /** How many. */
  count: number,
  /** What a month of all of them is worth, of those of which it is known. */
  monthly: string | null,
  /** Of how many it isn't known. */
  unknown: number,
  /** Whether the sum is what they cost us. */
  is_cost: boolean,
  /** The oldest of them. */
  since: Instant | null, };
/** A row that is changed. */
export type EditNetworkRequest = {
  /** Which. */
  id: number,
  /** JSON, as typed. */
  config: string,
  /** Whether it counts. */
  is_active: boolean,
  /** `updated_at` as it was seen. */
  expected_updated_at: Instant, };
/** Another description of a plan. */
export type EditPlanRequest = {
  /** Which. */
  id: number,
  /** What it is. */
  fields: PlanFormFields,
  /** `updated_at` as it was seen. */
  expected_updated_at: Instant, };
/** A script that is changed. */
export type EditScriptRequest = {
  /** Which. */
  id: number,
  /** What it is. */
  fields: ScriptFields,
  /** `updated_at` as it was seen. */
  expected_updated_at: Instant, };
/** Nothing is asked, or nothing is answered. */
export type Empty = Record<string, never>;
/** What a host's engine says of itself and of its computer. What it doesn't say is absent. */
export type Engine = {
  /** What it is by its own account; it stays when the address changes. */
  engine_id: string | null,
  /** Its version. */
  version: string | null,
  /** The version of its interface. */
  api_version: string | null,
  /** The name of its computer. */
  computer: string | null,
  /** The operating system, in words. */
  system: string | null,
  /** `x86_64`, `aarch64`, … */
  architecture: string | null,
  /** How layers are stored: not every way can limit a container's disk. */
  storage_driver: string | null,
  /** Processor cores. */
  cpus: number | null,
  /** Memory, in bytes. */
  memory_bytes: number | null,
  /** Whether it can limit a container's memory. */
  limits_memory: boolean | null,
  /** Whether it can limit a container's share of the processor. */
  limits_cpu: boolean | null,
  /** What it warns of. */
  warnings: Array<string>, };
/** What the window can tell apart. */
export type ErrorCode = "bad_request" | "internal" | "not_signed_in" | "forbidden" | "not_found" | "region_not_on_sale" | "conflict" | "stale" | "wrong_password" | "wrong_code" | "sign_in_over" | "confirmation_needed" | "throttled" | "session_expired" | "desk_refused" | "role_not_allowed" | "server_unreachable" | "connection_lost" | "certificate_untrusted" | "encryption_missing" | "database_not_initialized" | "database_too_old" | "database_too_new" | "database_differs" | "keychain_missing" | "keychain_locked" | "keychain_failed" | "password_missing" | "profile_unknown" | "profile_store_broken" | "workspace_failed" | "postgres_missing" | "invalid_field" | "duplicate_address" | "duplicate_key" | "amount_out_of_range" | "wallet_overflow" | "wallet_missing" | "insufficient_funds" | "ledger_rule" | "billing_run_under_way" | "billing_run_ahead_of_clock" | "billing_run_before_last" | "billing_run_not_open" | "proof_under_way" | "parked_not_decidable" | "meter_fixed" | "period_not_a_month" | "period_not_over" | "period_later_closed" | "period_not_billed" | "period_not_issued" | "close_under_way" | "invoice_not_newest" | "invoice_fixed" | "invoice_not_payable" | "credit_note_original" | "credit_note_bounded" | "request_decided" | "request_own" | "request_needs_person" | "hold_not_covered" | "assign_already_invoiced" | "document_not_possible" | "conversation_moved" | "transition_not_allowed" | "provider_address" | "provider_token_malformed" | "provider_certificates" | "provider_token_refused" | "provider_scope_missing" | "provider_not_found" | "provider_limited" | "provider_busy" | "provider_unavailable" | "provider_not_json" | "provider_unreadable" | "provider_truncated" | "provider_timeout" | "provider_unreachable" | "provider_untrusted" | "provider_rejected" | "provider_too_large" | "provider_cancelled" | "provider_invalid" | "provider_outcome_unknown" | "provider_work_failed" | "provider_knows_nothing" | "intent_server_busy" | "intent_not_waiting" | "server_password_unknown" | "intent_too_slow" | "intent_unreadable" | "docker_address" | "docker_not_encrypted" | "docker_certificates" | "docker_untrusted" | "docker_unreachable" | "docker_socket_forbidden" | "docker_ssh" | "docker_not_docker" | "docker_too_old" | "docker_not_found" | "docker_no_image" | "docker_name_in_use" | "docker_key_in_use" | "docker_port_in_use" | "docker_conflict" | "docker_out_of_space" | "docker_limits_unsupported" | "docker_rejected" | "docker_registry" | "docker_failed" | "docker_timeout" | "docker_truncated" | "docker_unreadable" | "docker_too_large" | "docker_cancelled" | "docker_other_engine" | "intent_container_busy" | "provider_unknown" | "sync_under_way" | "sync_not_running" | "sync_account_inactive" | "sync_many_gone" | "workspace_key_not_made" | "workspace_key_missing" | "workspace_key_wrong" | "workspace_key_made" | "token_missing" | "token_not_sealed" | "token_unreadable" | "export_failed" | "timeout" | "not_for_demo" | "task_under_way" | "plan_rate_missing" | "plan_without_rate" | "plan_inactive" | "assign_archived_organization" | "assign_start_in_future" | "assign_start_before_creation" | "assign_gone" | "parked_still_gone" | "assign_start_overlaps" | "assign_already_charged" | "assign_not_undoable" | "assign_already_there" | "assign_nobodys" | "assign_same_plan" | "assign_deleted" | "viewing_as_customer" | "view_ended" | "view_ticket_unknown" | "desk_is_own" | "invitation_foreign" | "invitation_damaged" | "invitation_passphrase" | "invitation_expired" | "invitation_used" | "isolation_broken";
/** An event of a server at its provider. */
export type EventInfo = {
  /** Its number there. */
  id: number,
  /** What was done (`linode_boot`); an open set. */
  action: string,
  /** scheduled, started, finished, failed, notification or canceled; an open set. */
  status: string,
  /** When it began. */
  at: Instant | null,
  /** Who had it done there. */
  username: string | null,
  /** What the provider says about it. */
  message: string | null,
  /** How far it is, of 100. */
  percent: number | null,
  /** How long it has taken, seconds. */
  seconds: number | null, };
/** What is to be explained: one of these. */
export type ExplainRequest = {
  /** `transactions.id`. */
  transaction: number | null,
  /** `invoices.id`. */
  invoice: number | null,
  /** `organizations.id`, for its balance. */
  organization: number | null, };
/** What a charge was made of. */
export type ExplainedCharge = {
  /** `billing_charges.id`. */
  charge_id: number,
  /** The ledger's row; none when it was less than a cent. */
  transaction_id: number | null,
  /** Which run. */
  run_id: number,
  /** Its time. */
  run_at: Instant | null,
  /** Whom. */
  organization_id: number,
  /** The month in which the hours began. */
  usage_month: string,
  /** From where. */
  from: Mark,
  /** Up to where. */
  until: Mark,
  /** Whether the wallet did not cover everything. */
  partial: boolean,
  /** Hours, as stored. */
  hours: number,
  /** What they cost, as stored. */
  usage: string,
  /** The fraction of a cent that came in. */
  carry_in: string,
  /** What was charged. */
  amount: Money,
  /** The fraction that went on. */
  carry_out: string,
  /** The hours. */
  lines: Array<ExplainedLine>,
  /** The lines' hours. */
  sum_hours: number,
  /** The lines' sum. */
  sum: string,
  /** Whether the lines are what was stored. */
  agrees: boolean, };
/** What stands behind an invoice. */
export type ExplainedInvoice = {
  /** `invoices.id`. */
  invoice_id: number,
  /** Its number. */
  number: string | null,
  /** Whose. */
  organization_id: number | null,
  /** The name. */
  organization: string | null,
  /** The wallet's currency. */
  currency: string | null,
  /** pending, paid, failed or cancelled. */
  status: string,
  /** Its lines, as they were written. */
  lines: unknown[],
  /** The lines' sum. */
  sum: string,
  /** The fraction of a cent that came in. */
  carry_in: string | null,
  /** The fraction that went on. */
  carry_out: string | null,
  /** Its amount. */
  amount: Money | null,
  /** What of it is paid. */
  amount_paid: Money | null,
  /** The hours that it tells. */
  told_hours: number,
  /** Those of them that were charged. */
  charged_hours: number,
  /** Those that were not yet. */
  uncharged_hours: number,
  /** By which charges. */
  charges: Array<ChargeOfInvoice>,
  /** Whether lines and carries are its amount. */
  agrees: boolean, };
/** Hours of a resource at one price. */
export type ExplainedLine = {
  /** vps or container. */
  kind: string,
  /** Its id there. */
  resource_id: number,
  /** Its name. */
  label: string | null,
  /** On which plan. */
  plan_id: number | null,
  /** The plan's name. */
  plan: string | null,
  /** When the first of the hours began. */
  first_hour: Instant,
  /** When the last of them ended. */
  until: Instant,
  /** How many. */
  hours: number,
  /** What one costs. */
  hourly_rate: Rate,
  /** Since when it costs that; nothing: always. */
  in_force_since: Instant | null,
  /** What the month costs at most. */
  monthly_cap: Money | null,
  /** What the month had cost before these hours. */
  metered_before: string,
  /** What they cost. */
  amount: string,
  /** Whether the cap made them cheaper. */
  cap_applied: boolean,
  /** Whether hours were due before and came late. */
  late: boolean, };
/** What stands behind a balance. */
export type ExplainedOrganization = {
  /** Whose. */
  organization_id: number,
  /** The name. */
  organization: string,
  /** The wallet's currency. */
  currency: string | null,
  /** What the wallet holds. */
  balance: Money | null,
  /** The completed rows. */
  by_type: Array<SumOfType>,
  /** Their sum. */
  sum: Money,
  /** What waits for its completion. */
  pending: Money,
  /** Up to where it has been charged. */
  charged_until: Mark,
  /** The fraction of a cent that it carries. */
  carry: string,
  /** What the wallet did not cover at the last run. */
  arrears: string,
  /** Its newest charge. */
  last_charge_id: number | null,
  /** The database's time. */
  now: Instant,
  /** Hours that would be charged now. */
  accrued_hours: number,
  /** What they cost. */
  accrued: string,
  /** Whether the wallet covers that. */
  covered: boolean | null,
  /** Whether balance and carry are what the rows add up to. */
  agrees: boolean, };
/** What stands behind a row of the ledger. */
export type ExplainedTransaction = {
  /** `transactions.id`. */
  transaction_id: number,
  /** Whose. */
  organization_id: number | null,
  /** The name. */
  organization: string | null,
  /** deposit, charge, refund or adjustment. */
  type: string | null,
  /** How much. */
  amount: Money | null,
  /** The wallet's currency. */
  currency: string | null,
  /** pending, completed or failed. */
  status: string,
  /** Why. */
  reason: string | null,
  /** When. */
  created_at: Instant | null,
  /** Of which run. */
  run_id: number | null,
  /** What it gives back. */
  refund_of: number | null,
  /** How it was paid. */
  payment_method: string | null,
  /** What was given back of it. */
  refunds: Array<Refund>,
  /** Of a charge: what it was made of. */
  charge: ExplainedCharge | null, };
/** What stands behind it. */
export type Explanation = {
  /** Of a row of the ledger. */
  transaction: ExplainedTransaction | null,
  /** Of an invoice. */
  invoice: ExplainedInvoice | null,
  /** Of a balance. */
  organization: ExplainedOrganization | null, };
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
/** A secret that the lost holder of a key may know, and that is still in use. */
export type ExposedRow = {
  /** In which table it is sealed: `provider_configs` is an account, `vps_instances` a server. */
  table: string,
  /** In which column. */
  column: string,
  /** In which row. */
  row: number,
  /** What the row is called. */
  label: string | null,
  /** Whose key was lost. */
  lost: string | null,
  /** Since when it is known. */
  noted_at: Instant, };
/** What an authenticator program is given: shown once. */
export type FactorOffer = {
  /** The secret in base32, for typing. */
  secret: string,
  /** The same with its circumstances. */
  uri: string,
  /** Modules of the picture a side. */
  qr_size: number,
  /** Its dark modules, as the path of a drawing. */
  qr_path: string, };
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
/** A firewall before a server. A side that is `null` was not told, which is no word on what is let through. */
export type FirewallInfo = {
  /** Its number there. */
  id: number,
  /** Its name. */
  label: string,
  /** enabled, disabled or deleted; an open set. */
  status: string | null,
  /** To the server. */
  inbound: Array<FirewallRule> | null,
  /** From the server. */
  outbound: Array<FirewallRule> | null,
  /** What happens to all else that comes. */
  inbound_policy: string | null,
  /** What happens to all else that goes. */
  outbound_policy: string | null, };
/** A rule of a firewall. */
export type FirewallRule = {
  /** Its name. */
  label: string | null,
  /** ACCEPT or DROP. */
  action: string | null,
  /** TCP, UDP, ICMP … */
  protocol: string | null,
  /** Ports and ranges; `null` is all. */
  ports: string | null,
  /** From where, or to where. */
  addresses: Array<string>, };
/** One thing by its id. */
export type GetRequest = {
  /** Its id. */
  id: number, };
/** The workspace's key, as another desk or a file has it. */
export type GiveWorkspaceKeyRequest = {
  /** The key. */
  key: string, };
/** A line of an invoice that a person makes. */
export type HandLineRequest = {
  /** What it is for. */
  text: string,
  /** How much of it, such as "1" or "2.5". */
  quantity: string,
  /** What one costs, such as "49.00". */
  unit_price: string, };
/** A host that was asked. */
export type HostChecked = {
  /** Which. */
  id: number,
  /** What its engine says of itself. */
  engine: Engine, };
/** One host. */
export type HostRequest = {
  /** `provider_configs.id`. */
  id: number, };
/** A host as the window shows it. */
export type HostRow = {
  /** `provider_configs.id`. */
  id: number,
  /** Its name here. */
  label: string,
  /** Where its engine is: `unix://…`, `tcp://…` or `ssh://…`. */
  endpoint: string | null,
  /** Whether it is read. */
  is_active: boolean,
  /** How the papers for its encrypted port are kept; the other ways need none. */
  papers: TokenState,
  /** What its engine said when it was last asked. */
  engine: Engine,
  /** When that was. */
  checked_at: Instant | null,
  /** When its containers were last read. */
  observed_at: Instant | null,
  /** How the last sync ended. */
  last_sync: LastSync | null,
  /** Containers of this host that are not deleted. */
  containers: number,
  /** Of those, the ones that run. */
  running: number,
  /** Of those, the ones that belong to nobody. */
  unassigned: number,
  /** Of those, the ones that the last sync didn't see. */
  missing: number,
  /** Of those, the ones that are gone from the host. */
  gone: number, };
/** The images of a host that have a name. */
export type ImageList = {
  /** By name. */
  images: Array<ImageRow>, };
/** An image that a host has. */
export type ImageRow = {
  /** Its name with a tag. */
  name: string,
  /** Bytes on the disk. */
  size: number | null,
  /** When it was made. */
  created: Instant | null, };
/** An import from Linode's price list. */
export type ImportPlansRequest = {
  /** The address of the API, if not the public one; may be empty. */
  base_url: string,
  /** The markup in percent. */
  markup: string,
  /** Only these regions; empty is all. */
  regions: Array<string>,
  /** Only these types; empty is all. */
  types: Array<string>,
  /** Whether prices that have changed are applied. */
  update_prices: boolean, };
/** A price in a report. */
export type ImportPrice = {
  /** What the provider takes for an hour. */
  base_cost: Rate | null,
  /** What it takes for a month at most. */
  provider_monthly: string | null,
  /** The markup in percent. */
  markup: string,
  /** What an hour costs the customer. */
  rate: Rate | null,
  /** The cap of a month. */
  monthly_rate: Money | null, };
/** What an import did, or would do. */
export type ImportReport = {
  /** Plans that are new. */
  added: Array<Added>,
  /** Plans that are as they should be. */
  unchanged: Array<Unchanged>,
  /** Plans whose price or regions differ. */
  changed: Array<Changed>,
  /** What makes no plan. */
  left_out: Array<LeftOut>,
  /** Whether the new ones were written. */
  applied: boolean,
  /** Whether the changes were written too. */
  prices_updated: boolean, };
/** A container in full, as its host describes it. Of its environment only the names. */
export type Inspected = {
  /** The id that the host gave it. */
  id: string,
  /** Its name there. */
  name: string,
  /** What it runs. */
  image: string,
  /** The image's id. */
  image_id: string | null,
  /** created, running, paused, restarting, exited, dead; an open set. */
  state: string,
  /** healthy, unhealthy, starting; `null` where it has no check of its own. */
  health: string | null,
  /** How it ended last. */
  exit_code: number | null,
  /** Whether it ended because it wanted more memory than it may have. */
  oom_killed: boolean,
  /** What kept it from starting. */
  error: string | null,
  /** When it was made. */
  created: Instant | null,
  /** When it was started last. */
  started: Instant | null,
  /** When it ended last. */
  finished: Instant | null,
  /** How often it was started again by its policy. */
  restarts: number,
  /** What becomes of it when it ends. */
  restart_policy: string,
  /** Cores that it is held to, in parts. */
  cpus: number | null,
  /** Bytes of memory that it is held to. */
  memory_bytes: number | null,
  /** What its disk is held to, as the storage driver was told. */
  disk_limit: string | null,
  /** Its ports: within, and outside. */
  ports: Array<string>,
  /** What of the host is within. */
  mounts: Array<string>,
  /** Its addresses, by network. */
  addresses: Array<string>,
  /** The names of its environment. */
  environment: Array<string>,
  /** Its labels. */
  labels: Array<string>, };
/** An intent that was written down. */
export type IntentPlaced = {
  /** `provider_intents.id`. */
  id: number,
  /** What is held of the wallet meanwhile. */
  held: Money,
  /** It had been asked for before, under the same key. */
  repeated: boolean,
  /** Whether this desk carries it out; otherwise it waits for the agent or an admin's desk. */
  carried_out_here: boolean, };
/** One intent. */
export type IntentRequest = {
  /** `provider_intents.id`. */
  id: number, };
/** An intent as lists show it. */
export type IntentRow = {
  /** `provider_intents.id`. */
  id: number,
  /** What is done. */
  kind: string,
  /** waiting, sending, running, unknown, done, failed or undone. */
  state: string,
  /** In which account. */
  account_id: number,
  /** The account's name. */
  account: string,
  /** Whose it is. */
  organization_id: number | null,
  /** The organization's name. */
  organization: string | null,
  /** The server; `null` for an order that the provider has not answered. */
  server_id: number | null,
  /** The container, of what is done to one; `null` for a creation that the host has not answered. */
  container_id: number | null,
  /** What the server or container was called when it was asked for. */
  label: string,
  /** The plan of an order, a resize or a creation. */
  plan: string | null,
  /** What is asked of the provider, without secrets. */
  parameters: unknown,
  /** What it holds of the wallet now. */
  held: Money | null,
  /** Who asked for it; nobody means a program. */
  requested_by: string | null,
  /** When. */
  requested_at: Instant,
  /** When it was sent. */
  sent_at: Instant | null,
  /** When it came to its end. */
  finished_at: Instant | null,
  /** How far the provider is with it, of 100. */
  progress: number | null,
  /** How often it was taken up. */
  attempts: number,
  /** Whether somebody is at it now. */
  held_by_somebody: boolean,
  /** Why it is not done: for programs. */
  error_code: string | null,
  /** Why it is not done, in a sentence. */
  error: string | null, };
/** Invites another desk, with the login of whoever administers the server. */
export type InviteDeskRequest = {
  /** What it is called. */
  label: string,
  /** The login of a desk that gets a new password instead. */
  replaces: string | null,
  /** The administrator's login at the server; used once, not kept. */
  administrator: string,
  /** Its password. */
  password: string,
  /** Whether the new desk needs the workspace key. */
  with_workspace_key: boolean, };
/** An invitation that was written. */
export type InvitedDesk = {
  /** Where the file is. */
  path: string,
  /** Opens it. Told once. */
  passphrase: string,
  /** The desk's login. */
  login: string,
  /** Until when it can be opened. */
  until: Instant, };
/** Whom an invoice is for. */
export type InvoiceCustomer = {
  /** Name. */
  name: string | null,
  /** Lines of the address. */
  address: string, };
/** An invoice's page. */
export type InvoiceDetail = {
  /** Its row. */
  invoice: InvoiceRow,
  /** Its lines. */
  lines: Array<InvoiceLine>,
  /** The lines' sum, exactly; unknown where a line has no amount. */
  usage: string | null,
  /** The fraction of a cent that came in; of a month's close only. */
  carry_in: string | null,
  /** The fraction that goes on. */
  carry_out: string | null,
  /** What moved the wallet besides usage in the month: told, and no part of the amount. */
  told: Array<ToldRow>,
  /** Who sends it, as it was when it was issued. */
  seller: InvoiceSeller,
  /** Whom it is for, as they were when it was issued. */
  customer: InvoiceCustomer,
  /** What may be done. */
  actions: Array<Action>, };
/** What kind of file. */
export type InvoiceFileFormat = "pdf" | "xlsx" | "csv";
/** A line as it is shown. */
export type InvoiceLine = {
  /** What it is. */
  description: string,
  /** How much of it. */
  quantity: string | null,
  /** Of what, such as hour. */
  unit: string | null,
  /** What one costs. */
  unit_price: string | null,
  /** What it comes to, exactly. */
  amount: string | null,
  /** Whose usage it is. */
  resource: Resource | null,
  /** The plan's name when it was written. */
  plan: string | null,
  /** The month of its hours, such as 2026-10. */
  usage_month: string | null,
  /** When its first hour began, as written. */
  first_hour: string | null,
  /** The most that it costs in a month. */
  monthly_cap: string | null,
  /** The cap took something off. */
  cap_applied: boolean,
  /** It was used in an earlier month. */
  late: boolean, };
/** An invoice as lists show it. */
export type InvoiceRow = {
  /** `invoices.id`. */
  id: number,
  /** Its number, as written. */
  number: string | null,
  /** Whose. */
  organization_id: number | null,
  /** The organization's name. */
  organization: string | null,
  /** The wallet's currency. */
  currency: string | null,
  /** The total. */
  amount: Money | null,
  /** What of it has been paid. */
  amount_paid: Money | null,
  /** What of it is due. */
  due: Money,
  /** pending, paid, failed or cancelled; another program's word stays as it is. */
  status: string,
  /** How the status reads today: `in_review` and overdue are what pending is before and after the grace time. */
  state: string,
  /** The end of the grace time. */
  due_by: Instant | null,
  /** It was written by a month's close, so its lines and carries are its amount. */
  of_close: boolean,
  /** usage, `by_hand`, `credit_note`, or foreign: another program wrote it. */
  kind: string,
  /** The number of the invoice that a credit note corrects. */
  corrects: string | null,
  /** From when on. */
  period_start: Instant | null,
  /** Until when, not included. */
  period_end: Instant | null,
  /** When it was issued. */
  created_at: Instant | null,
  /** When nothing of it was due any more. */
  paid_at: Instant | null, };
/** Who sends invoices. */
export type InvoiceSeller = {
  /** Name. */
  name: string,
  /** Lines of the address. */
  address: string,
  /** Terms of payment. */
  terms: string, };
/** An invoice for what isn't usage. `key` as in a deposit. */
export type IssueInvoiceRequest = {
  /** For whom. */
  organization_id: number,
  /** Its lines. */
  lines: Array<HandLineRequest>,
  /** Makes it repeatable. */
  key: string, };
/** An invoice that was issued. */
export type IssuedInvoice = {
  /** Its row. */
  invoice: InvoiceRow,
  /** It had been issued before; nothing was issued now. */
  repeated: boolean, };
/** How the keys stand. */
export type KeyStanding = {
  /** The newest key's version; `null` while none was made. */
  version: number | null,
  /** Whether a rotation was begun and is not at its end. */
  is_under_way: boolean,
  /** How many values are sealed under older keys than the newest. */
  left: number,
  /** Secrets that the lost holder of a key may know, and that are still in use. */
  exposed: Array<ExposedRow>, };
/** What a keychain is good for here. */
export type Keychain = "available" | "no_service" | "locked";
/** How the last sync of an account ended. */
export type LastSync = {
  /** `provider_syncs.id`. */
  id: number,
  /** running, completed, partial, stopped, failed or cancelled. */
  status: string,
  /** When it began. */
  started_at: Instant,
  /** The failure's code. */
  error_code: string | null,
  /** Why it failed, in a sentence. */
  error: string | null, };
/** Something that makes no plan. */
export type LeftOut = {
  /** The provider's type. */
  linode_type: string,
  /** The region whose price it is. */
  region: string | null,
  /** Why, in a sentence. */
  reason: string, };
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
/** What has changed. */
export type LiveAnswer = {
  /** For the next poll. */
  cursor: string,
  /** Everything must be read again: the cursor is older than what is kept. */
  everything: boolean,
  /** What was read under these tags is stale. */
  stale: Array<StaleTag>, };
/** What has changed since when. */
export type LiveRequest = {
  /** As the poll before gave it, `null` for the first. */
  cursor: string | null, };
/** A line of a log. */
export type LogLine = {
  /** When it was said. */
  at: Instant | null,
  /** Whether it went to standard error. */
  is_error: boolean,
  /** What. */
  text: string,
  /** Whether it was longer. */
  cut: boolean, };
/** A piece of a log, and from where to go on. */
export type LogPiece = {
  /** The lines, oldest first. */
  lines: Array<LogLine>,
  /** From where to go on: repeats no line and leaves none out. */
  position: string,
  /** Whether there are more by now. */
  more: boolean, };
/** A picture. */
export type LogoPicture = {
  /** PNG, in base64. */
  png: string,
  /** In pixels. */
  width: number,
  /** In pixels. */
  height: number, };
/** The logo on documents. */
export type LogoState = {
  /** None until one is set. */
  logo: LogoPicture | null, };
/** A piece of a log. */
export type LogsRequest = {
  /** Of which container. */
  id: number,
  /** Where another piece ended; `null`: the last lines. */
  from: string | null,
  /** How many of the last lines. */
  tail: number | null, };
/** A script that the provider is asked for. */
export type LookUpScriptRequest = {
  /** Over which account; `null` is the first active one. */
  account_id: number | null,
  /** Its number. */
  script_id: number, };
/** What the provider says. */
export type LookedUpScript = {
  /** The script; `null` if there is none of that number, or only its owner sees it. */
  script: ScriptFacts | null, };
/** A key that shall be made. */
export type MakeWorkspaceKeyRequest = {
  /** Whether in place of one that is lost: what that has sealed can't be opened any more. */
  replace: boolean, };
/** A month by one grouping. */
export type MarginAnswer = {
  /** The rows. */
  page: Page<MarginRow>,
  /** What all rows of the month come to, whatever the window or its filters show. */
  total: MarginTotal, };
/** A month's sums. */
export type MarginMonth = {
  /** Its first instant. */
  month: Instant,
  /** What was charged for it, less what was given back in it. */
  revenue: string,
  /** What it has cost us. */
  cost: string,
  /** The difference. */
  margin: string,
  /** That in percent of the revenue. */
  percent: string | null, };
/** The months there are. */
export type MarginMonths = {
  /** The newest first. */
  months: Array<MarginMonth>, };
/** A month's rows. */
export type MarginRequest = {
  /** Such as 2026-10. */
  month: string,
  /** By what. */
  grouping: Grouping,
  /** Which window. */
  list: ListRequest, };
/** What something has brought and cost in a month. */
export type MarginRow = {
  /** Tells it from all others of its grouping; -1 is what can't be told of one. */
  key: number,
  /** vps, container, organization or other. */
  kind: string,
  /** Its number in the table of its kind. */
  id: number | null,
  /** Its name. */
  label: string,
  /** Whose it is. */
  organization_id: number | null,
  /** The organization's name. */
  organization: string | null,
  /** On which plan. */
  plan_id: number | null,
  /** The plan's name. */
  plan: string | null,
  /** Servers and containers in it. */
  resources: number,
  /** Hours that were charged; those of organizations are counted with their charges. */
  hours: number,
  /** What it has brought, to the ten-thousandth. */
  revenue: string,
  /** What it has cost us. */
  cost: string,
  /** The difference. */
  margin: string,
  /** That in percent of the revenue; `null` of nothing. */
  percent: string | null,
  /** Of how many servers and containers no cost is known. */
  uncosted: number, };
/** What all rows of a grouping come to, and up to when they are counted. */
export type MarginTotal = {
  /** The panel's currency, in which alone is summed. */
  currency: string,
  /** Up to when charges and cost are counted. */
  counted_until: Instant,
  /** What all rows have brought. */
  revenue: string,
  /** What they have cost us. */
  cost: string,
  /** The difference. */
  margin: string,
  /** That in percent of the revenue. */
  percent: string | null,
  /** Of how many servers and containers no cost is known. */
  uncosted: number, };
/** Up to which hour was charged. With a resource: up to its hour that begins then, in the order of beginning, kind and
 * id; without: every hour that had ended then. */
export type Mark = {
  /** When. */
  at: Instant | null,
  /** vps or container. */
  kind: string | null,
  /** Its id there. */
  resource_id: number | null, };
/** All that have been seen. */
export type MarkAllRequest = {
  /** The newest that was seen: what has arrived since stays unread. */
  newest_id: number, };
/** What marking did. */
export type MarkAnswer = {
  /** How many have changed. */
  changed: number, };
/** Which are read, or not read any more. */
export type MarkRequest = {
  /** `notifications.id`, at most 200. */
  ids: Array<number>,
  /** Whether they are read. */
  read: boolean, };
/** What was measured; without a sample the container doesn't run. */
export type Measured = {
  /** What it uses. */
  sample: StatsSample | null,
  /** To be given with the next question. */
  counters: string | null, };
/** The rows of networking. */
export type NetworkList = {
  /** By type. */
  rows: Array<NetworkRow>,
  /** The domain under which new servers' addresses get their names. */
  rdns_base: string | null,
  /** What may be done. */
  actions: Array<Action>, };
/** A row of it. */
export type NetworkRow = {
  /** `networking_config.id`. */
  id: number,
  /** What it is about: `rdns`, or another program's word. */
  type: string,
  /** What is kept, as JSON. */
  config: string,
  /** The domain of reverse names, of a row that has one. */
  rdns_base: string | null,
  /** Whether it counts. */
  is_active: boolean,
  /** When it was last changed; sent back with a change. */
  updated_at: Instant, };
/** A notification as lists show it. */
export type NotificationRow = {
  /** `notifications.id`. */
  id: number,
  /** What happened. */
  title: string,
  /** More about it. */
  message: string | null,
  /** info, success, warning, error, billing or support; other programs may write others. */
  type: string | null,
  /** Whether it has been read. */
  is_read: boolean,
  /** When. */
  created_at: Instant | null,
  /** Where it leads. */
  target: NotificationTarget | null, };
/** What a notification is about: where it leads. */
export type NotificationTarget = { "kind": "ticket",
  /** `tickets.id`. */
  id: number, } | { "kind": "invoice",
  /** `invoices.id`. */
  id: number, } | { "kind": "run",
  /** `billing_runs.id`. */
  id: number, } | { "kind": "organization",
  /** `organizations.id`. */
  id: number, };
/** What the provider said of the server last, as far as it is kept. */
export type Observed = {
  /** Its type there. */
  type_id: string | null,
  /** Its state there. */
  status: string | null,
  /** Processor cores. */
  vcpus: number | null,
  /** Memory, MB. */
  memory_mb: number | null,
  /** Disk, MB. */
  disk_mb: number | null,
  /** Traffic a month, GB. */
  transfer_gb: number | null,
  /** Whether backups are on. */
  backups: boolean | null,
  /** Its tags. */
  tags: Array<string>, };
/** What an account's provider offers. */
export type Offer = {
  /** Where. */
  regions: Array<OfferedRegion>,
  /** From what. */
  images: Array<OfferedImage>,
  /** Set up by what. */
  scripts: Array<OfferedScript>,
  /** What was not answered. */
  unread: Array<Unread>, };
/** Something that a StackScript asks for. */
export type OfferedField = {
  /** Under which the answer is sent. */
  name: string,
  /** The question. */
  label: string,
  /** header, text, password, `one_of` or `many_of`. */
  kind: string,
  /** Of which one may choose. */
  choices: Array<string>,
  /** What is taken where nothing is answered. */
  default: string | null,
  /** What an answer may look like. */
  example: string | null,
  /** What the business answers, where whoever orders doesn't. */
  answer: string | null,
  /** Whether that stays, whoever orders. */
  locked: boolean,
  /** Whether it has to be answered. */
  required: boolean, };
/** An image. */
export type OfferedImage = {
  /** Its id. */
  id: string,
  /** Its name. */
  label: string,
  /** Who made the system. */
  vendor: string | null,
  /** Whether it is everybody's. */
  is_public: boolean,
  /** What the disk needs at least, MB. */
  size_mb: number | null, };
/** A region. */
export type OfferedRegion = {
  /** Its id. */
  id: string,
  /** Its name. */
  label: string,
  /** The country's two letters. */
  country: string | null,
  /** ok or outage; an open set. */
  status: string | null,
  /** Types that can't be had there now. */
  sold_out: Array<string>, };
/** A StackScript. */
export type OfferedScript = {
  /** Its number there. */
  id: number,
  /** Its name. */
  label: string,
  /** What it says about itself. */
  description: string | null,
  /** The ids of the images that it is for; `any/all` is all of them. */
  images: Array<string>,
  /** What it asks for, in its order. */
  fields: Array<OfferedField>, };
/** What one role may do with a row. */
export type Onlooker = {
  /** admin, support, finance, customer, service or agent. */
  role: string,
  /** Of which organizations, or with which setting. */
  context: string | null,
  /** Whether it reads the row. */
  reads: boolean,
  /** Columns of a row it reads that it doesn't. */
  hidden: Array<string>,
  /** Columns of the row that it may change. */
  changes: Array<string>,
  /** Whether it may write new rows of the kind. */
  inserts: boolean,
  /** Who has the role now, twelve at most. */
  people: Array<string>,
  /** How many do. */
  people_count: number, };
/** An invitation that somebody was given. */
export type OpenInvitationRequest = {
  /** The file in base64. */
  content: string,
  /** What opens it. */
  passphrase: string, };
/** An account to order in. */
export type OrderAccount = {
  /** `provider_configs.id`. */
  id: number,
  /** Its name. */
  label: string,
  /** The regions of it that are sold; empty is all of them. */
  regions_on_sale: Array<string>, };
/** What an order chooses among. */
export type OrderChoices = {
  /** Accounts that are switched on. */
  accounts: Array<OrderAccount>,
  /** Active plans with a price. */
  plans: Array<OrderPlan>,
  /** How many there are; more than are listed are found by a search. */
  plans_total: number,
  /** Regions that the plans name. */
  regions: Array<string>,
  /** What the organization may order for. */
  orderable: Money | null, };
/** What an order may choose among. */
export type OrderChoicesRequest = {
  /** Whose wallet pays; `null` while that isn't chosen. */
  organization_id: number | null,
  /** A part of a plan's name or type. */
  search: string | null, };
/** A container that is asked for. */
export type OrderContainerRequest = {
  /** On which host. */
  host_id: number,
  /** For whom. */
  organization_id: number,
  /** On which plan. */
  plan_id: number,
  /** Its name. */
  name: string,
  /** An image that the host has. */
  image: string,
  /** Published ports, as HOST:CONTAINER or HOST:CONTAINER/udp. */
  ports: Array<string>,
  /** Volumes, as `/HOST:/CONTAINER`. */
  volumes: Array<string>,
  /** Its environment, by name. The values are kept sealed. */
  environment: Record<string, string>,
  /** Whether there shall be none where the host can't limit the disk. */
  disk_required: boolean,
  /** Made when the form opens: sent again, it stays the one that it was. */
  key: string, };
/** What an account's provider offers. */
export type OrderOffersRequest = {
  /** `provider_configs.id`. */
  account_id: number, };
/** A plan to order. */
export type OrderPlan = {
  /** `vps_plans.id`. */
  id: number,
  /** Its name. */
  name: string,
  /** The provider's type. */
  linode_type: string,
  /** Processor cores. */
  vcpus: number | null,
  /** Memory, MB. */
  memory_mb: number | null,
  /** Disk, GB. */
  disk_gb: number | null,
  /** Traffic a month, GB. */
  transfer_gb: number | null,
  /** What an hour costs. */
  rate: Rate,
  /** The cap of a month; `null` is uncapped. */
  monthly_rate: Money | null,
  /** Regions that its price is for; empty is everywhere that has no price of its own. */
  regions: Array<string>,
  /** Regions in which its type has a plan of its own. */
  elsewhere: Array<string>, };
/** An order of a server. */
export type OrderServerRequest = {
  /** In which account. */
  account_id: number,
  /** For whom. */
  organization_id: number,
  /** On which plan. */
  plan_id: number,
  /** Its name. */
  label: string,
  /** The provider's region. */
  region: string,
  /** What it is made from. */
  system: SystemRequest,
  /** Whether backups are on, which costs extra at the provider. */
  backups: boolean,
  /** Whether it also gets an address within the provider's own network. */
  private_ip: boolean,
  /** Made when the form opens: sent again, the order stays the one that it was. */
  key: string, };
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
  /** Its newest invoices. */
  invoices: Array<InvoiceRow>,
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
  /** The name on its invoices, where it is another. */
  billing_name: string | null,
  /** The address on its invoices. */
  billing_address: string | null,
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
  /** Whether it is put away. */
  archived: boolean,
  /** Since when it is archived; `null` while it is a customer. */
  archived_at: Instant | null,
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
/** What an encrypted port asks of both sides, as PEM; empty is none. */
export type PapersRequest = {
  /** The authority that signed the host's certificate; empty: those that this computer trusts. */
  authority: string,
  /** Our certificate. */
  certificate: string,
  /** Its key. */
  key: string, };
/** From when a parked resource is charged. */
export type ParkedDecision = "from_start" | "from_now";
/** What waits, oldest first, at most 500. */
export type ParkedList = {
  /** The resources. */
  parked: Array<ParkedRow>, };
/** A resource whose hours wait for a decision. */
export type ParkedRow = {
  /** `parked_resources.id`. */
  id: number,
  /** vps or container. */
  kind: string,
  /** Its id there. */
  resource_id: number,
  /** Its name. */
  label: string | null,
  /** Whose. */
  organization_id: number | null,
  /** The name. */
  organization: string | null,
  /** `no_plan`, `no_rate`, `inactive_currency`, adopted, gone or `no_wallet`. */
  reason: string,
  /** From which hour on. */
  parked_from: Instant,
  /** How many hours wait by now. */
  hours: number,
  /** Its plan. */
  plan_id: number | null,
  /** The plan's name. */
  plan: string | null,
  /** What an hour costs now, if the plan has a price. */
  hourly_rate: Rate | null,
  /** The panel's currency. */
  currency: string,
  /** What the hours cost at that rate, before a monthly cap. */
  worth: Money | null, };
/** A password. */
export type PasswordRequest = {
  /** The password. */
  password: string, };
/** Takes what is due of an invoice made by hand from the wallet. */
export type PayInvoiceRequest = {
  /** Which. */
  id: number,
  /** How much of it; all that is due where nothing is given. */
  amount: string | null,
  /** Makes it repeatable. */
  key: string, };
/** Which period is summed up. */
export type PeriodRequest = {
  /** Which. */
  period: Period, };
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
/** What a change of plan does, or would do. */
export type PlanChanged = {
  /** What the server or container is called. */
  label: string,
  /** The plan until now. */
  old_plan: string | null,
  /** What an hour costs until now. */
  old_rate: Rate | null,
  /** The cap of a month until now. */
  old_monthly_rate: Money | null,
  /** The plan for hours that begin from now. */
  plan: string,
  /** What they cost each. */
  rate: Rate,
  /** Their cap of a month. */
  monthly_rate: Money | null,
  /** Whole hours up to now that the next run charges. */
  hours: number,
  /** What they cost. Hours that waited for a plan cost what this one does. */
  amount: string,
  /** What a person should look at before. */
  warnings: Array<string>, };
/** A plan that something can be put on. */
export type PlanChoice = {
  /** Its number in the table of its kind. */
  id: number,
  /** Its name. */
  name: string,
  /** What an hour costs. */
  rate: Rate,
  /** The cap of a month. */
  monthly_rate: Money | null,
  /** Why it may be the wrong one; `null` for one that fits. */
  misfit: string | null, };
/** The plans, at most 50. */
export type PlanChoices = {
  /** Those that fit first. */
  choices: Array<PlanChoice>, };
/** Which plans a server or container can be put on. */
export type PlanChoicesRequest = {
  /** vps or container. */
  kind: ResourceKind,
  /** For which; the plans that fit it come first. */
  resource_id: number | null,
  /** What the search field holds. */
  search: string, };
/** A plan with what its price was and what it brings. */
export type PlanDetail = {
  /** Itself. */
  plan: PlanRow,
  /** Its newest prices, newest first. Empty for a plan that another program wrote and nobody has changed. */
  history: Array<PriceRow>,
  /** What a month of 744 hours brings when everything on it runs all the time; `null` without a price. */
  full_month: Money | null,
  /** What may be done. */
  actions: Array<Action>, };
/** What a plan is, as a form has it; what doesn't belong to its kind is empty. */
export type PlanFormFields = {
  /** vps or container. */
  kind: ResourceKind,
  /** Its name. */
  name: string,
  /** Who runs it; servers only. */
  provider: string,
  /** The provider's type; servers only. */
  linode_type: string,
  /** Processor cores of a server. */
  vcpus: number | null,
  /** Processor cores of a container, such as "0.50". */
  cpu_cores: string,
  /** Memory, MB. */
  memory_mb: number | null,
  /** Disk, GB. */
  disk_gb: number | null,
  /** Traffic a month, GB; servers only. */
  transfer_gb: number | null,
  /** Outbound network, Mbit/s; servers only. */
  network_out_mbps: number | null,
  /** Regions that it is for; empty is everywhere. Servers only. */
  regions: Array<string>, };
/** One plan. */
export type PlanRequest = {
  /** vps or container. */
  kind: ResourceKind,
  /** Its number in the table of its kind. */
  id: number, };
/** A plan as lists show it. What it costs us is `null` for roles that may not see it. */
export type PlanRow = {
  /** Tells it from all other plans of both kinds: the list's own number. */
  key: number,
  /** vps or container. */
  kind: ResourceKind,
  /** `vps_plans.id` or `container_plans.id`. */
  id: number,
  /** Its name. */
  name: string,
  /** Who runs it; servers only. */
  provider: string | null,
  /** The provider's type; servers only. */
  linode_type: string | null,
  /** Processor cores of a server. */
  vcpus: number | null,
  /** Processor cores of a container, with two decimals. */
  cpu_cores: string | null,
  /** Memory, MB. */
  memory_mb: number | null,
  /** Disk, GB. */
  disk_gb: number | null,
  /** Traffic a month, GB. */
  transfer_gb: number | null,
  /** Outbound network, Mbit/s. */
  network_out_mbps: number | null,
  /** Regions that it is for; empty is everywhere. */
  regions: Array<string>,
  /** What an hour costs us. */
  base_cost: Rate | null,
  /** The markup in percent. */
  markup: string | null,
  /** What a month costs us at most, where the provider has said so. */
  provider_monthly: string | null,
  /** What an hour costs the customer; `null` is no price: what runs on it waits. */
  rate: Rate | null,
  /** Whether the rate was set by hand; `null` for roles that can't tell. */
  rate_by_hand: boolean | null,
  /** The cap of a month; `null` is uncapped, zero is free. */
  monthly_rate: Money | null,
  /** Whether it is sold. */
  is_active: boolean,
  /** Servers or containers on it that somebody pays for. */
  resources: number,
  /** Whether the provider takes more now than we do; for roles that see cost. */
  alarm: PriceAlarm | null,
  /** When it was made. */
  created_at: Instant | null,
  /** When it was last changed; sent back with a change, so that nobody's work is overwritten unseen. */
  updated_at: Instant, };
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
/** Whether the provider has a server, or the host a container. */
export type Presence = "present" | "missing" | "gone" | "unknown";
/** What an intent does, or would do. */
export type Preview = {
  /** What is done. */
  kind: string,
  /** The plan. */
  plan: string | null,
  /** What an hour on it costs. */
  rate: Rate | null,
  /** The cap of a month. */
  monthly_rate: Money | null,
  /** What is held of the wallet while it is carried out. */
  held: Money,
  /** What may be ordered for afterwards. */
  orderable: Money | null,
  /** Of a deletion: hours that are still charged, with the one that has begun. */
  final_hours: number | null,
  /** Of a deletion: what they cost, to the ten-thousandth. */
  final_amount: string | null,
  /** What is asked of the provider, without secrets. */
  parameters: unknown,
  /** What a person should know before. */
  warnings: Array<string>, };
/** What a provider takes now for a type that a plan sells for less. */
export type PriceAlarm = {
  /** In which region; empty is the usual price. */
  region: string,
  /** What an hour costs. */
  hourly: string | null,
  /** What a month costs at most. */
  monthly: string | null,
  /** What an hour cost before, if it was ever another price. */
  was_hourly: string | null,
  /** Since when, as far as anybody looked. */
  since: Instant | null, };
/** What a price comes to. */
export type PriceAnswer = {
  /** What an hour costs the customer; `null` is no price. */
  rate: Rate | null,
  /** Whether it was set by hand. */
  by_hand: boolean,
  /** The cap of a month. */
  monthly_rate: Money | null, };
/** A price as a form has it: text, as typed. */
export type PriceFields = {
  /** What an hour costs us; empty when unknown. */
  base_cost: string,
  /** The markup in percent; empty is none. */
  markup: string,
  /** The rate, set by hand; empty lets it follow from cost and markup. */
  hourly_rate: string,
  /** The cap of a month; empty is uncapped. */
  monthly_rate: string, };
/** A price that was in force. */
export type PriceRow = {
  /** From when; `null` is from the beginning. */
  effective_from: Instant | null,
  /** What an hour cost us. */
  base_cost: Rate | null,
  /** The markup in percent. */
  markup: string | null,
  /** What an hour cost the customer. */
  rate: Rate | null,
  /** The cap of a month. */
  monthly_rate: Money | null,
  /** Who entered it. */
  recorded_by: string | null, };
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
/** A proof of the books. */
export type ProofRow = {
  /** `book_proofs.id`. */
  id: number,
  /** `full` or `incremental`. */
  scope: string,
  /** Of when the books are that were looked at. */
  proven_at: Instant,
  /** When it was last looked, and nothing had moved since. */
  confirmed_at: Instant,
  /** Who; nobody means a program. */
  proven_by: string | null,
  /** Whether everything is right. */
  ok: boolean,
  /** How much was looked at, by kind. */
  checked: Record<string, number>,
  /** How much isn't right. */
  breach_count: number,
  /** What isn't, the first thousand. */
  breaches: Array<Breach>,
  /** How long it took. */
  duration_ms: number | null, };
/** A token that was checked and sealed. */
export type ProviderChecked = {
  /** The account. */
  id: number,
  /** Whose token it is at the provider. */
  username: string, };
/** The accounts and what can be done with them. */
export type ProviderList = {
  /** The accounts. */
  accounts: Array<AccountRow>,
  /** The Docker hosts. */
  hosts: Array<HostRow>,
  /** Whether this desk has the workspace's key. */
  key: WorkspaceKeyState,
  /** Whether the key is forgotten when the program ends: this computer has no keychain. */
  key_is_temporary: boolean,
  /** What may be done. */
  actions: Array<Action>, };
/** How many requests a token has left. */
export type RateRow = {
  /** Of how many; `null` where the provider doesn't say. */
  limit: number | null,
  /** So many. */
  left: number,
  /** When there are all of them again. */
  resets_at: Instant | null,
  /** When the provider said so. */
  seen_at: Instant, };
/** When an account was read, for a page that says how old what it shows is. */
export type ReadAccount = {
  /** `provider_configs.id`. */
  id: number,
  /** Its name. */
  label: string,
  /** When it was last read; `null` is never. */
  observed_at: Instant | null, };
/** A container that was found or made on a host. */
export type RecordContainerRequest = {
  /** The id that its host gave it. */
  container_id: string,
  /** Its name. */
  name: string,
  /** What it runs. */
  image: string,
  /** The host's word for its state. */
  status: string,
  /** Published ports, each as `8080:80` or `8080:80/udp`. */
  ports: Array<string>,
  /** Volumes, each as `/host:/container`. */
  volumes: Array<string>,
  /** Variables, each as `NAME=value`. */
  environment: Array<string>, };
/** Ten codes, each good for one sign-in: shown once. */
export type RecoveryCodes = {
  /** The codes. */
  codes: Array<string>, };
/** A new password with a reset code. */
export type RedeemResetRequest = {
  /** Whose. */
  email: string,
  /** The code. */
  code: string,
  /** The new password. */
  password: string, };
/** A row that gives back. */
export type Refund = {
  /** `transactions.id`. */
  transaction_id: number,
  /** How much. */
  amount: Money,
  /** pending, completed or failed. */
  status: string, };
/** Gives a deposit or a charge back, or a part of it. */
export type RefundRequest = {
  /** Which transaction. */
  id: number,
  /** How much of it, such as "12.50". */
  amount: string,
  /** Why. */
  reason: string,
  /** Makes it repeatable. */
  key: string, };
/** The regions of an account, as its provider tells them. */
export type RegionList = {
  /** By id. */
  regions: Array<RegionRow>, };
/** A region as its provider tells it. */
export type RegionRow = {
  /** Its id, such as `us-east`. */
  id: string,
  /** Its name. */
  label: string,
  /** The country's two letters. */
  country: string | null,
  /** `ok` or `outage`; other words may appear. */
  status: string | null,
  /** `core` or `distributed`. */
  site_type: string | null, };
/** How an assignment can be taken back. */
export type Release = {
  /** What the server or container is called. */
  label: string,
  /** Whose it is. */
  organization: string,
  /** Why it can't be undone as if it had not been; `null` when it can. */
  not_undoable: string | null,
  /** Whole hours that the next run charges when it is ended instead; the hour that has begun comes in addition. */
  hours: number,
  /** What they cost. */
  amount: string, };
/** Another name, or another name and address on its invoices. */
export type RenameOrganizationRequest = {
  /** Whose. */
  id: number,
  /** Which. */
  name: string,
  /** The name on its invoices, where it is another; empty takes it away, none leaves it. */
  billing_name: string | null,
  /** Lines of the address on its invoices; empty takes it away, none leaves it. */
  billing_address: string | null,
  /** `updated_at` as it was seen. */
  expected_updated_at: Instant, };
/** Another name. */
export type RenameProviderRequest = {
  /** Which account. */
  id: number,
  /** The name. */
  label: string, };
/** Another address of a host, or other papers. */
export type ReplaceHostRequest = {
  /** Which host. */
  id: number,
  /** Where it is; empty leaves that as it is. */
  endpoint: string,
  /** In place of those that it has. */
  papers: PapersRequest, };
/** Another token. */
export type ReplaceTokenRequest = {
  /** Which account. */
  id: number,
  /** The token. */
  token: string, };
/** A request as lists show it. */
export type RequestRow = {
  /** `adjustment_requests.id`. */
  id: number,
  /** Whose wallet. */
  organization_id: number,
  /** The organization's name. */
  organization: string,
  /** The wallet's currency. */
  currency: string | null,
  /** refund or adjustment. */
  type: string,
  /** The signed change of the wallet. */
  amount: Money,
  /** Why. */
  reason: string,
  /** What it refunds. */
  refund_of: number | null,
  /** The number of the invoice that it pays. */
  invoice: string | null,
  /** Who asked. */
  requested_by: string | null,
  /** When. */
  requested_at: Instant,
  /** waiting, approved, refused or withdrawn. */
  state: string,
  /** Who decided. */
  decided_by: string | null,
  /** When. */
  decided_at: Instant | null,
  /** Why it was decided so. */
  decision_reason: string | null,
  /** The ledger's row of one that was approved. */
  transaction_id: number | null, };
/** A code with which somebody chooses a new password at the sign-in screen: shown once. */
export type ResetCode = {
  /** The code. */
  code: string,
  /** Until when it can be redeemed. */
  expires_at: Instant, };
/** A decision on what waits. */
export type ResolveParkedRequest = {
  /** `parked_resources.id`. */
  id: number,
  /** What was decided. */
  decision: ParkedDecision, };
/** Whose usage a line is. */
export type Resource = {
  /** vps or container. */
  kind: string,
  /** Its id there. */
  id: number, };
/** A server or a container. */
export type ResourceRequest = {
  /** vps or container. */
  kind: ResourceKind,
  /** Its number in the table of its kind. */
  id: number, };
/** A period's revenue. */
export type RevenueAnswer = {
  /** The database's time. */
  now: Instant,
  /** The panel's currency, in which alone is summed. */
  currency: string,
  /** When the period begins. */
  since: Instant,
  /** When its last bar ends. */
  ends: Instant,
  /** Up to when billing has charged: cost is counted as far as revenue is. */
  charged_until: Instant,
  /** When the stretch that it is compared with begins. */
  earlier_since: Instant,
  /** When that ends. */
  earlier_until: Instant,
  /** All revenue of the period. */
  revenue: Money,
  /** The revenue of the stretch before. */
  earlier_revenue: Money,
  /** How much more than that, in percent with one decimal. */
  change: string | null,
  /** What the month's revenue is going to be; `null` for other periods. */
  month_end: Money | null,
  /** The margin. */
  margin: RevenueMargin | null,
  /** The bars in order. */
  bars: Array<RevenueBar>, };
/** One bar of the chart: an hour or a day, in UTC. */
export type RevenueBar = {
  /** When it begins. */
  at: Instant,
  /** What was charged for its use, less what was given back. */
  revenue: Money,
  /** What its time has cost us; `null` for roles that see no cost. */
  cost: Money | null,
  /** The difference. */
  margin: Money | null,
  /** The difference in percent of the revenue, with one decimal. */
  margin_percent: string | null,
  /** What the rest of its time is going to be charged at. */
  ahead: Money, };
/** Revenue less provider cost; for roles that see cost. */
export type RevenueMargin = {
  /** Provider cost: metered time times the plan's cost in force, capped by the provider's monthly price. */
  cost: Money,
  /** Revenue less that. */
  margin: Money,
  /** In percent of revenue, with one decimal. */
  percent: string | null,
  /** How many points more than in the stretch before. */
  points: string | null, };
/** Cuts a desk off. */
export type RevokeDeskRequest = {
  /** Its login. */
  login: string, };
/** What is left to do. */
export type RevokedDesk = {
  /** It held the workspace key, which now must be rotated. */
  held_workspace_key: boolean, };
/** Root's password on a server. It is shown and forgotten; the log has an entry that it was. */
export type RootPassword = {
  /** The password. */
  password: string, };
/** Another key. */
export type RotateKeyRequest = {
  /** What was lost that held the key: a desk's login, or another name; `null` when nothing was. */
  lost: string | null, };
/** The kinds of rows that can be asked about. */
export type RowKind = "organization" | "server" | "container" | "wallet" | "transaction" | "invoice" | "ticket" | "message" | "user";
/** A run's page; its charges are a list of their own. */
export type RunDetail = {
  /** Itself. */
  run: RunRow,
  /** Whom it left out. */
  skipped: Array<Skipped>, };
/** Which run. */
export type RunRequest = {
  /** `billing_runs.id`. */
  id: number, };
/** A run as lists show it. */
export type RunRow = {
  /** `billing_runs.id`. */
  id: number,
  /** The time up to which it charged. */
  run_at: Instant,
  /** open, completed, partial, failed or cancelled; `collected` is what a deposit collected of arrears. */
  status: string,
  /** When it began. */
  started_at: Instant,
  /** When it ended. */
  finished_at: Instant | null,
  /** Who started it; nobody means a program. */
  started_by: string | null,
  /** Organizations that were charged. */
  organizations: number,
  /** Resources of which hours were charged. */
  resources: number,
  /** Hours that were charged. */
  hours: number,
  /** What was charged. */
  charged: Money,
  /** The panel's currency when it ran. */
  currency: string,
  /** Fractions of a cent that are carried, together. */
  carried: string,
  /** Resources that could not be priced. */
  parked: number,
  /** Organizations that were left out. */
  skipped: number,
  /** Whether it goes on: it has given a sign of life within the last minute. */
  is_alive: boolean, };
/** The file that was written. */
export type SaveInvoicesAnswer = {
  /** Where it is. */
  path: string,
  /** How many invoices it holds. */
  invoices: number,
  /** How many it can't hold, since another program wrote them. */
  left_out: number, };
/** Invoices as a file. */
export type SaveInvoicesRequest = {
  /** What kind of file. */
  format: InvoiceFileFormat,
  /** Which invoices; the position and the limit don't count. */
  list: ListRequest, };
/** What the provider says of a script. */
export type ScriptFacts = {
  /** Its number. */
  id: number,
  /** Its name there. */
  label: string,
  /** Whose it is. */
  username: string | null,
  /** What it says about itself. */
  description: string | null,
  /** The images that it is for; `any/all` is all of them. */
  images: Array<string>,
  /** What it asks for, in its order. */
  fields: Array<ScriptField>, };
/** A field that a script asks for. */
export type ScriptField = {
  /** Its name. */
  name: string,
  /** The question. */
  label: string,
  /** What may be answered. */
  kind: AnswerKind,
  /** Of which choices. */
  choices: Array<string>,
  /** What the script takes where nothing is answered; never that of a secret. */
  default: string | null,
  /** What an answer may look like. */
  example: string | null,
  /** Whether it has to be answered. */
  required: boolean, };
/** A script as a form has it. */
export type ScriptFields = {
  /** Its name here. */
  name: string,
  /** Its number at Linode. */
  script_id: number,
  /** What it is for; may be empty. */
  description: string,
  /** The images that it is offered for; empty is all that it is for. */
  images: Array<string>,
  /** What is answered beforehand, by field; never a secret. */
  answers: { [key in string]: string },
  /** The fields whose answer whoever orders can't change. */
  locked: Array<string>,
  /** Whether it is offered. */
  is_active: boolean, };
/** The scripts. */
export type ScriptList = {
  /** By name. */
  scripts: Array<ScriptRow>,
  /** What may be done. */
  actions: Array<Action>, };
/** A script as it is offered. Secrets that another program has written beside it are not in it. */
export type ScriptRow = {
  /** `stackscript_configs.id`. */
  id: number,
  /** Its name here. */
  name: string,
  /** Its number at the provider. */
  script_id: number | null,
  /** What it is for. */
  description: string | null,
  /** The images that it is offered for; empty is all that the script is for. */
  images: Array<string>,
  /** What is answered beforehand, by field. */
  answers: { [key in string]: string },
  /** The fields whose answer whoever orders can't change. */
  locked: Array<string>,
  /** What other programs keep in the row: the names of it. */
  other_keys: Array<string>,
  /** Whether what is kept can be read, and so changed. */
  is_readable: boolean,
  /** Whether it is offered. */
  is_active: boolean,
  /** When it was last changed; sent back with a change. */
  updated_at: Instant, };
/** How somebody signs in. */
export type Security = {
  /** Since when there is a second factor. */
  second_factor_since: Instant | null,
  /** How many recovery codes are unused. */
  recovery_codes_left: number,
  /** Whether the role signs in with a second factor only. */
  second_factor_required: boolean, };
/** Which roles sign in with a second factor only. */
export type SecurityPolicy = {
  /** These. */
  second_factor_for: Role[],
  /** What may be done. */
  actions: Array<Action>, };
/** Says which. */
export type SecurityPolicyRequest = {
  /** These. */
  second_factor_for: Role[], };
/** Something of which the person has seen a state. */
export type SeenRequest = {
  /** Which. */
  id: number,
  /** `updated_at` as it was seen. */
  expected_updated_at: Instant, };
/** What is done to a server. */
export type ServerAct = { "kind": "boot" } | { "kind": "shutdown" } | { "kind": "reboot" } | { "kind": "resize",
  /** Which. */
  plan_id: number,
  /** Whether it runs on while it is copied. */
  warm: boolean,
  /** Whether its disk may follow. */
  resize_disk: boolean, } | { "kind": "rebuild",
  /** From what. */
  system: SystemRequest, } | { "kind": "rename",
  /** Which. */
  label: string, } | { "kind": "reset_password" } | { "kind": "rdns",
  /** The address. */
  address: string,
  /** Its name; `null` is the provider's own. */
  name: string | null, } | { "kind": "enable_backups" } | { "kind": "cancel_backups" } | { "kind": "snapshot",
  /** Its name. */
  label: string, } | { "kind": "restore",
  /** The provider's number of the backup. */
  backup: number, } | { "kind": "delete" };
/** An address of a server. */
export type ServerAddress = {
  /** The address itself. */
  address: string,
  /** public, private, shared, reserved, slaac or `link_local`. */
  kind: string,
  /** The name that it leads back to. */
  rdns: string | null,
  /** Whether it can be given such a name. */
  may_name: boolean,
  /** The way out. */
  gateway: string | null,
  /** How many bits of it are the network's. */
  prefix: number | null, };
/** The addresses of a server. */
export type ServerAddresses = {
  /** One by one. */
  addresses: Array<ServerAddress>,
  /** Ranges of IPv6, such as `2600:3c00:e000:1::/64`. */
  ranges: Array<string>, };
/** The backups of a server. */
export type ServerBackups = {
  /** Those that the provider made by itself. */
  automatic: Array<BackupInfo>,
  /** The snapshot that is there. */
  snapshot: BackupInfo | null,
  /** The snapshot that is being made. */
  in_progress: BackupInfo | null, };
/** A server with what is known around it. */
export type ServerDetail = {
  /** As lists show it. */
  server: ServerRow,
  /** When it was deleted. */
  deleted_at: Instant | null,
  /** Its plan and what it costs. */
  plan: ServerPlan | null,
  /** The wallet that pays for it. */
  wallet: ServerWallet | null,
  /** What its provider said last; `null` where no sync has seen it. */
  observed: Observed | null,
  /** What is done to it, or waits to be. */
  open: Array<IntentRow>,
  /** What may be done to it, by the intent's kind; `live` is asking its provider, `show_password` telling root's password. */
  actions: Array<Action>,
  /** Why its provider can't be asked from this desk; `null` where it can. */
  live_code: ErrorCode | null, };
/** The newest events of a server, newest first; no more than 100. */
export type ServerEvents = {
  /** One by one. */
  events: Array<EventInfo>, };
/** The firewalls before a server. */
export type ServerFirewalls = {
  /** One by one. */
  firewalls: Array<FirewallInfo>, };
/** A server's curves or traffic: now, or of a month. */
export type ServerMonthRequest = {
  /** `vps_instances.id`. */
  id: number,
  /** `2026-11`; `null` is the last 24 hours, or the month so far. */
  month: string | null, };
/** What a server's plan sells and costs. */
export type ServerPlan = {
  /** `vps_plans.id`. */
  id: number,
  /** Its name. */
  name: string,
  /** The provider's type. */
  linode_type: string | null,
  /** Processor cores. */
  vcpus: number | null,
  /** Memory, MB. */
  memory_mb: number | null,
  /** Disk, GB. */
  disk_gb: number | null,
  /** Traffic a month, GB. */
  transfer_gb: number | null,
  /** What an hour costs now. */
  rate: Rate | null,
  /** The cap of a month; `null` is uncapped. */
  monthly_rate: Money | null, };
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
  /** Whether it is somebody's. */
  assigned: boolean,
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
  last_billed_at: Instant | null,
  /** The account in which it is. */
  provider_config_id: number | null,
  /** The account's name. */
  account: string | null,
  /** Whether its provider still has it. */
  presence: Presence,
  /** When the provider last said so. */
  seen_at: Instant | null, };
/** The curves of a server. */
export type ServerStats = {
  /** Whether there are any: a server has none in its first minutes, nor before it is first started. */
  ready: boolean,
  /** Percent of one core: a server with four goes up to 400. */
  cpu: Array<[number, number]>,
  /** Disk: blocks a second. */
  disk: Array<[number, number]>,
  /** Swap: blocks a second. */
  swap: Array<[number, number]>,
  /** IPv4. */
  ipv4: ServerTraffic,
  /** IPv6. */
  ipv6: ServerTraffic, };
/** Network of one sort, bits a second. */
export type ServerTraffic = {
  /** From the world. */
  incoming: Array<[number, number]>,
  /** To the world. */
  outgoing: Array<[number, number]>,
  /** From the provider's own network. */
  private_incoming: Array<[number, number]>,
  /** To the provider's own network. */
  private_outgoing: Array<[number, number]>, };
/** What a server has sent this month, or sent and received in one of the past. */
export type ServerTransfer = {
  /** Sent, bytes. */
  outgoing: number | null,
  /** Received, bytes; the running month doesn't tell it. */
  incoming: number | null,
  /** What its type includes this month, GB. */
  quota_gb: number | null,
  /** What goes beyond and costs extra, GB. */
  billable_gb: number | null, };
/** The wallet of whoever has the server. */
export type ServerWallet = {
  /** What it holds. */
  balance: Money | null,
  /** In what. */
  currency: string | null,
  /** What may be ordered for. */
  orderable: Money | null, };
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
/** The sessions that live. */
export type SessionList = {
  /** Those last used first. */
  sessions: Array<SessionRow>,
  /** What may be done. */
  actions: Array<Action>, };
/** One of them. */
export type SessionRequest = {
  /** Its number. */
  id: number, };
/** A session that lives. */
export type SessionRow = {
  /** Its number. */
  id: number,
  /** What the desk is called. */
  desk: string,
  /** The desk's login. */
  login: string,
  /** Whose it is. */
  user_id: number,
  /** That person's address. */
  email: string,
  /** Name, or the address. */
  name: string,
  /** The role that it lends. */
  role: Role,
  /** The program and its version. */
  client: string,
  /** Since when. */
  opened_at: Instant,
  /** When it was last used, to the minute. */
  last_use: Instant,
  /** When it ends at the latest. */
  expires_at: Instant,
  /** Whether it is the one that asks. */
  is_this: boolean, };
/** How many have ended. */
export type SessionsEnded = {
  /** So many. */
  ended: number, };
/** Whose sessions. */
export type SessionsRequest = {
  /** Everybody's, for admins; otherwise one's own. */
  everybody: boolean, };
/** Shuts a person out, or lets them in again. */
export type SetDisabledRequest = {
  /** Whom. */
  id: number,
  /** Out, or in. */
  disabled: boolean, };
/** Another logo. */
export type SetLogoRequest = {
  /** A PNG or SVG file, in base64; none takes the logo away. */
  file: string | null, };
/** Whether a plan is sold. */
export type SetPlanActiveRequest = {
  /** vps or container. */
  kind: ResourceKind,
  /** Which. */
  id: number,
  /** Whether it is sold. */
  active: boolean, };
/** On or off. */
export type SetProviderActiveRequest = {
  /** Which account. */
  id: number,
  /** On. */
  active: boolean, };
/** Which regions of an account are sold. */
export type SetRegionsRequest = {
  /** Which account. */
  id: number,
  /** The regions; empty is all of them. */
  regions: Array<string>,
  /** `updated_at` as it was seen. */
  expected_updated_at: Instant, };
/** Another role. */
export type SetRoleRequest = {
  /** Whose. */
  id: number,
  /** Which. */
  role: Role,
  /** Whose customer; for customers only. */
  organization_id: number | null, };
/** A setting that has another value now. */
export type SettingChange = {
  /** Which. */
  key: SettingKey,
  /** What it was. */
  before: string,
  /** What it is. */
  after: string, };
/** A setting and its value, as it is typed. */
export type SettingValue = {
  /** Which. */
  key: SettingKey,
  /** Its value. */
  value: string, };
/** The settings of the business. */
export type SettingsAnswer = {
  /** All of them. */
  values: Array<SettingValue>,
  /** When they were last changed; sent back with a change. */
  updated_at: Instant,
  /** Wallets by currency, the most first: those of other currencies than the panel's aren't charged. */
  wallets: Array<CurrencyWallets>, };
/** What became of it. */
export type SettingsChanged = {
  /** What is different now. */
  changed: Array<SettingChange>, };
/** A secret that was changed where it is used. */
export type SettleSecretRequest = {
  /** As it is listed. */
  table: string,
  /** As it is listed. */
  column: string,
  /** As it is listed. */
  row: number, };
/** Completes a pending transaction, or gives it up. */
export type SettleTransactionRequest = {
  /** Which. */
  id: number,
  /** completed or failed. */
  status: TransactionStatus, };
/** What became of it. */
export type SettledAnswer = {
  /** The ledger's row. */
  transaction: TransactionRow,
  /** It had been settled so before. */
  repeated: boolean,
  /** What was collected for usage that was due. */
  collected: Money, };
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
  /** Containers. */
  containers: number,
  /** Differences between providers and database. */
  drift: number,
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
/** What a sign-in still needs. */
export type SignInStep = "second_factor" | "second_factor_setup" | "set_up_done" | "new_password";
/** Somebody whom a run or a close left out. */
export type Skipped = {
  /** Whom. */
  organization_id: number,
  /** The name. */
  organization: string | null,
  /** `no_wallet`, `foreign_currency`, `usage_too_large`, or `changed_since_preview`. */
  reason: string, };
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
/** A tag under which something has changed. */
export type StaleTag = {
  /** The tag. */
  tag: Tag,
  /** Whether somebody at another desk had a part in it: what this desk has changed it has read again already. */
  by_others: boolean,
  /** Which rows, at most 200; `null` for many, or where the change is somewhere else and only shows here. */
  ids: Array<number> | null, };
/** Opens the view of an organization. */
export type StartViewRequest = {
  /** Whose customer. */
  organization_id: number,
  /** Why; kept in the log. */
  reason: string,
  /** The number of the ticket that it is for. */
  ticket_number: string | null, };
/** What a container uses. */
export type StatsRequest = {
  /** Which. */
  id: number,
  /** Of the answer before: with them there are rates. */
  counters: string | null, };
/** What a container uses, and the counters that make the next answer one with rates. */
export type StatsSample = {
  /** When, by the host's clock. */
  at: Instant,
  /** Percent of one core: 200 is two cores in full. */
  cpu_percent: number | null,
  /** Bytes of memory. */
  memory: number | null,
  /** Bytes of memory that it may have. */
  memory_limit: number | null,
  /** Bytes received a second. */
  received: number | null,
  /** Bytes sent a second. */
  sent: number | null,
  /** Bytes read from disks a second. */
  disk_read: number | null,
  /** Bytes written to disks a second. */
  disk_written: number | null,
  /** Processes and threads. */
  processes: number | null, };
/** Rows of the ledger of one type. */
export type SumOfType = {
  /** deposit, charge, refund or adjustment. */
  type: string | null,
  /** How many. */
  count: number,
  /** Together. */
  sum: Money, };
/** Something that a person should know of a server or a container, and that the sync did not decide. */
export type SyncNote = {
  /** The server's number at the provider. */
  id: number,
  /** `deleted_here`, `of_another_account`, `not_written` or `left_out`. */
  kind: string,
  /** The row here. */
  server_id: number | null,
  /** Of a container: the id that its host gave it; the number above is 0 then. */
  external_id: string | null,
  /** Of a container: the row here. */
  container_id: number | null,
  /** What was left out, in a sentence. */
  text: string | null, };
/** A sync that shall begin. */
export type SyncProviderRequest = {
  /** Which account. */
  id: number,
  /** Whether more than a tenth of its servers may be gone at once. */
  allow_gone: boolean, };
/** A sync as lists show it. */
export type SyncRow = {
  /** `provider_syncs.id`. */
  id: number,
  /** Of which account. */
  account_id: number,
  /** The account's name. */
  account: string,
  /** running, completed, partial, stopped, failed or cancelled. */
  status: string,
  /** When it began. */
  started_at: Instant,
  /** When it ended. */
  finished_at: Instant | null,
  /** Who started it; nobody means a program. */
  started_by: string | null,
  /** Servers that the provider named. */
  seen: number,
  /** New ones. */
  added: number,
  /** Changed ones. */
  changed: number,
  /** Those as they were. */
  unchanged: number,
  /** Back again. */
  returned: number,
  /** Not seen, and not proven gone. */
  missing: number,
  /** Gone. */
  gone: number,
  /** Not written. */
  skipped: number,
  /** What a person should know of particular servers. */
  notes: Array<SyncNote>,
  /** The failure's code. */
  error_code: string | null,
  /** Why it failed, in a sentence. */
  error: string | null, };
/** What a system is made from, and who may enter it beside root. */
export type SystemRequest = {
  /** The id of an image, such as linode/debian12. */
  image: string,
  /** Public SSH keys, one each. */
  authorized_keys: Array<string>,
  /** The provider's number of the StackScript that sets it up. */
  stackscript: number | null,
  /** The answers to it, by field. They are kept sealed. */
  answers: Record<string, string>, };
/** What cached answers are made of. A read names the tags that it provides, a change those it makes stale. */
export type Tag = "organizations" | "users" | "servers" | "transactions" | "wallets" | "tickets" | "theme" | "shell" | "state" | "preferences" | "containers" | "plans" | "invoices" | "billing" | "providers" | "intents" | "activity" | "notifications" | "settings" | "dashboard" | "tasks" | "sessions" | "security" | "api_keys" | "customer_view" | "desks";
/** What is taken over of a server, as it was seen. */
export type TakeOverRequest = {
  /** Of which server. */
  server_id: number,
  /** region or address. */
  what: TakeOver,
  /** What it is here. */
  here: string | null,
  /** What the provider says. */
  there: string, };
/** What taking over does, or would do. */
export type TakenOver = {
  /** What the server is called. */
  label: string,
  /** What it was here. */
  before: string | null,
  /** What it is now. */
  after: string,
  /** What a person should look at before. */
  warnings: Array<string>, };
/** How many of something. */
export type Tally = {
  /** A word that is stored; an open set where providers write it. */
  word: string,
  /** How many. */
  count: number, };
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
  failure: TaskFailureCode | null,
  /** What its end makes stale. */
  stale: Array<Tag>, };
/** Work that has begun. */
export type TaskStarted = {
  /** Its number. */
  task: number, };
/** Where work stands. */
export type TaskState = "running" | "stopping" | "done" | "cancelled" | "failed";
/** Weight of text. */
export type TextWeight = "auto" | "regular" | "strong";
/** A theme of the list, as it would look. */
export type ThemeCard = {
  /** `theme_settings.id`; `null` for the built-in one. */
  id: number | null,
  /** Its name. */
  name: string,
  /** Whether all desks show it. */
  active: boolean,
  /** When it was last changed. */
  updated_at: Instant | null,
  /** Tokens in light mode, each our own `#rrggbb`. */
  light: Record<string, string>,
  /** Tokens in dark mode. */
  dark: Record<string, string>,
  /** Whether the light mode's background is in fact light. */
  light_appearance: ThemeMode,
  /** Whether the dark mode's background is in fact dark. */
  dark_appearance: ThemeMode,
  /** Radius of controls, such as `0.375rem`. */
  radius_rem: string,
  /** Colours that were adjusted for readability. */
  adjusted: number,
  /** Why nothing of the row can be shown; `null` when it can. */
  broken: string | null,
  /** What was adjusted or left out. */
  notices: Array<ThemeNotice>, };
/** The themes. */
export type ThemeList = {
  /** The built-in one first, then by name. */
  themes: Array<ThemeCard>,
  /** What may be done. */
  actions: Array<Action>, };
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
/** A window of a server's timeline. */
export type TimelineAnswer = {
  /** Newest first. */
  entries: Array<TimelineEntry>,
  /** Where the next window begins; `null` at the end. */
  next: Cursor | null,
  /** Why the provider's events are not in it. */
  unanswered: Unanswered | null, };
/** What charges of a day took for a server. */
export type TimelineCharge = {
  /** How many hours. */
  hours: number,
  /** What they cost. */
  amount: string,
  /** When the first of them began. */
  first_hour: Instant,
  /** When the last of them ended. */
  until: Instant,
  /** By how many runs. */
  runs: number,
  /** The newest row of the ledger in which they are. */
  transaction_id: number | null, };
/** An entry of a server's timeline. */
export type TimelineEntry = {
  /** event, intent, charge, money, ticket or log. */
  source: string,
  /** Its number among those of its source. */
  id: number,
  /** When. */
  at: Instant,
  /** Its word: an event's action, an intent's kind, a transaction's type, the log's action. */
  word: string,
  /** How far it is. */
  state: string | null,
  /** What it says. */
  text: string | null,
  /** How much money moved. */
  amount: Money | null,
  /** In what. */
  currency: string | null,
  /** Who. */
  who: string | null,
  /** Of a charge: what it took for this server. */
  charge: TimelineCharge | null, };
/** A window of a server's timeline. */
export type TimelineRequest = {
  /** `vps_instances.id`. */
  id: number,
  /** Where it begins; `null` is now. */
  after: Cursor | null,
  /** Whether its provider is asked for events, too. */
  with_provider: boolean, };
/** How the line to the server is protected. */
export type TlsMode = "verify_full" | "verify_ca" | "require" | "disable";
/** How the token of an account is kept. */
export type TokenState = "sealed" | "sealed_before" | "not_sealed" | "missing";
/** A transaction that an invoice tells beside its lines. */
export type ToldRow = {
  /** `transactions.id`. */
  transaction_id: number,
  /** When. */
  at: Instant,
  /** refund, adjustment or charge. */
  kind: string,
  /** Why. */
  reason: string | null,
  /** What the wallet was charged with; less than zero is what it got. */
  amount: string, };
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
  /** What it refunds. */
  refund_of: number | null,
  /** The invoice made by hand that it pays. */
  invoice_id: number | null,
  /** Who wrote it. */
  created_by: string | null,
  /** When. */
  created_at: Instant | null, };
/** Something that isn't as it should be. */
export type TrustFinding = {
  /** What it is about, short enough for a sentence. */
  subject: string,
  /** What it is about, in full. */
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
/** Why something that was asked is not in an answer. */
export type Unanswered = {
  /** For the program. */
  code: ErrorCode,
  /** For a person. */
  message: string, };
/** A plan that is there and costs what it should. */
export type Unchanged = {
  /** `vps_plans.id`. */
  id: number,
  /** Its name. */
  name: string,
  /** The provider's type. */
  linode_type: string,
  /** The region whose price it is. */
  region: string | null, };
/** A list that was not answered. */
export type Unread = {
  /** regions, images or stackscripts. */
  part: string,
  /** For programs. */
  code: string,
  /** Why, in a sentence. */
  message: string, };
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
  /** Whether the next sign-in asks for another password. */
  must_change_password: boolean,
  /** Whether they sign in with a second factor. */
  has_second_factor: boolean,
  /** When they last signed in. */
  last_login: Instant | null,
  /** When they were created. */
  created_at: Instant, };
/** The parts of the view. */
export type ViewPart = "overview" | "servers" | "containers" | "invoices" | "transactions" | "tickets" | "plans" | "activity" | "notifications";
/** A part of it. */
export type ViewPartRequest = {
  /** Which. */
  part: ViewPart,
  /** Of lists the rows before this id; the newest when `null`. */
  before: number | null, };
/** One part of the view. */
export type Viewed = { "part": "overview",
  /** Itself. */
  overview: ViewedOverview, } | { "part": "servers",
  /** A window of them. */
  rows: Array<ViewedServer>, } | { "part": "containers",
  /** A window of them. */
  rows: Array<ViewedContainer>, } | { "part": "invoices",
  /** A window of them. */
  rows: Array<ViewedInvoice>, } | { "part": "transactions",
  /** A window of them. */
  rows: Array<ViewedTransaction>, } | { "part": "tickets",
  /** A window of them. */
  rows: Array<ViewedTicket>, } | { "part": "plans",
  /** By kind and price. */
  rows: Array<ViewedPlan>, } | { "part": "activity",
  /** A window of it. */
  rows: Array<ViewedActivity>, } | { "part": "notifications",
  /** A window of them. */
  rows: Array<ViewedNotification>, };
/** An entry of the log as the customer sees it: what, not who or how. */
export type ViewedActivity = {
  /** `activity_logs.id`. */
  id: number,
  /** What was done. */
  action: string,
  /** To what kind of thing. */
  resource_type: string | null,
  /** To which. */
  resource_id: string | null,
  /** When. */
  created_at: Instant | null, };
/** A container as its customer sees it. */
export type ViewedContainer = {
  /** `containers.id`. */
  id: number,
  /** Its name. */
  name: string | null,
  /** The plan, if it is still on sale. */
  plan: string | null,
  /** Image. */
  image: string | null,
  /** Status. */
  status: string | null,
  /** When it was made. */
  created_at: Instant | null,
  /** When it went. */
  deleted_at: Instant | null, };
/** An invoice as its customer sees it. */
export type ViewedInvoice = {
  /** `invoices.id`. */
  id: number,
  /** Its number. */
  number: string | null,
  /** Its total. */
  amount: Money | null,
  /** How much of it was paid. */
  paid: Money | null,
  /** Status. */
  status: string,
  /** Beginning of what it bills. */
  period_start: Instant | null,
  /** End of what it bills. */
  period_end: Instant | null,
  /** When it was issued. */
  created_at: Instant | null, };
/** A message as its customer sees it. Notes of staff are not among them. */
export type ViewedMessage = {
  /** `ticket_messages.id`; 0 for the ticket's own first words. */
  id: number,
  /** Who wrote it: a name of their own people; of ours a customer sees none. */
  author: string | null,
  /** What. */
  text: string,
  /** When. */
  created_at: Instant | null, };
/** Something that one of the organization's people was told. */
export type ViewedNotification = {
  /** `notifications.id`. */
  id: number,
  /** Whom. */
  person: string | null,
  /** In short. */
  title: string,
  /** At length. */
  message: string | null,
  /** Whether they have read it. */
  is_read: boolean,
  /** When. */
  created_at: Instant | null, };
/** The organization as its customer sees it. */
export type ViewedOverview = {
  /** `organizations.id`. */
  id: number,
  /** Its name. */
  name: string,
  /** Since when. */
  since: Instant | null,
  /** What the wallet holds. */
  balance: Money | null,
  /** In which currency. */
  currency: string | null,
  /** Up to when its usage has been charged. */
  charged_until: Instant | null,
  /** Some of its people. */
  people: Array<ViewedPerson>, };
/** One of the organization's people. */
export type ViewedPerson = {
  /** `users.id`. */
  id: number,
  /** Name, or empty. */
  name: string,
  /** Address. */
  email: string, };
/** A plan on sale, without what it costs us. */
export type ViewedPlan = {
  /** Its id among its kind. */
  id: number,
  /** vps or container. */
  kind: string,
  /** Its name. */
  name: string,
  /** Processors, such as "2" or "0.50". */
  cpus: string | null,
  /** Memory. */
  memory_mb: number | null,
  /** Disk. */
  disk_gb: number | null,
  /** Price of an hour. */
  hourly_rate: Rate | null,
  /** The most that a month costs. */
  monthly_rate: Money | null, };
/** A server as its customer sees it. */
export type ViewedServer = {
  /** `vps_instances.id`. */
  id: number,
  /** Its label. */
  label: string | null,
  /** The plan, if it is still on sale: a customer sees no other. */
  plan: string | null,
  /** Where. */
  region: string | null,
  /** Status. */
  status: string | null,
  /** Address. */
  ipv4: string | null,
  /** Address. */
  ipv6: string | null,
  /** Image. */
  image: string | null,
  /** When it was made. */
  created_at: Instant | null,
  /** When it went. */
  deleted_at: Instant | null, };
/** A conversation as the customer sees it. */
export type ViewedThread = {
  /** Oldest first. */
  messages: Array<ViewedMessage>, };
/** A ticket as its customer sees it. */
export type ViewedTicket = {
  /** `tickets.id`. */
  id: number,
  /** Its number. */
  number: string | null,
  /** Subject. */
  subject: string,
  /** Status. */
  status: string,
  /** Priority. */
  priority: string,
  /** Category. */
  category: string | null,
  /** When it was opened. */
  created_at: Instant | null,
  /** When something last happened. */
  updated_at: Instant | null, };
/** A movement of money as its customer sees it: without our reasons and keys. */
export type ViewedTransaction = {
  /** `transactions.id`. */
  id: number,
  /** deposit, charge, refund or adjustment. */
  kind: string | null,
  /** The change of the wallet. */
  amount: Money | null,
  /** Status. */
  status: string,
  /** How it was paid. */
  payment_method: string | null,
  /** The payment's number elsewhere. */
  payment_id: string | null,
  /** When. */
  created_at: Instant | null, };
/** A view that is open. */
export type Viewing = {
  /** Whose customer the session looks as. */
  organization_id: number,
  /** Its name. */
  organization: string,
  /** Since when. */
  since: Instant,
  /** When it ends by itself. */
  until: Instant,
  /** Why, as the log has it. */
  reason: string,
  /** The ticket that it is for. */
  ticket_number: string | null, };
/** What an organization's wallet holds. */
export type WalletFacts = {
  /** Its balance. */
  balance: Money | null,
  /** What may be ordered for: less what is due and held. */
  orderable: Money | null, };
/** What each role may do with it. */
export type WhoSees = {
  /** By role. */
  rows: Array<Onlooker>, };
/** Asks who can see a row. */
export type WhoSeesRequest = {
  /** What kind of row. */
  kind: RowKind,
  /** Its id. */
  id: number, };
/** Where a copy of the key is. */
export type WorkspaceKeyMade = {
  /** The file, if one was written. */
  path: string | null, };
/** Whether this desk has the workspace's key. */
export type WorkspaceKeyState = "not_made" | "missing" | "wrong" | "locked" | "held";

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
  "sign_in.give_code": { request: CodeRequest; answer: AppState };
  "sign_in.choose_password": { request: PasswordRequest; answer: AppState };
  "sign_in.begin_factor": { request: Empty; answer: FactorOffer };
  "sign_in.finish_factor": { request: CodeRequest; answer: RecoveryCodes };
  "sign_in.go_on": { request: Empty; answer: AppState };
  "sign_in.abandon": { request: Empty; answer: AppState };
  "sign_in.redeem_reset": { request: RedeemResetRequest; answer: Empty };
  "account.confirm": { request: PasswordRequest; answer: Empty };
  "account.change_password": { request: ChangePasswordRequest; answer: Empty };
  "account.security": { request: Empty; answer: Security };
  "account.begin_factor": { request: Empty; answer: FactorOffer };
  "account.finish_factor": { request: CodeRequest; answer: RecoveryCodes };
  "account.disable_factor": { request: DisableFactorRequest; answer: Empty };
  "account.new_recovery_codes": { request: Empty; answer: RecoveryCodes };
  "sessions.list": { request: SessionsRequest; answer: SessionList };
  "sessions.revoke": { request: SessionRequest; answer: Empty };
  "sessions.revoke_person": { request: GetRequest; answer: SessionsEnded };
  "users.reset_password": { request: GetRequest; answer: ResetCode };
  "users.reset_second_factor": { request: GetRequest; answer: Empty };
  "security.policy": { request: Empty; answer: SecurityPolicy };
  "security.set_policy": { request: SecurityPolicyRequest; answer: Empty };
  "api_keys.list": { request: ListRequest; answer: Page<ApiKeyRow> };
  "api_keys.create": { request: CreateApiKeyRequest; answer: CreatedApiKey };
  "api_keys.revoke": { request: GetRequest; answer: Empty };
  "api_keys.export": { request: ExportRequest; answer: ExportAnswer };
  "preferences.get": { request: Empty; answer: Preferences };
  "preferences.set": { request: Preferences; answer: Preferences };
  "shell.summary": { request: Empty; answer: ShellSummary };
  "trust.status": { request: Empty; answer: TrustStatus };
  "palette.search": { request: PaletteRequest; answer: PaletteAnswer };
  "tasks.list": { request: Empty; answer: TaskList };
  "tasks.cancel": { request: TaskRequest; answer: Empty };
  "tasks.clear": { request: Empty; answer: Empty };
  "live.poll": { request: LiveRequest; answer: LiveAnswer };
  "invoices.list": { request: ListRequest; answer: Page<InvoiceRow> };
  "invoices.get": { request: GetRequest; answer: InvoiceDetail };
  "invoices.export": { request: ExportRequest; answer: ExportAnswer };
  "invoices.save": { request: SaveInvoicesRequest; answer: SaveInvoicesAnswer };
  "invoices.cancel": { request: CancelInvoiceRequest; answer: Empty };
  "invoices.close_preview": { request: CloseRequest; answer: ClosePreviewAnswer };
  "billing.run": { request: Empty; answer: TaskStarted };
  "billing.overview": { request: Empty; answer: BillingOverview };
  "billing.runs": { request: ListRequest; answer: Page<RunRow> };
  "billing.runs_export": { request: ExportRequest; answer: ExportAnswer };
  "billing.run_detail": { request: RunRequest; answer: RunDetail };
  "billing.charges": { request: ListRequest; answer: Page<ChargeRow> };
  "billing.charges_export": { request: ExportRequest; answer: ExportAnswer };
  "billing.parked": { request: Empty; answer: ParkedList };
  "billing.resolve_parked": { request: ResolveParkedRequest; answer: Empty };
  "billing.books": { request: Empty; answer: Books };
  "billing.prove": { request: Empty; answer: TaskStarted };
  "billing.prove_changes": { request: Empty; answer: Empty };
  "billing.explain": { request: ExplainRequest; answer: Explanation };
  "notifications.list": { request: ListRequest; answer: Page<NotificationRow> };
  "notifications.mark_read": { request: MarkRequest; answer: MarkAnswer };
  "notifications.mark_all_read": { request: MarkAllRequest; answer: MarkAnswer };
  "providers.list": { request: Empty; answer: ProviderList };
  "providers.create": { request: CreateProviderRequest; answer: ProviderChecked };
  "providers.rename": { request: RenameProviderRequest; answer: Empty };
  "providers.replace_token": { request: ReplaceTokenRequest; answer: ProviderChecked };
  "providers.check": { request: GetRequest; answer: ProviderChecked };
  "providers.set_active": { request: SetProviderActiveRequest; answer: Empty };
  "providers.sync": { request: SyncProviderRequest; answer: TaskStarted };
  "hosts.create": { request: CreateHostRequest; answer: HostChecked };
  "hosts.replace": { request: ReplaceHostRequest; answer: HostChecked };
  "hosts.check": { request: CheckHostRequest; answer: HostChecked };
  "hosts.images": { request: HostRequest; answer: ImageList };
  "providers.syncs": { request: ListRequest; answer: Page<SyncRow> };
  "providers.export_syncs": { request: ExportRequest; answer: ExportAnswer };
  "providers.regions": { request: GetRequest; answer: RegionList };
  "providers.set_regions": { request: SetRegionsRequest; answer: Empty };
  "scripts.list": { request: Empty; answer: ScriptList };
  "scripts.create": { request: ScriptFields; answer: Created };
  "scripts.edit": { request: EditScriptRequest; answer: Empty };
  "scripts.remove": { request: SeenRequest; answer: Empty };
  "scripts.look_up": { request: LookUpScriptRequest; answer: LookedUpScript };
  "networking.list": { request: Empty; answer: NetworkList };
  "networking.create": { request: CreateNetworkRequest; answer: Created };
  "networking.edit": { request: EditNetworkRequest; answer: Empty };
  "networking.remove": { request: SeenRequest; answer: Empty };
  "networking.name_of": { request: AddressRequest; answer: AddressName };
  "drift.overview": { request: Empty; answer: DriftOverview };
  "drift.list": { request: ListRequest; answer: Page<DriftItem> };
  "drift.export": { request: ExportRequest; answer: ExportAnswer };
  "drift.take_over_preview": { request: TakeOverRequest; answer: TakenOver };
  "drift.take_over": { request: TakeOverRequest; answer: TakenOver };
  "margin.months": { request: Empty; answer: MarginMonths };
  "margin.list": { request: MarginRequest; answer: MarginAnswer };
  "margin.export": { request: MarginRequest; answer: ExportAnswer };
  "workspace_key.give": { request: GiveWorkspaceKeyRequest; answer: Empty };
  "workspace_key.make": { request: MakeWorkspaceKeyRequest; answer: WorkspaceKeyMade };
  "workspace_key.copy": { request: Empty; answer: WorkspaceKeyMade };
  "workspace_key.standing": { request: Empty; answer: KeyStanding };
  "workspace_key.rotate": { request: RotateKeyRequest; answer: TaskStarted };
  "workspace_key.settle": { request: SettleSecretRequest; answer: Empty };
  "invoices.issue": { request: IssueInvoiceRequest; answer: IssuedInvoice };
  "invoices.credit": { request: CreditInvoiceRequest; answer: IssuedInvoice };
  "invoices.pay": { request: PayInvoiceRequest; answer: CorrectionAnswer };
  "invoices.close": { request: CloseRequest; answer: TaskStarted };
  "themes.active": { request: Empty; answer: ActiveTheme };
  "organizations.list": { request: ListRequest; answer: Page<OrganizationRow> };
  "organizations.get": { request: GetRequest; answer: OrganizationDetail };
  "organizations.create": { request: CreateOrganizationRequest; answer: Created };
  "organizations.rename": { request: RenameOrganizationRequest; answer: Empty };
  "organizations.archive_consequences": { request: GetRequest; answer: Consequences };
  "organizations.archive": { request: ArchiveOrganizationRequest; answer: Empty };
  "organizations.restore": { request: ArchiveOrganizationRequest; answer: Empty };
  "organizations.export": { request: ExportRequest; answer: ExportAnswer };
  "users.list": { request: ListRequest; answer: Page<UserRow> };
  "users.create": { request: CreateUserRequest; answer: Created };
  "users.set_role": { request: SetRoleRequest; answer: Empty };
  "users.set_disabled": { request: SetDisabledRequest; answer: Empty };
  "users.export": { request: ExportRequest; answer: ExportAnswer };
  "servers.list": { request: ListRequest; answer: Page<ServerRow> };
  "servers.get": { request: GetRequest; answer: ServerDetail };
  "servers.stats": { request: ServerMonthRequest; answer: ServerStats };
  "servers.transfer": { request: ServerMonthRequest; answer: ServerTransfer };
  "servers.addresses": { request: GetRequest; answer: ServerAddresses };
  "servers.firewalls": { request: GetRequest; answer: ServerFirewalls };
  "servers.provider_backups": { request: GetRequest; answer: ServerBackups };
  "servers.provider_events": { request: GetRequest; answer: ServerEvents };
  "servers.timeline": { request: TimelineRequest; answer: TimelineAnswer };
  "servers.root_password": { request: GetRequest; answer: RootPassword };
  "servers.order_choices": { request: OrderChoicesRequest; answer: OrderChoices };
  "servers.order_offers": { request: OrderOffersRequest; answer: Offer };
  "servers.order_preview": { request: OrderServerRequest; answer: Preview };
  "servers.order_place": { request: OrderServerRequest; answer: IntentPlaced };
  "servers.act_preview": { request: ActOnServerRequest; answer: Preview };
  "servers.act": { request: ActOnServerRequest; answer: IntentPlaced };
  "servers.intents": { request: ListRequest; answer: Page<IntentRow> };
  "intents.get": { request: IntentRequest; answer: IntentRow };
  "intents.withdraw": { request: IntentRequest; answer: Empty };
  "servers.export": { request: ExportRequest; answer: ExportAnswer };
  "containers.list": { request: ListRequest; answer: Page<ContainerRow> };
  "containers.get": { request: ContainerRequest; answer: ContainerDetail };
  "containers.inspect": { request: ContainerRequest; answer: Inspected };
  "containers.logs": { request: LogsRequest; answer: LogPiece };
  "containers.stats": { request: StatsRequest; answer: Measured };
  "containers.order_preview": { request: OrderContainerRequest; answer: Preview };
  "containers.order": { request: OrderContainerRequest; answer: IntentPlaced };
  "containers.act_preview": { request: ActOnContainerRequest; answer: Preview };
  "containers.act": { request: ActOnContainerRequest; answer: IntentPlaced };
  "containers.record": { request: RecordContainerRequest; answer: Created };
  "containers.export": { request: ExportRequest; answer: ExportAnswer };
  "assignments.preview": { request: AssignRequest; answer: AssignedTogether };
  "assignments.assign": { request: AssignRequest; answer: AssignedTogether };
  "assignments.preview_plan": { request: ChangePlanRequest; answer: PlanChanged };
  "assignments.change_plan": { request: ChangePlanRequest; answer: PlanChanged };
  "assignments.release": { request: ResourceRequest; answer: Release };
  "assignments.undo": { request: ResourceRequest; answer: Release };
  "assignments.end": { request: ResourceRequest; answer: Release };
  "plans.list": { request: ListRequest; answer: Page<PlanRow> };
  "plans.get": { request: PlanRequest; answer: PlanDetail };
  "plans.price": { request: PriceFields; answer: PriceAnswer };
  "plans.choices": { request: PlanChoicesRequest; answer: PlanChoices };
  "plans.create": { request: CreatePlanRequest; answer: Created };
  "plans.edit": { request: EditPlanRequest; answer: Empty };
  "plans.change_price": { request: ChangePriceRequest; answer: ChangePriceAnswer };
  "plans.set_active": { request: SetPlanActiveRequest; answer: Empty };
  "plans.import_preview": { request: ImportPlansRequest; answer: ImportReport };
  "plans.import": { request: ImportPlansRequest; answer: ImportReport };
  "plans.export": { request: ExportRequest; answer: ExportAnswer };
  "transactions.list": { request: ListRequest; answer: Page<TransactionRow> };
  "transactions.deposit": { request: DepositRequest; answer: DepositAnswer };
  "transactions.adjust": { request: AdjustRequest; answer: CorrectionAnswer };
  "transactions.refund": { request: RefundRequest; answer: CorrectionAnswer };
  "transactions.settle": { request: SettleTransactionRequest; answer: SettledAnswer };
  "requests.list": { request: ListRequest; answer: Page<RequestRow> };
  "requests.decide": { request: DecideRequestRequest; answer: CorrectionAnswer };
  "transactions.export": { request: ExportRequest; answer: ExportAnswer };
  "tickets.list": { request: TicketListRequest; answer: TicketPage };
  "tickets.get": { request: GetRequest; answer: TicketDetail };
  "tickets.create": { request: CreateTicketRequest; answer: Created };
  "tickets.reply": { request: PostMessageRequest; answer: PostMessageAnswer };
  "tickets.note": { request: PostMessageRequest; answer: PostMessageAnswer };
  "tickets.update": { request: UpdateTicketRequest; answer: TicketDetail };
  "dashboard.revenue": { request: PeriodRequest; answer: RevenueAnswer };
  "dashboard.export": { request: PeriodRequest; answer: ExportAnswer };
  "dashboard.summary": { request: Empty; answer: DashboardSummary };
  "activity.list": { request: ListRequest; answer: Page<ActivityRow> };
  "activity.get": { request: GetRequest; answer: ActivityEntry };
  "activity.export": { request: ExportRequest; answer: ExportAnswer };
  "themes.list": { request: Empty; answer: ThemeList };
  "themes.activate": { request: ActivateThemeRequest; answer: Empty };
  "settings.logo": { request: Empty; answer: LogoState };
  "settings.set_logo": { request: SetLogoRequest; answer: LogoState };
  "settings.get": { request: Empty; answer: SettingsAnswer };
  "settings.change": { request: ChangeSettingsRequest; answer: SettingsChanged };
  "customer_view.start": { request: StartViewRequest; answer: CustomerView };
  "customer_view.stop": { request: Empty; answer: CustomerView };
  "customer_view.state": { request: Empty; answer: CustomerView };
  "customer_view.get": { request: ViewPartRequest; answer: Viewed };
  "customer_view.messages": { request: GetRequest; answer: ViewedThread };
  "rows.who_sees": { request: WhoSeesRequest; answer: WhoSees };
  "desks.list": { request: Empty; answer: DeskList };
  "desks.revoke": { request: RevokeDeskRequest; answer: RevokedDesk };
  "desks.invite": { request: InviteDeskRequest; answer: InvitedDesk };
  "app.open_invitation": { request: OpenInvitationRequest; answer: AppState };
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
  "sign_in.give_code": { kind: "write", tags: ["state", "organizations", "users", "servers", "transactions", "wallets", "tickets", "theme", "shell"] },
  "sign_in.choose_password": { kind: "write", tags: ["state", "organizations", "users", "servers", "transactions", "wallets", "tickets", "theme", "shell"] },
  "sign_in.begin_factor": { kind: "write", tags: [] },
  "sign_in.finish_factor": { kind: "write", tags: [] },
  "sign_in.go_on": { kind: "write", tags: ["state", "organizations", "users", "servers", "transactions", "wallets", "tickets", "theme", "shell"] },
  "sign_in.abandon": { kind: "write", tags: ["state"] },
  "sign_in.redeem_reset": { kind: "write", tags: [] },
  "account.confirm": { kind: "write", tags: [] },
  "account.change_password": { kind: "write", tags: ["sessions"] },
  "account.security": { kind: "read", tags: ["security"] },
  "account.begin_factor": { kind: "write", tags: [] },
  "account.finish_factor": { kind: "write", tags: ["security", "users"] },
  "account.disable_factor": { kind: "write", tags: ["security", "users"] },
  "account.new_recovery_codes": { kind: "write", tags: ["security"] },
  "sessions.list": { kind: "read", tags: ["sessions"] },
  "sessions.revoke": { kind: "write", tags: ["sessions"] },
  "sessions.revoke_person": { kind: "write", tags: ["sessions"] },
  "users.reset_password": { kind: "write", tags: [] },
  "users.reset_second_factor": { kind: "write", tags: ["users", "sessions"] },
  "security.policy": { kind: "read", tags: ["security"] },
  "security.set_policy": { kind: "write", tags: ["security"] },
  "api_keys.list": { kind: "read", tags: ["api_keys"] },
  "api_keys.create": { kind: "write", tags: ["api_keys"] },
  "api_keys.revoke": { kind: "write", tags: ["api_keys"] },
  "api_keys.export": { kind: "read", tags: [] },
  "preferences.get": { kind: "read", tags: ["preferences"] },
  "preferences.set": { kind: "write", tags: ["preferences"] },
  "shell.summary": { kind: "read", tags: ["shell"] },
  "trust.status": { kind: "read", tags: ["shell"] },
  "palette.search": { kind: "read", tags: ["organizations", "users", "servers", "tickets", "invoices"] },
  "tasks.list": { kind: "read", tags: ["tasks"] },
  "tasks.cancel": { kind: "write", tags: ["tasks"] },
  "tasks.clear": { kind: "write", tags: ["tasks"] },
  "live.poll": { kind: "read", tags: [] },
  "invoices.list": { kind: "read", tags: ["invoices"] },
  "invoices.get": { kind: "read", tags: ["invoices"] },
  "invoices.export": { kind: "read", tags: [] },
  "invoices.save": { kind: "read", tags: [] },
  "invoices.cancel": { kind: "write", tags: ["invoices", "organizations", "tickets"] },
  "invoices.close_preview": { kind: "read", tags: ["invoices", "billing"] },
  "billing.run": { kind: "write", tags: ["tasks", "billing"] },
  "billing.overview": { kind: "read", tags: ["billing", "wallets", "settings"] },
  "billing.runs": { kind: "read", tags: ["billing"] },
  "billing.runs_export": { kind: "read", tags: [] },
  "billing.run_detail": { kind: "read", tags: ["billing"] },
  "billing.charges": { kind: "read", tags: ["billing"] },
  "billing.charges_export": { kind: "read", tags: [] },
  "billing.parked": { kind: "read", tags: ["billing", "servers", "containers", "plans"] },
  "billing.resolve_parked": { kind: "write", tags: ["billing", "servers", "containers", "activity"] },
  "billing.books": { kind: "read", tags: ["billing"] },
  "billing.prove": { kind: "write", tags: ["tasks", "billing"] },
  "billing.prove_changes": { kind: "write", tags: [] },
  "billing.explain": { kind: "read", tags: ["billing", "transactions", "invoices", "wallets", "plans"] },
  "notifications.list": { kind: "read", tags: ["notifications"] },
  "notifications.mark_read": { kind: "write", tags: ["notifications", "shell"] },
  "notifications.mark_all_read": { kind: "write", tags: ["notifications", "shell"] },
  "providers.list": { kind: "read", tags: ["providers", "servers", "containers"] },
  "providers.create": { kind: "write", tags: ["providers"] },
  "providers.rename": { kind: "write", tags: ["providers", "servers", "containers"] },
  "providers.replace_token": { kind: "write", tags: ["providers"] },
  "providers.check": { kind: "write", tags: ["providers"] },
  "providers.set_active": { kind: "write", tags: ["providers"] },
  "providers.sync": { kind: "write", tags: ["tasks"] },
  "hosts.create": { kind: "write", tags: ["providers", "containers"] },
  "hosts.replace": { kind: "write", tags: ["providers"] },
  "hosts.check": { kind: "write", tags: ["providers"] },
  "hosts.images": { kind: "read", tags: [] },
  "providers.syncs": { kind: "read", tags: ["providers"] },
  "providers.export_syncs": { kind: "read", tags: [] },
  "providers.regions": { kind: "read", tags: [] },
  "providers.set_regions": { kind: "write", tags: ["providers", "activity"] },
  "scripts.list": { kind: "read", tags: ["providers"] },
  "scripts.create": { kind: "write", tags: ["providers", "activity"] },
  "scripts.edit": { kind: "write", tags: ["providers", "activity"] },
  "scripts.remove": { kind: "write", tags: ["providers", "activity"] },
  "scripts.look_up": { kind: "read", tags: [] },
  "networking.list": { kind: "read", tags: ["providers"] },
  "networking.create": { kind: "write", tags: ["providers", "activity"] },
  "networking.edit": { kind: "write", tags: ["providers", "activity"] },
  "networking.remove": { kind: "write", tags: ["providers", "activity"] },
  "networking.name_of": { kind: "read", tags: ["providers"] },
  "drift.overview": { kind: "read", tags: ["servers", "containers", "providers", "plans", "intents"] },
  "drift.list": { kind: "read", tags: ["servers", "containers", "providers", "plans", "intents"] },
  "drift.export": { kind: "read", tags: [] },
  "drift.take_over_preview": { kind: "read", tags: ["servers"] },
  "drift.take_over": { kind: "write", tags: ["servers", "activity"] },
  "margin.months": { kind: "read", tags: ["billing", "plans", "transactions"] },
  "margin.list": { kind: "read", tags: ["billing", "plans", "transactions"] },
  "margin.export": { kind: "read", tags: [] },
  "workspace_key.give": { kind: "write", tags: ["providers"] },
  "workspace_key.make": { kind: "write", tags: ["providers"] },
  "workspace_key.copy": { kind: "write", tags: [] },
  "workspace_key.standing": { kind: "read", tags: ["providers"] },
  "workspace_key.rotate": { kind: "write", tags: ["tasks", "providers", "desks"] },
  "workspace_key.settle": { kind: "write", tags: ["providers", "activity"] },
  "invoices.issue": { kind: "write", tags: ["invoices", "organizations"] },
  "invoices.credit": { kind: "write", tags: ["invoices", "organizations"] },
  "invoices.pay": { kind: "write", tags: ["invoices", "transactions", "wallets", "organizations", "billing"] },
  "invoices.close": { kind: "write", tags: ["tasks", "invoices", "billing", "transactions", "wallets", "organizations", "tickets"] },
  "themes.active": { kind: "read", tags: ["theme"] },
  "organizations.list": { kind: "read", tags: ["organizations", "wallets"] },
  "organizations.get": { kind: "read", tags: ["organizations", "wallets", "users", "servers", "transactions", "invoices", "tickets"] },
  "organizations.create": { kind: "write", tags: ["organizations", "wallets", "shell"] },
  "organizations.rename": { kind: "write", tags: ["organizations", "users", "servers", "transactions", "tickets"] },
  "organizations.archive_consequences": { kind: "read", tags: ["organizations", "wallets", "servers", "containers", "users", "tickets"] },
  "organizations.archive": { kind: "write", tags: ["organizations", "shell", "activity"] },
  "organizations.restore": { kind: "write", tags: ["organizations", "shell", "activity"] },
  "organizations.export": { kind: "read", tags: [] },
  "users.list": { kind: "read", tags: ["users"] },
  "users.create": { kind: "write", tags: ["users", "organizations", "shell"] },
  "users.set_role": { kind: "write", tags: ["users", "organizations", "tickets"] },
  "users.set_disabled": { kind: "write", tags: ["users", "organizations", "tickets", "activity"] },
  "users.export": { kind: "read", tags: [] },
  "servers.list": { kind: "read", tags: ["servers"] },
  "servers.get": { kind: "read", tags: ["servers", "intents", "wallets", "plans"] },
  "servers.stats": { kind: "read", tags: [] },
  "servers.transfer": { kind: "read", tags: [] },
  "servers.addresses": { kind: "read", tags: ["intents"] },
  "servers.firewalls": { kind: "read", tags: [] },
  "servers.provider_backups": { kind: "read", tags: ["intents"] },
  "servers.provider_events": { kind: "read", tags: [] },
  "servers.timeline": { kind: "read", tags: ["intents", "servers", "transactions", "tickets", "billing"] },
  "servers.root_password": { kind: "write", tags: ["activity"] },
  "servers.order_choices": { kind: "read", tags: ["plans", "providers", "wallets"] },
  "servers.order_offers": { kind: "read", tags: ["providers"] },
  "servers.order_preview": { kind: "read", tags: ["servers", "wallets", "plans", "intents"] },
  "servers.order_place": { kind: "write", tags: ["intents", "servers", "wallets", "organizations", "activity"] },
  "servers.act_preview": { kind: "read", tags: ["servers", "wallets", "plans", "intents"] },
  "servers.act": { kind: "write", tags: ["intents", "servers", "wallets", "organizations", "activity"] },
  "servers.intents": { kind: "read", tags: ["intents"] },
  "intents.get": { kind: "read", tags: ["intents"] },
  "intents.withdraw": { kind: "write", tags: ["intents", "servers", "wallets", "activity"] },
  "servers.export": { kind: "read", tags: [] },
  "containers.list": { kind: "read", tags: ["containers"] },
  "containers.get": { kind: "read", tags: ["containers", "plans", "wallets", "intents"] },
  "containers.inspect": { kind: "read", tags: ["containers"] },
  "containers.logs": { kind: "read", tags: [] },
  "containers.stats": { kind: "read", tags: [] },
  "containers.order_preview": { kind: "read", tags: ["containers", "wallets", "plans", "intents"] },
  "containers.order": { kind: "write", tags: ["intents", "containers", "wallets", "organizations", "activity", "shell"] },
  "containers.act_preview": { kind: "read", tags: ["containers", "wallets", "plans", "intents"] },
  "containers.act": { kind: "write", tags: ["intents", "containers", "wallets", "organizations", "activity"] },
  "containers.record": { kind: "write", tags: ["containers", "shell"] },
  "containers.export": { kind: "read", tags: [] },
  "assignments.preview": { kind: "read", tags: ["servers", "containers", "plans", "organizations"] },
  "assignments.assign": { kind: "write", tags: ["servers", "containers", "plans", "organizations", "tickets", "billing"] },
  "assignments.preview_plan": { kind: "read", tags: ["servers", "containers", "plans"] },
  "assignments.change_plan": { kind: "write", tags: ["servers", "containers", "plans", "organizations", "tickets", "billing"] },
  "assignments.release": { kind: "read", tags: ["servers", "containers", "billing"] },
  "assignments.undo": { kind: "write", tags: ["servers", "containers", "plans", "organizations", "tickets", "billing"] },
  "assignments.end": { kind: "write", tags: ["servers", "containers", "plans", "organizations", "tickets", "billing"] },
  "plans.list": { kind: "read", tags: ["plans"] },
  "plans.get": { kind: "read", tags: ["plans"] },
  "plans.price": { kind: "read", tags: [] },
  "plans.choices": { kind: "read", tags: ["plans"] },
  "plans.create": { kind: "write", tags: ["plans"] },
  "plans.edit": { kind: "write", tags: ["plans", "servers", "containers"] },
  "plans.change_price": { kind: "write", tags: ["plans", "servers", "containers"] },
  "plans.set_active": { kind: "write", tags: ["plans"] },
  "plans.import_preview": { kind: "read", tags: ["plans"] },
  "plans.import": { kind: "write", tags: ["plans", "servers"] },
  "plans.export": { kind: "read", tags: [] },
  "transactions.list": { kind: "read", tags: ["transactions"] },
  "transactions.deposit": { kind: "write", tags: ["transactions", "wallets", "organizations", "tickets", "invoices", "billing"] },
  "transactions.adjust": { kind: "write", tags: ["transactions", "wallets", "organizations", "tickets", "invoices", "billing"] },
  "transactions.refund": { kind: "write", tags: ["transactions", "wallets", "organizations", "tickets", "invoices", "billing", "dashboard"] },
  "transactions.settle": { kind: "write", tags: ["transactions", "wallets", "organizations", "tickets", "invoices", "billing"] },
  "requests.list": { kind: "read", tags: ["transactions"] },
  "requests.decide": { kind: "write", tags: ["transactions", "wallets", "organizations", "tickets", "invoices", "billing", "dashboard"] },
  "transactions.export": { kind: "read", tags: [] },
  "tickets.list": { kind: "read", tags: ["tickets"] },
  "tickets.get": { kind: "read", tags: ["tickets", "wallets", "servers", "invoices"] },
  "tickets.create": { kind: "write", tags: ["tickets", "shell", "organizations"] },
  "tickets.reply": { kind: "write", tags: ["tickets", "shell"] },
  "tickets.note": { kind: "write", tags: ["tickets"] },
  "tickets.update": { kind: "write", tags: ["tickets", "shell"] },
  "dashboard.revenue": { kind: "read", tags: ["dashboard", "transactions", "billing", "plans"] },
  "dashboard.export": { kind: "read", tags: [] },
  "dashboard.summary": { kind: "read", tags: ["dashboard", "wallets", "transactions", "invoices", "billing", "servers", "containers", "tickets", "plans"] },
  "activity.list": { kind: "read", tags: ["activity"] },
  "activity.get": { kind: "read", tags: ["activity"] },
  "activity.export": { kind: "read", tags: [] },
  "themes.list": { kind: "read", tags: ["theme"] },
  "themes.activate": { kind: "write", tags: ["theme", "activity"] },
  "settings.logo": { kind: "read", tags: ["settings"] },
  "settings.set_logo": { kind: "write", tags: ["settings", "activity"] },
  "settings.get": { kind: "read", tags: ["settings", "wallets"] },
  "settings.change": { kind: "write", tags: ["settings", "dashboard", "activity"] },
  "customer_view.start": { kind: "write", tags: ["customer_view", "activity"] },
  "customer_view.stop": { kind: "write", tags: ["customer_view", "activity"] },
  "customer_view.state": { kind: "read", tags: ["customer_view"] },
  "customer_view.get": { kind: "read", tags: ["customer_view"] },
  "customer_view.messages": { kind: "read", tags: ["customer_view"] },
  "rows.who_sees": { kind: "read", tags: ["users", "desks"] },
  "desks.list": { kind: "read", tags: ["desks"] },
  "desks.revoke": { kind: "write", tags: ["desks", "activity"] },
  "desks.invite": { kind: "write", tags: ["desks", "activity"] },
  "app.open_invitation": { kind: "write", tags: ["state"] },
};
