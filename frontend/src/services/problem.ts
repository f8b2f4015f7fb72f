// What a service answers: data, or a problem that a person can be told.

export interface FieldError {
  /** JSON pointer of the member at fault, `/email`. */
  pointer: string;
  code: string;
  message: string;
}

/** A refusal in the words of the server (RFC 9457), or of the network. */
export interface Problem {
  /** Stable key: the last part of the problem's `type`, or `network`. */
  key: string;
  /** HTTP status; 0 when no answer came. */
  status: number;
  title: string;
  detail: string;
  requestId?: string;
  errors: FieldError[];
}

export type Outcome<T> = { ok: true; data: T } | { ok: false; problem: Problem };

export function done<T>(data: T): Outcome<T> {
  return { ok: true, data };
}

export function refused<T = never>(problem: Problem): Outcome<T> {
  return { ok: false, problem };
}

export const noNetwork: Problem = { key: 'network', status: 0, title: '', detail: '', errors: [] };

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Reads a problem reply; anything else of the same status becomes a problem without words. */
export function readProblem(status: number, body: unknown): Problem {
  const source = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const type = text(source.type);
  const errors = Array.isArray(source.errors) ? source.errors : [];
  return {
    key: type.slice(Math.max(type.lastIndexOf('/'), type.lastIndexOf(':')) + 1) || `status-${status}`,
    status,
    title: text(source.title),
    detail: text(source.detail),
    requestId: text(source.requestId) || undefined,
    errors: errors.map((entry: Record<string, unknown>) => ({
      pointer: text(entry.pointer),
      code: text(entry.code),
      message: text(entry.message),
    })),
  };
}

/** The message for one member of the body, `email`, if the server blamed it. */
export function fieldMessage(problem: Problem | undefined, member: string): string {
  const pointer = `/${member}`;
  return problem?.errors.find((entry) => entry.pointer === pointer || entry.pointer === `#${pointer}`)?.message ?? '';
}
