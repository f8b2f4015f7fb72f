/**
 * Lets pictures load a few at a time, the nearest to the reader first, and none while the page flies by.
 *
 * The browser would start them all in the order in which they appeared, so that after a long fling the last ones, which
 * are looked at, would wait for all that nobody sees any more.
 */

export interface ImageRequest {
  /** Smaller is sooner; asked again each time a place becomes free. */
  readonly urgency: () => number;
  readonly url: string;
  /** True when the picture can be shown, false when it could not be fetched. Not called after a cancel. */
  readonly done: (loaded: boolean) => void;
}

/** Fetches one picture into the browser's cache and decodes it; the returned function stops that. */
export type FetchImage = (url: string, done: (loaded: boolean) => void) => () => void;

export const fetchImage: FetchImage = (url, done) => {
  const image = new Image();
  let stopped = false;
  image.decoding = 'async';
  image.onload = () => {
    // Decoding ahead keeps it out of the frame in which the picture appears; a browser may decline, which is no harm.
    image.decode().then(
      () => !stopped && done(true),
      () => !stopped && done(true),
    );
  };
  image.onerror = () => !stopped && done(false);
  image.src = url;
  return () => {
    stopped = true;
    image.onload = null;
    image.onerror = null;
    image.src = '';
  };
};

export class ImageQueue {
  private readonly waiting = new Set<ImageRequest>();
  private readonly running = new Map<ImageRequest, () => void>();
  private readonly seen = new Set<string>();
  private held = false;

  constructor(
    private readonly fetch: FetchImage = fetchImage,
    private readonly atOnce = 6,
    private readonly remembered = 3000,
  ) {}

  /** Whether a picture was shown before and so most likely lies in the browser's cache. */
  has(url: string): boolean {
    return this.seen.has(url);
  }

  /** Asks for a picture; the returned function takes the wish back. */
  ask(request: ImageRequest): () => void {
    this.waiting.add(request);
    this.next();
    return () => {
      this.waiting.delete(request);
      const stop = this.running.get(request);
      if (!stop) return;
      this.running.delete(request);
      stop();
      this.next();
    };
  }

  /** While held nothing new is started; what runs goes on. */
  hold(held: boolean): void {
    if (this.held === held) return;
    this.held = held;
    if (!held) this.next();
  }

  private next(): void {
    while (!this.held && this.running.size < this.atOnce && this.waiting.size > 0) {
      let best: ImageRequest | null = null;
      let least = Infinity;
      for (const request of this.waiting) {
        const urgency = request.urgency();
        if (best === null || urgency < least) {
          best = request;
          least = urgency;
        }
      }
      if (best) this.start(best);
    }
  }

  private start(request: ImageRequest): void {
    this.waiting.delete(request);
    let finished = false;
    const stop = this.fetch(request.url, (loaded) => {
      finished = true;
      this.running.delete(request);
      if (loaded) this.remember(request.url);
      request.done(loaded);
      this.next();
    });
    if (!finished) this.running.set(request, stop);
  }

  private remember(url: string): void {
    this.seen.add(url);
    if (this.seen.size > this.remembered) this.seen.delete(this.seen.values().next().value as string);
  }
}
