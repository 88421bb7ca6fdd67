/** Tests in three rooms: rules (parallel), real processes (few at a time), real windows (one at a time). */
import { defineConfig } from 'vitest/config';

const room = (name: string, include: string[], testTimeout: number, fileParallelism: boolean) => ({
  test: { name, include, testTimeout, hookTimeout: testTimeout, fileParallelism, pool: 'forks' as const },
});

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      room('rules', ['test/unit/**/*.test.ts', 'test/contract/**/*.test.ts'], 30_000, true),
      room('processes', ['test/integration/**/*.test.ts'], 90_000, true),
      room('windows', ['test/e2e/**/*.test.ts'], 180_000, false),
    ],
  },
});
