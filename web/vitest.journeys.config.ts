import { defineConfig } from 'vitest/config'

const STARTING_MS = 300_000 // a first start makes the sample tenant

export default defineConfig({
  test: {
    include: ['e2e/**/*.journey.ts'],
    fileParallelism: false,
    bail: 1, // a journey goes on where the one before has ended
    testTimeout: 60_000,
    hookTimeout: STARTING_MS,
  },
})
