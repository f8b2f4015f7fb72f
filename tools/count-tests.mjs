// Prints "PASSED FAILED SKIPPED" of a ctest run.
//
//   node tools/count-tests.mjs JUNIT_REPORT [FOLDER_OF_GTEST_REPORTS]
//
// Some tests of ctest are whole programs that start one server for all of their cases and write a report of them, named
// after the test. Where there is one, its cases count; a program that failed without a failed case, as by a crash, counts
// as one failure more.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [junit, folder] = process.argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0 };

function casesOf(report) {
  const found = { passed: 0, failed: 0, skipped: 0 };
  for (const suite of JSON.parse(readFileSync(report, 'utf8')).testsuites) {
    for (const test of suite.testsuite) {
      if (test.failures?.length > 0) found.failed += 1;
      else if (test.result === 'COMPLETED') found.passed += 1;
      else found.skipped += 1;
    }
  }
  return found;
}

for (const [tag] of readFileSync(junit, 'utf8').matchAll(/<testcase [^>]*>/g)) {
  const attribute = (name) => tag.match(new RegExp(` ${name}="([^"]*)"`))?.[1];
  const outcome = { run: 'passed', fail: 'failed' }[attribute('status')] ?? 'skipped';
  const report = folder ? join(folder, `${attribute('name')}.json`) : '';
  const cases = report && existsSync(report) ? casesOf(report) : { passed: 0, failed: 0, skipped: 0, [outcome]: 1 };
  if (outcome === 'failed' && cases.failed === 0) cases.failed = 1;
  for (const kind of Object.keys(total)) total[kind] += cases[kind];
}
console.log(total.passed, total.failed, total.skipped);
