import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button, IconButton } from "./Button";

const SAID_MS = 1_500;

type CopyButtonProps = { text: string; label: string; iconOnly?: boolean };

/** Copies; says so on itself for a moment. */
export function CopyButton({ text, label, iconOnly = false }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [copied]);

  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  }

  if (iconOnly) {
    return <IconButton icon={copied ? Check : Copy} label={copied ? "Copied" : label} onClick={() => void copy()} />;
  }
  return (
    <Button size="sm" icon={copied ? Check : Copy} onClick={() => void copy()}>
      {copied ? "Copied" : label}
    </Button>
  );
}
