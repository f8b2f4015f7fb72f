import { describe, expect, it } from 'vitest';
import { isLitter } from './fileWalk';
import { entryOf, Pace, summarise, type UploadEntry } from './uploadEntry';
import { progressWords, timeLeftWords, titleOf } from './uploadWords';

const t = (key: string, values?: Record<string, unknown>) => (values ? `${key} ${JSON.stringify(values)}` : key);
const entry = (state: UploadEntry['state'], sent = 0) => ({
  ...entryOf({ file: new File(['1234567890'], 'a.jpg'), path: 'a.jpg' }, 'k', 0),
  state,
  sent,
});

describe('the sum of uploads', () => {
  it('counts what is home, what is left, and bytes of what can still arrive', () => {
    const sum = summarise([
      entry('home'),
      entry('duplicate'),
      entry('sending', 4),
      entry('waiting'),
      entry('failed'),
      entry('lost'),
    ]);
    expect(sum).toEqual({ all: 6, home: 1, duplicates: 1, failed: 1, lost: 1, left: 2, bytes: 40, bytesDone: 24 });
  });

  it('says how long it takes once it knows, and nothing before', () => {
    const pace = new Pace();
    pace.note(0, 0);
    pace.note(1000, 100);
    expect(pace.secondsFor(1000)).toBeNull();
    pace.note(4000, 400);
    expect(pace.secondsFor(1000)).toBeCloseTo(10);
  });

  it('begins to measure anew after a long silence', () => {
    const pace = new Pace();
    pace.note(0, 0);
    pace.note(4000, 400);
    pace.note(60_000, 500);
    expect(pace.secondsFor(1000)).toBeNull();
  });

  it('speaks of moments, minutes, hours and days', () => {
    expect([null, 20, 700, 7200, 400_000].map((seconds) => timeLeftWords(seconds, t))).toEqual([
      '',
      'uploads.left.moments',
      'uploads.left.minutes {"count":12}',
      'uploads.left.hours {"count":2}',
      'uploads.left.days {"count":5}',
    ]);
  });

  it('says what it waits for', () => {
    const sum = summarise([entry('home'), entry('waiting')]);
    const words = (state: { paused?: boolean; waitsForNetwork?: boolean }) =>
      progressWords(sum, { paused: false, waitsForNetwork: false, seconds: null, ...state }, t);
    expect(words({})).toBe('uploads.progress {"home":1,"all":2}');
    expect(words({ paused: true })).toContain('uploads.paused');
    expect(words({ waitsForNetwork: true })).toContain('uploads.waitsForNetwork');
  });

  it('has a title for each end of the matter', () => {
    const title = (...states: UploadEntry['state'][]) =>
      titleOf(
        summarise(states.map((state) => entry(state))),
        { paused: false, waitsForNetwork: false, seconds: null },
        t,
      );
    expect(title('home', 'waiting')).toContain('uploads.title.running');
    expect(title('home', 'duplicate')).toBe('uploads.title.done');
    expect(title('duplicate')).toBe('uploads.title.allKnown');
    expect(title('failed')).toBe('uploads.title.failed');
    expect(title('home', 'lost')).toBe('uploads.title.lost');
  });
});

describe('what lies in folders', () => {
  it('leaves the litter of systems and cameras where it is', () => {
    for (const path of [
      '.DS_Store',
      'Лето/Thumbs.db',
      '__MACOSX/a.jpg',
      'a/.hidden/b.jpg',
      '@eaDir/x.jpg',
      'desktop.ini',
    ]) {
      expect(isLitter(path), path).toBe(true);
    }
    for (const path of ['Лето/IMG_1.JPG', 'a.b/c.heic', 'thumbs.jpg']) expect(isLitter(path), path).toBe(false);
  });
});
