/** keras.datasets: well-known data, fetched once and kept in Keras's folder. */
export * as boston_housing from './boston-housing.js';
export * as california_housing from './california-housing.js';
export * as cifar10 from './cifar10.js';
export * as cifar100 from './cifar100.js';
export * as fashion_mnist from './fashion-mnist.js';
export * as imdb from './imdb.js';
export * as mnist from './mnist.js';
export * as reuters from './reuters.js';
