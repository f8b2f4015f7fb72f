// The counts at the end, written as node's own test runner writes them: `./memoryverse test` adds them up.
import type { Reporter, TestModule } from 'vitest/node';

export default class ClosingLines implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>): void {
    const count = { pass: 0, fail: 0, skipped: 0 };
    for (const module of modules) {
      let seen = 0;
      for (const test of module.children.allTests()) {
        seen++;
        const { state } = test.result();
        if (state === 'passed') count.pass++;
        else if (state === 'failed') count.fail++;
        else count.skipped++;
      }
      // A file that could not even be read has no test that could fail.
      if (seen === 0 && !module.ok()) count.fail++;
    }
    for (const [name, number] of Object.entries(count)) console.log(`# ${name} ${number}`);
  }
}
