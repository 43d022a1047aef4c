import { zodResolver } from "@hookform/resolvers/zod";
import { useState } from "react";
import { Controller, useForm, useWatch } from "react-hook-form";
import * as z from "zod/mini";
import type { ApiError, TicketPriority } from "../../bindings/contract";
import type { OrganizationChoice } from "../../ipc/organizationSearch";
import { useRead, useWrite } from "../../ipc/queries";
import { landOnField } from "../../lib/formErrors";
import { OrganizationField } from "../../lib/OrganizationField";
import { FormDialog } from "../../ui/FormDialog";
import { Select, type SelectOption } from "../../ui/Select";
import { TICKET_PRIORITY } from "../../ui/status";
import { TextArea, TextField } from "../../ui/TextField";
import { showToast } from "../../ui/Toast";

const SUBJECT_CHARS_MAX = 255;
const CATEGORY_CHARS_MAX = 100;
const TEXT_CHARS_MAX = 50_000;
const NOBODY = "nobody";

const schema = z.object({
  organization_id: z
    .custom<OrganizationChoice | null>()
    .check(z.refine((choice) => choice !== null, "Choose an organization.")),
  user_id: z.string(),
  subject: z
    .string()
    .check(
      z.trim(),
      z.minLength(1, "Say in a few words what it is about."),
      z.maxLength(SUBJECT_CHARS_MAX, `Use at most ${SUBJECT_CHARS_MAX} characters.`),
    ),
  description: z
    .string()
    .check(
      z.trim(),
      z.minLength(1, "Write what the customer said."),
      z.maxLength(TEXT_CHARS_MAX, "This is too long for one message."),
    ),
  category: z
    .string()
    .check(
      z.trim(),
      z.minLength(1, "Give a category."),
      z.maxLength(CATEGORY_CHARS_MAX, `Use at most ${CATEGORY_CHARS_MAX} characters.`),
    ),
  priority: z.enum(["low", "medium", "high", "urgent"]),
});
type Values = z.infer<typeof schema>;
const FIELDS = ["organization_id", "user_id", "subject", "description", "category", "priority"] as const;

const PRIORITIES: ReadonlyArray<SelectOption<TicketPriority>> = (["urgent", "high", "medium", "low"] as const).map(
  (priority) => ({
    value: priority,
    label: TICKET_PRIORITY[priority].label,
    icon: TICKET_PRIORITY[priority].icon,
    iconClass: `fg-${TICKET_PRIORITY[priority].tone}`,
  }),
);

const CATEGORIES: ReadonlyArray<SelectOption<string>> = [
  { value: "technical", label: "Technical" },
  { value: "billing", label: "Billing", hint: "Finance can answer these too" },
  { value: "account", label: "Account" },
  { value: "general", label: "General" },
];

type NewTicketDialogProps = { disabledReason: string | null; onClose: () => void; onCreated: (id: number) => void };

/** A ticket on behalf of a customer. Mounted while it is open: its key is made then, so that it can't be opened twice. */
export function NewTicketDialog({ disabledReason, onClose, onCreated }: NewTicketDialogProps) {
  const [key] = useState(() => crypto.randomUUID());
  const [failure, setFailure] = useState<ApiError | null>(null);
  const create = useWrite("tickets.create");
  const form = useForm<Values>({
    resolver: zodResolver(schema),
    mode: "onTouched",
    defaultValues: {
      organization_id: null,
      user_id: NOBODY,
      subject: "",
      description: "",
      category: "technical",
      priority: "medium",
    },
  });
  const { errors, isDirty } = form.formState;
  const chosen = useWatch({ control: form.control, name: "organization_id" });
  const detail = useRead("organizations.get", { id: chosen?.id ?? 0 }, { enabled: chosen !== null });
  const people: ReadonlyArray<SelectOption<string>> = [
    { value: NOBODY, label: "Nobody in particular" },
    ...(chosen === null ? [] : (detail.data?.users ?? [])).map((user) => ({
      value: String(user.id),
      label: [user.first_name, user.last_name].filter(Boolean).join(" ") || user.email,
      hint: user.email,
    })),
  ];

  const submit = form.handleSubmit((values) => {
    if (values.organization_id === null) return;
    setFailure(null);
    create.mutate(
      {
        organization_id: values.organization_id.id,
        user_id: values.user_id === NOBODY ? null : Number(values.user_id),
        subject: values.subject,
        description: values.description,
        category: values.category,
        priority: values.priority,
        key,
      },
      {
        onSuccess: ({ id }) => {
          showToast({ title: "Ticket opened" });
          onCreated(id);
        },
        onError: (error) => setFailure(landOnField(error.error, FIELDS, form.setError)),
      },
    );
  });

  return (
    <FormDialog
      open
      onClose={onClose}
      title="New ticket"
      submitLabel="Open ticket"
      onSubmit={(event) => void submit(event)}
      pending={create.isPending}
      dirty={isDirty}
      disabledReason={disabledReason}
      failure={failure === null ? null : { title: "The ticket was not opened", error: failure }}
    >
      <Controller
        control={form.control}
        name="organization_id"
        render={({ field }) => (
          <OrganizationField
            value={field.value}
            onChange={(choice) => {
              field.onChange(choice);
              form.setValue("user_id", NOBODY);
            }}
            error={errors.organization_id?.message}
          />
        )}
      />
      <Controller
        control={form.control}
        name="user_id"
        render={({ field }) => (
          <Select
            label="On behalf of"
            value={field.value}
            onChange={field.onChange}
            options={people}
            help={chosen === null ? "Choose the organization first." : undefined}
          />
        )}
      />
      <TextField
        label="Subject"
        maxLength={SUBJECT_CHARS_MAX}
        {...form.register("subject")}
        error={errors.subject?.message}
      />
      <TextArea
        label="What the customer said"
        rows={5}
        {...form.register("description")}
        error={errors.description?.message}
        help="The customer sees it as the ticket's first message. Markdown works."
      />
      <div className="form-row">
        <Controller
          control={form.control}
          name="category"
          render={({ field }) => (
            <Select
              label="Category"
              value={field.value}
              onChange={field.onChange}
              options={CATEGORIES}
              error={errors.category?.message}
            />
          )}
        />
        <Controller
          control={form.control}
          name="priority"
          render={({ field }) => (
            <Select label="Priority" value={field.value} onChange={field.onChange} options={PRIORITIES} />
          )}
        />
      </div>
    </FormDialog>
  );
}
