import type { FactorOffer } from "../../bindings/contract";
import { QrCode } from "../../ui/QrCode";
import { Secret } from "../../ui/Secret";
import "./account.css";

/** What an authenticator program is shown: the picture, and the same as text. */
export function FactorPicture({ offer }: { offer: FactorOffer }) {
  return (
    <div className="factor-offer">
      <QrCode size={offer.qr_size} path={offer.qr_path} label="QR code for an authenticator program" />
      <div className="factor-text">
        <p>Scan this with an authenticator program, such as Aegis, 2FAS or the one of your password manager.</p>
        <p className="muted small">Without a camera, enter this key there:</p>
        <Secret label="Key" copyLabel="Copy key" value={offer.secret} />
      </div>
    </div>
  );
}

/** The codes for the day without the phone. Shown once. */
export function RecoveryCodeList({ codes }: { codes: ReadonlyArray<string> }) {
  return (
    <>
      <p>
        Keep these recovery codes somewhere safe that isn’t the phone. Each one lets you in once when the phone is lost.
        They are not shown again.
      </p>
      <Secret label="Recovery codes" copyLabel="Copy codes" value={codes.join("\n")} />
    </>
  );
}
