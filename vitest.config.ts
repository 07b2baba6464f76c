/** Test runner set-up: every test runs in a plain Node process, in its own fork. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Limits end what hangs; they time nothing. Workers train below normal priority, so a busy machine makes them wait.
  test: { include: ['tests/**/*.test.ts'], pool: 'forks', testTimeout: 240_000, hookTimeout: 240_000 },
});
