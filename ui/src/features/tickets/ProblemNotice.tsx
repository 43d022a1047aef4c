type ProblemNoticeProps = { problem: string | null; onDismiss: () => void };

/** Why a decision was not carried out. It stays until it is read. */
export function ProblemNotice({ problem, onDismiss }: ProblemNoticeProps) {
  if (problem === null) return null;
  return (
    <p className="notice notice-danger conversation-problem" role="alert">
      <span className="grow">{problem}</span>
      <button type="button" className="notice-close" onClick={onDismiss}>
        Dismiss
      </button>
    </p>
  );
}
