export * from './draws.js';
export * from './samplers.js';
export * from './trials.js';
export { SeedGenerator, type Seed, type SeedGeneratorOptions } from './seed-generator.js';
