import { ImageOff } from "lucide-react";
import { useMemo } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import rehypeSanitize from "rehype-sanitize";
import remarkGfm from "remark-gfm";

const OPENED: ReadonlySet<string> = new Set(["http:", "https:", "mailto:"]);

function parseLink(href: string | undefined): URL | null {
  try {
    const url = new URL(href ?? "");
    return OPENED.has(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

/**
 * Markdown as React elements: no HTML of the writer's, no picture is fetched, and a link says which host it leads to.
 */
export function MarkdownRendered({ text, onLink }: { text: string; onLink: (url: string) => void }) {
  const components = useMemo<Components>(
    () => ({
      a: ({ href, children }) => {
        const url = parseLink(href);
        if (url === null) return <span>{children}</span>;
        const where = url.protocol === "mailto:" ? url.pathname : url.host;
        const said = typeof children === "string" && children.includes(where);
        return (
          <a
            href={url.href}
            title={url.href}
            rel="noreferrer noopener"
            onClick={(event) => {
              event.preventDefault();
              onLink(url.href);
            }}
            onAuxClick={(event) => event.preventDefault()}
          >
            {children}
            {!said && <span className="markdown-host"> ({where})</span>}
          </a>
        );
      },
      img: ({ alt }) => (
        <span className="markdown-image">
          <ImageOff className="icon-xs" aria-hidden /> Picture not loaded{alt ? `: ${alt}` : ""}
        </span>
      ),
      input: ({ checked }) => <span aria-hidden>{checked ? "[x] " : "[ ] "}</span>,
      h1: ({ children }) => <p className="bold">{children}</p>,
      h2: ({ children }) => <p className="bold">{children}</p>,
      h3: ({ children }) => <p className="bold">{children}</p>,
      h4: ({ children }) => <p className="bold">{children}</p>,
      h5: ({ children }) => <p className="bold">{children}</p>,
      h6: ({ children }) => <p className="bold">{children}</p>,
      table: ({ children }) => (
        <div className="markdown-table">
          <table>{children}</table>
        </div>
      ),
      // A long line scrolls: with the keyboard too.
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region has to be reachable.
      pre: ({ children }) => <pre tabIndex={0}>{children}</pre>,
    }),
    [onLink],
  );

  return (
    <ReactMarkdown remarkPlugins={[remarkGfm]} rehypePlugins={[rehypeSanitize]} components={components}>
      {text}
    </ReactMarkdown>
  );
}
