/** The linear algebra of keras.ops. */
export * from './norm.js';
