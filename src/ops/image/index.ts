export * from './borders.js';
export * from './colors.js';
export { map_coordinates } from './coordinates.js';
export * from './elastic.js';
export { gaussian_blur, sobel_edges, ssim } from './filters.js';
export * from './patches.js';
export { affine_transform, perspective_transform } from './projection.js';
export * from './resize.js';
export * from './translation.js';
