import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['e2e/**/*.test.ts', 'gallery/**/*.test.ts'],
    globalSetup: 'support/prepare.ts',
    // One browser and one server at a time: two processors carry no more, and each file has a house of its own.
    fileParallelism: false,
    pool: 'forks',
    // Far more than any of them needs: a bound for what hangs, also where a compiler has both processors.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    reporters: ['verbose', './support/closingLines.ts'],
  },
});
