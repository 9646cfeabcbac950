/** Which devices compute: one for each process. */
import { activeBackend } from '../engine/context.js';
import { kerasExport } from '../saving/registration.js';
import { ArgumentError } from '../utils/checks.js';

const TYPES = ['cpu', 'gpu', 'tpu'] as const;
export type DeviceType = (typeof TYPES)[number];

/**
 * The devices of all processes, as `gpu:0`, `gpu:1` or `cpu:0`: one for each, with which it computes. Never a mix of
 * types. Source: keras.distribution.list_devices.
 *
 * @param device_type 'cpu', 'gpu' or 'tpu'; default the type that computes. Of another type there are none.
 * @throws ArgumentError for another word
 * @example
 * keras.distribution.list_devices().length; // 1, for a process that is alone
 */
export function list_devices(device_type: DeviceType | null = null): string[] {
  if (device_type !== null && !TYPES.includes(device_type)) {
    throw new ArgumentError(`list_devices: the argument 'device_type' must be one of ${TYPES.join(', ')} or null, received ` +
      `${JSON.stringify(device_type)}.`);
  }
  const { device, group } = activeBackend();
  const type = device.split(':')[0].toLowerCase();
  if (device_type !== null && device_type !== type) return [];
  return Array.from({ length: group?.size ?? 1 }, (_, i) => `${type}:${i}`);
}

/**
 * How many devices `list_devices` gives. Source: keras.distribution.get_device_count.
 *
 * @example
 * keras.distribution.get_device_count('tpu'); // 0
 */
export function get_device_count(device_type: DeviceType | null = null): number {
  return list_devices(device_type).length;
}

kerasExport(list_devices, 'keras.distribution.list_devices');
kerasExport(get_device_count, 'keras.distribution.get_device_count');
