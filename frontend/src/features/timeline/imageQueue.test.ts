import { describe, expect, it, vi } from 'vitest';
import { ImageQueue, type FetchImage } from './imageQueue';

function slowFetch() {
  const started: string[] = [];
  const stopped: string[] = [];
  const finish = new Map<string, (loaded: boolean) => void>();
  const fetch: FetchImage = (url, done) => {
    started.push(url);
    finish.set(url, done);
    return () => stopped.push(url);
  };
  return { fetch, started, stopped, finish };
}

const ask = (queue: ImageQueue, url: string, urgency = 0, done = vi.fn()) => {
  const cancel = queue.ask({ url, urgency: () => urgency, done });
  return { cancel, done };
};

describe('the queue of pictures', () => {
  it('starts a few at once and the nearest of the rest when a place becomes free', () => {
    const slow = slowFetch();
    const queue = new ImageQueue(slow.fetch, 2);
    ask(queue, 'a', 1);
    ask(queue, 'b', 1);
    ask(queue, 'far', 900);
    ask(queue, 'near', 10);
    expect(slow.started).toEqual(['a', 'b']);
    slow.finish.get('a')?.(true);
    expect(slow.started).toEqual(['a', 'b', 'near']);
    expect(queue.has('a')).toBe(true);
    expect(queue.has('near')).toBe(false);
  });

  it('stops what is wished no longer and gives its place away', () => {
    const slow = slowFetch();
    const queue = new ImageQueue(slow.fetch, 1);
    const first = ask(queue, 'a');
    ask(queue, 'b');
    first.cancel();
    expect(slow.stopped).toEqual(['a']);
    expect(slow.started).toEqual(['a', 'b']);
    expect(first.done).not.toHaveBeenCalled();
  });

  it('starts nothing while the page flies by', () => {
    const slow = slowFetch();
    const queue = new ImageQueue(slow.fetch, 4);
    queue.hold(true);
    ask(queue, 'a');
    expect(slow.started).toEqual([]);
    queue.hold(false);
    expect(slow.started).toEqual(['a']);
  });

  it('tells of a picture that could not be fetched and does not remember it', () => {
    const slow = slowFetch();
    const queue = new ImageQueue(slow.fetch, 1);
    const { done } = ask(queue, 'a');
    slow.finish.get('a')?.(false);
    expect(done).toHaveBeenCalledWith(false);
    expect(queue.has('a')).toBe(false);
  });
});
