/**
 * What the stream of events says and how a client keeps up with it, without a socket: messages in, decisions out.
 */

export interface LiveMessage {
  readonly seq: number;
  readonly type: string;
  readonly at: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export type Connection = 'idle' | 'connecting' | 'live' | 'waiting' | 'offline';

export interface LiveState {
  readonly connection: Connection;
  /** The last event that was seen; asked from there again after a break. Null before the first. */
  readonly since: number | null;
  /** Tries in a row that did not come to anything. */
  readonly failures: number;
}

export const FIRST_STATE: LiveState = { connection: 'idle', since: null, failures: 0 };

export type LiveInput =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'opened' }
  | { readonly kind: 'closed'; readonly online: boolean }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'message'; readonly message: LiveMessage };

/** What is to be handed to listeners: the event, a note that something was missed, or nothing. */
export type LiveOutput = { readonly deliver: LiveMessage | null; readonly missed: boolean };

const NOTHING: LiveOutput = { deliver: null, missed: false };

export function advance(state: LiveState, input: LiveInput): [LiveState, LiveOutput] {
  switch (input.kind) {
    case 'connecting':
      return [{ ...state, connection: 'connecting' }, NOTHING];
    case 'opened':
      return [{ ...state, connection: 'live', failures: 0 }, NOTHING];
    case 'closed':
      return [{ ...state, connection: input.online ? 'waiting' : 'offline', failures: state.failures + 1 }, NOTHING];
    case 'stopped':
      return [{ ...FIRST_STATE }, NOTHING];
    case 'message': {
      const { message } = input;
      if (message.type === 'resync') {
        return [
          { ...state, since: message.seq > 0 ? message.seq : state.since },
          { deliver: null, missed: true },
        ];
      }
      // Without a number it is about the connection (a greeting, a sign of life); seen before, it was sent twice.
      const isNews = message.seq > 0 && (state.since === null || message.seq > state.since);
      const since = message.seq > 0 ? Math.max(state.since ?? 0, message.seq) : state.since;
      return [{ ...state, since }, isNews ? { deliver: message, missed: false } : NOTHING];
    }
  }
}

export function readMessage(text: unknown): LiveMessage | null {
  if (typeof text !== 'string') return null;
  try {
    const body = JSON.parse(text) as Partial<LiveMessage> | null;
    if (typeof body !== 'object' || body === null || typeof body.type !== 'string') return null;
    return {
      seq: typeof body.seq === 'number' && Number.isSafeInteger(body.seq) ? body.seq : 0,
      type: body.type,
      at: typeof body.at === 'string' ? body.at : '',
      data: typeof body.data === 'object' && body.data !== null ? body.data : {},
    };
  } catch {
    return null;
  }
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** Twice as long each time, spread out, so that a server that comes back is not met by all at the same moment. */
export function waitBefore(failures: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, failures - 1));
  return Math.round(ceiling * (0.5 + random() * 0.5));
}

export function addressOf(location: { protocol: string; host: string }, since: number | null): string {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  return `${scheme}//${location.host}/api/v1/events${since === null ? '' : `?since=${since}`}`;
}
