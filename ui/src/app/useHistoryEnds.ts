import { useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";

type Ends = { canGoBack: boolean; canGoForward: boolean };

/** Whether Back and Forward lead anywhere. The browser does not tell of the way forward, so it is counted here. */
export function useHistoryEnds(): Ends {
  const { history } = useRouter();
  const [ends, setEnds] = useState<Ends>({ canGoBack: history.canGoBack(), canGoForward: false });

  useEffect(() => {
    let newest = history.location.state.__TSR_index;
    return history.subscribe(({ location, action }) => {
      const index = location.state.__TSR_index;
      if (action.type === "PUSH") newest = index;
      newest = Math.max(newest, index);
      setEnds({ canGoBack: history.canGoBack(), canGoForward: index < newest });
    });
  }, [history]);

  return ends;
}
