import { lazy, Suspense } from "react";

const Rendered = lazy(async () => ({ default: (await import("./MarkdownRendered")).MarkdownRendered }));

type MarkdownProps = { text: string; onLink: (url: string) => void };

/** Untrusted text with Markdown. Its renderer is large and comes when first needed; until then the plain text stands. */
export function Markdown({ text, onLink }: MarkdownProps) {
  return (
    <Suspense fallback={<p className="markdown-plain">{text}</p>}>
      <Rendered text={text} onLink={onLink} />
    </Suspense>
  );
}
