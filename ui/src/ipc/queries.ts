import {
  type InfiniteData,
  keepPreviousData,
  MutationCache,
  QueryCache,
  QueryClient,
  type UseInfiniteQueryResult,
  type UseMutationResult,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { COMMAND_TAGS, type CommandName, type Cursor, type ErrorCode } from "../bindings/contract";
import { type AnswerOf, call, type RequestOf } from "./call";
import { callConfirmed } from "./confirmation";
import { asCallError, type CallError } from "./error";
import { noteRefreshed } from "./refreshed";
import { changesSession, madeStaleBy, tagsOfKey } from "./tags";

/** Errors that a second try may mend; the rest are answers. */
const WORTH_A_RETRY: ReadonlySet<string> = new Set(["timeout", "connection_lost"]);
const RETRIES_MAX = 1;

/** After these nobody is signed in any more, whatever the page still shows. */
const ENDS_SESSION: ReadonlySet<ErrorCode> = new Set(["not_signed_in", "session_expired", "desk_refused"]);

export function endsSession(code: ErrorCode): boolean {
  return ENDS_SESSION.has(code);
}

export function createQueryClient(): QueryClient {
  function onError(error: unknown): void {
    const code = asCallError(error)?.code;
    if (code !== undefined && endsSession(code)) void client.invalidateQueries({ queryKey: ["app.state"] });
  }
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        gcTime: 5 * 60_000,
        // The program is on this computer: being offline says nothing of whether it answers.
        networkMode: "always",
        retry: (failures, error) => failures < RETRIES_MAX && WORTH_A_RETRY.has(asCallError(error)?.code ?? ""),
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
  return client;
}

export type ReadOptions<Answer = unknown> = {
  enabled?: boolean;
  /** Reads again this often while the window is seen; null is never. It may depend on the answer. */
  refetchMs?: number | ((answer: Answer | undefined) => number | null);
  /** Shows the answer to the request before while a changed one is under way. */
  keepPrevious?: boolean;
};

/** Reads with a command. Keys come from the command's name and request, staleness from its tags. */
export function useRead<N extends CommandName>(
  name: N,
  request: RequestOf<N>,
  options: ReadOptions<AnswerOf<N>> = {},
): UseQueryResult<AnswerOf<N>, CallError> {
  return useQuery<AnswerOf<N>, CallError>({
    queryKey: [name, request],
    queryFn: () => call(name, request),
    enabled: options.enabled ?? true,
    refetchInterval: refetchInterval(options.refetchMs),
    ...(options.keepPrevious === true ? { placeholderData: keepPreviousData } : {}),
  });
}

function refetchInterval<Answer>(
  ms: ReadOptions<Answer>["refetchMs"],
): number | false | ((query: { state: { data: Answer | undefined } }) => number | false) {
  if (typeof ms !== "function") return ms ?? false;
  return (query) => ms(query.state.data) ?? false;
}

/**
 * Reads a list window by window. `requestAfter` makes the request for the window after a position (null for the first);
 * `nextOf` finds the next position in an answer, or null at the end.
 */
export function useReadPages<N extends CommandName>(
  name: N,
  requestAfter: (after: Cursor | null) => RequestOf<N>,
  nextOf: (answer: AnswerOf<N>) => Cursor | null,
  options: Pick<ReadOptions, "enabled" | "keepPrevious"> = {},
): UseInfiniteQueryResult<InfiniteData<AnswerOf<N>, Cursor | null>, CallError> {
  return useInfiniteQuery<
    AnswerOf<N>,
    CallError,
    InfiniteData<AnswerOf<N>, Cursor | null>,
    ReadonlyArray<unknown>,
    Cursor | null
  >({
    queryKey: [name, "pages", requestAfter(null)],
    queryFn: ({ pageParam }) => call(name, requestAfter(pageParam)),
    initialPageParam: null,
    getNextPageParam: nextOf,
    enabled: options.enabled ?? true,
    ...(options.keepPrevious === true ? { placeholderData: keepPreviousData } : {}),
  });
}

/** Puts an answer that a write brought along into the cache, as if it had been read. */
export function useRemember(): <N extends CommandName>(name: N, request: RequestOf<N>, answer: AnswerOf<N>) => void {
  const client = useQueryClient();
  return (name, request, answer) => {
    client.setQueryData([name, request], answer);
  };
}

/** Marks stale what a write that was done outside a component has changed. */
export async function refreshAfter(client: QueryClient, write: CommandName): Promise<void> {
  noteRefreshed(COMMAND_TAGS[write].tags);
  await client.invalidateQueries({ predicate: madeStaleBy(write) });
  if (changesSession(write)) {
    await client.resetQueries({ predicate: (query) => !tagsOfKey(query.queryKey).includes("state") });
  }
}

/** Changes with a command, then reads again what its tags say has changed. */
export function useWrite<N extends CommandName>(name: N): UseMutationResult<AnswerOf<N>, CallError, RequestOf<N>> {
  const client = useQueryClient();
  return useMutation<AnswerOf<N>, CallError, RequestOf<N>>({
    mutationFn: (request) => callConfirmed(name, request),
    onSuccess: () => refreshAfter(client, name),
  });
}
