import { useState } from "react";
import { useForm } from "react-hook-form";
import type { ApiError } from "../../bindings/contract";
import { useWrite } from "../../ipc/queries";
import { useWriteReason } from "../../ipc/session";
import { landOnField } from "../../lib/formErrors";
import { FormDialog } from "../../ui/FormDialog";
import { TextArea, TextField } from "../../ui/TextField";
import { showToast } from "../../ui/Toast";

type Form = {
  container_id: string;
  name: string;
  image: string;
  status: string;
  ports: string;
  volumes: string;
  environment: string;
};

const FIELDS = ["container_id", "name", "image", "status", "ports", "volumes", "environment"] as const;
const NEEDED = (typed: string) => typed.trim() !== "" || "Fill this in.";

/** Records a container that was found or made on a host. It is nobody's until it is assigned. */
export function AddContainerDialog({ onClose }: { readonly onClose: () => void }) {
  const [failure, setFailure] = useState<ApiError | null>(null);
  const record = useWrite("containers.record");
  const reason = useWriteReason("containers");
  const form = useForm<Form>({
    mode: "onTouched",
    defaultValues: {
      container_id: "",
      name: "",
      image: "",
      status: "running",
      ports: "",
      volumes: "",
      environment: "",
    },
  });
  const { errors, isDirty } = form.formState;

  const submit = form.handleSubmit((values) => {
    setFailure(null);
    record.mutate(
      {
        container_id: values.container_id,
        name: values.name,
        image: values.image,
        status: values.status,
        ports: lines(values.ports),
        volumes: lines(values.volumes),
        environment: lines(values.environment),
      },
      {
        onSuccess: () => {
          showToast({ title: `${values.name.trim()} recorded`, description: "It is assigned to nobody yet." });
          onClose();
        },
        onError: ({ error }) => setFailure(landOnField(error, FIELDS, form.setError)),
      },
    );
  });

  return (
    <FormDialog
      open
      onClose={onClose}
      title="Add container"
      description="For a container that runs on a host already. Nothing is started or changed there."
      submitLabel="Add container"
      onSubmit={(event) => void submit(event)}
      pending={record.isPending}
      dirty={isDirty}
      disabledReason={reason}
      failure={failure === null ? null : { title: "The container was not added", error: failure }}
    >
      <div className="form-row">
        <TextField label="Name" error={errors.name?.message} {...form.register("name", { validate: NEEDED })} />
        <TextField
          label="Image"
          placeholder="nginx:1.27"
          error={errors.image?.message}
          {...form.register("image", { validate: NEEDED })}
        />
      </div>
      <div className="form-row">
        <TextField
          label="Container ID"
          help="As its host has it."
          error={errors.container_id?.message}
          {...form.register("container_id", { validate: NEEDED })}
        />
        <TextField label="Status" error={errors.status?.message} {...form.register("status", { validate: NEEDED })} />
      </div>
      <TextArea
        label="Ports"
        optional
        rows={2}
        help="One a line, host first: 8080:80"
        error={errors.ports?.message}
        {...form.register("ports")}
      />
      <TextArea
        label="Volumes"
        optional
        rows={2}
        help="One a line, host first: /srv/data:/data"
        error={errors.volumes?.message}
        {...form.register("volumes")}
      />
      <TextArea
        label="Environment"
        optional
        rows={2}
        help="One a line: NAME=value. Values are never shown again."
        error={errors.environment?.message}
        {...form.register("environment")}
      />
    </FormDialog>
  );
}

function lines(text: string): Array<string> {
  return text.split("\n").filter((line) => line.trim() !== "");
}
