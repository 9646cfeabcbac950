/** Switches of Keras's configuration that have one position here, or change how attention computes. */
import { kerasExport } from '../saving/registration.js';
import { ConfigError } from './config.js';

/**
 * Whether layers are modules of Flax's NNX: only on JAX. Source: keras.config.is_nnx_enabled.
 * @example
 * keras.config.is_nnx_enabled(); // false
 */
export const is_nnx_enabled = (): boolean => false;

/**
 * Whether attention prefers a fused kernel. Source: keras.config.is_flash_attention_enabled.
 * @example
 * keras.config.is_flash_attention_enabled(); // false
 */
export const is_flash_attention_enabled = (): boolean => false;

/**
 * Attention computes step by step, as it does anyway. Source: keras.config.disable_flash_attention.
 * @example
 * keras.config.disable_flash_attention();
 */
export function disable_flash_attention(): void {}

/**
 * Asks for a fused kernel of attention. Source: keras.config.enable_flash_attention.
 *
 * @throws ConfigError always: no backend has one
 * @example
 * try {
 *   keras.config.enable_flash_attention();
 * } catch (error) {
 *   error.name; // 'ConfigError'
 * }
 */
export function enable_flash_attention(): never {
  throw new ConfigError('enable_flash_attention: no backend here has a fused kernel of attention. Leave the call out: attention ' +
    'computes the same numbers without it.');
}

kerasExport(is_nnx_enabled, 'keras.config.is_nnx_enabled');
kerasExport(is_flash_attention_enabled, 'keras.config.is_flash_attention_enabled');
kerasExport(disable_flash_attention, 'keras.config.disable_flash_attention');
kerasExport(enable_flash_attention, 'keras.config.enable_flash_attention');
