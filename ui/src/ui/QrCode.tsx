import "./qrCode.css";

/** Modules of quiet around the code, without which it isn't found. */
const QUIET = 4;

type QrCodeProps = { size: number; path: string; label: string };

/** A QR code: dark on white in every theme, since cameras look for that. */
export function QrCode({ size, path, label }: QrCodeProps) {
  const side = size + 2 * QUIET;
  return (
    <svg
      className="qr"
      role="img"
      aria-label={label}
      viewBox={`${-QUIET} ${-QUIET} ${side} ${side}`}
      shapeRendering="crispEdges"
    >
      <rect className="qr-paper" x={-QUIET} y={-QUIET} width={side} height={side} />
      <path className="qr-ink" d={path} />
    </svg>
  );
}
