// The timeline under a wheel that does not rest: how many frames a second, and what held them up.
import { pageOf } from '../lib/browser.mjs';
import { dataFolder } from '../lib/library.mjs';
import { startServer } from '../lib/subjects.mjs';
import { number } from '../lib/table.mjs';

const STEP = 400; // pixels a frame: 24,000 a second, faster than anybody looks
const SECONDS = 5;

export async function scroll({ folder, memories }) {
  const { data, account } = await dataFolder(folder, 'scroll', memories);
  const subject = await startServer('scroll', { data, folder });
  const { page, close } = await pageOf(subject, account);
  try {
    await page.waitForSelector('[data-memory]');
    const seen = await page.evaluate(
      async (step, seconds) => {
        const long = [];
        new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration))).observe({
          type: 'longtask',
        });
        const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
        for (let settle = 0; settle < 60; settle += 1) await frame();
        long.length = 0;
        const from = scrollY;
        const began = await frame();
        const gaps = [];
        let last = began;
        while (last - began < 1000 * seconds) {
          scrollBy(0, step);
          const now = await frame();
          gaps.push(now - last);
          last = now;
        }
        gaps.sort((a, b) => a - b);
        return {
          rate: (1000 * gaps.length) / (last - began),
          p99: gaps[Math.floor(gaps.length * 0.99)],
          longTasks: long.length,
          longest: Math.max(0, ...long),
          went: scrollY - from,
          tiles: document.querySelectorAll('[data-memory]').length,
        };
      },
      STEP,
      SECONDS,
    );
    if (seen.went < STEP * 10) throw new Error('the timeline did not move');
    console.log(
      `\nTimeline of ${memories} memories, ${STEP} px a frame: ${number(seen.rate, 0)} frames/s, p99 ${number(seen.p99, 0)} ms; ` +
        `${seen.longTasks} tasks above 50 ms, the longest ${number(seen.longest, 0)} ms; ${seen.tiles} tiles on the page at the end`,
    );
  } finally {
    await close();
  }
}
