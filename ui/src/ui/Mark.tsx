import type { Environment } from "../bindings/contract";

/** The business's first letter on the colour of its environment. Decoration beside its name. */
export function BusinessMark({ name, environment }: { name: string; environment: Environment }) {
  const letter = [...name.trim()][0]?.toLocaleUpperCase() ?? "·";
  return (
    <span className="profile-mark" data-environment={environment} aria-hidden>
      {letter}
    </span>
  );
}

/** The program's own mark, as on its icon: three containers, stacked. */
export function ProductMark() {
  return (
    <svg className="product-mark" viewBox="0 0 512 512" aria-hidden="true" focusable="false">
      <rect width="512" height="512" rx="112" fill="#2f49bc" />
      <path d="M256 80l160 72-160 72L96 152z" fill="#ffffff" />
      <path d="M96 152l160 72v48L96 200zM96 232l160 72v48L96 280zM96 312l160 72v48L96 360z" fill="#c3cefb" />
      <path d="M416 152l-160 72v48l160-72zM416 232l-160 72v48l160-72zM416 312l-160 72v48l160-72z" fill="#8ea2f3" />
    </svg>
  );
}
