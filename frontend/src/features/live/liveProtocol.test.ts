import { describe, expect, it } from 'vitest';
import {
  addressOf,
  advance,
  FIRST_STATE,
  readMessage,
  waitBefore,
  type LiveMessage,
  type LiveState,
} from './liveProtocol';

const message = (seq: number, type = 'memory.created'): LiveMessage => ({ seq, type, at: '', data: {} });
const after = (state: LiveState, ...messages: LiveMessage[]) =>
  messages.map((each) => {
    const [next, output] = advance(state, { kind: 'message', message: each });
    state = next;
    return [output.deliver?.seq ?? null, output.missed, next.since] as const;
  });

describe('the stream of events', () => {
  it('hands every event over once, in order, and remembers the last', () => {
    expect(after(FIRST_STATE, message(7), message(8), message(8), message(3), message(9))).toEqual([
      [7, false, 7],
      [8, false, 8],
      [null, false, 8],
      [null, false, 8],
      [9, false, 9],
    ]);
  });

  it('says that something was missed when the server asks to begin anew', () => {
    expect(after({ ...FIRST_STATE, since: 5 }, message(900, 'resync'), message(901))).toEqual([
      [null, true, 900],
      [901, false, 901],
    ]);
  });

  it('keeps its place over a break and counts what failed in a row', () => {
    let state: LiveState = { connection: 'live', since: 12, failures: 0 };
    [state] = advance(state, { kind: 'closed', online: true });
    expect(state).toEqual({ connection: 'waiting', since: 12, failures: 1 });
    [state] = advance(state, { kind: 'closed', online: false });
    expect(state).toEqual({ connection: 'offline', since: 12, failures: 2 });
    [state] = advance(state, { kind: 'opened' });
    expect(state).toEqual({ connection: 'live', since: 12, failures: 0 });
  });

  it('forgets its place when somebody signs out', () => {
    expect(advance({ connection: 'live', since: 12, failures: 0 }, { kind: 'stopped' })[0]).toEqual(FIRST_STATE);
  });

  it('waits longer each time, never all at the same moment, and not for ever', () => {
    expect([1, 2, 3, 4].map((failures) => waitBefore(failures, () => 1))).toEqual([500, 1000, 2000, 4000]);
    expect(waitBefore(3, () => 0)).toBe(1000);
    expect(waitBefore(40, () => 1)).toBe(30_000);
  });

  it('reads what is a message and leaves what is not', () => {
    expect(readMessage('{"seq":4,"type":"job.progress","at":"x","data":{"pending":2}}')).toEqual({
      seq: 4,
      type: 'job.progress',
      at: 'x',
      data: { pending: 2 },
    });
    expect(readMessage('{"type":"hello"}')).toEqual({ seq: 0, type: 'hello', at: '', data: {} });
    for (const bad of ['', 'null', '[]', '{"seq":1}', new ArrayBuffer(2)]) expect(readMessage(bad)).toBeNull();
  });

  it('asks at the address of the page, from where it stopped', () => {
    expect(addressOf({ protocol: 'https:', host: 'home.example' }, 41)).toBe(
      'wss://home.example/api/v1/events?since=41',
    );
    expect(addressOf({ protocol: 'http:', host: '127.0.0.1:3000' }, null)).toBe('ws://127.0.0.1:3000/api/v1/events');
  });
});
