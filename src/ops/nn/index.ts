export * from './convolution.js';
export * from './crossentropy.js';
export * from './encoding.js';
export * from './normalization.js';
export * from './pooling.js';
export * from './rectifiers.js';
export * from './smooth.js';
export * from './softmax.js';
