import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['e2e/**/*.test.ts', 'gallery/**/*.test.ts'],
    globalSetup: 'support/prepare.ts',
    // One browser and one server at a time: two processors carry no more, and each file has a house of its own.
    fileParallelism: false,
    pool: 'forks',
    testTimeout: 90_000,
    hookTimeout: 90_000,
    reporters: ['verbose', './support/closingLines.ts'],
  },
});
