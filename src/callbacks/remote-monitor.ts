/** RemoteMonitor: sends the logs of each epoch to a server. */
import { stringifyJSON } from '../saving/json.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { notice } from '../utils/notice.js';
import { Callback, type Logs } from './callback.js';

export interface RemoteMonitorOptions {
  /** Address of the server. Default `http://localhost:9000`. */
  root?: string;
  /** Path there. Default `/publish/epoch/end/`. */
  path?: string;
  /** Name of the form field that holds the JSON. Default `data`. */
  field?: string;
  /** Further HTTP headers. Default null. */
  headers?: Readonly<Record<string, string>> | null;
  /** Whether the body is the JSON itself instead of a form. Default false. */
  send_as_json?: boolean;
}
const ARGUMENTS = ['root', 'path', 'field', 'headers', 'send_as_json'] as const;

/**
 * Sends `{epoch, loss, ...}` by HTTP POST when an epoch ends. A server that cannot be reached is a notice, and
 * training goes on. Source: keras.callbacks.RemoteMonitor.
 *
 * @example
 * const monitor = new keras.callbacks.RemoteMonitor({ root: 'http://localhost:9000', send_as_json: true });
 */
export class RemoteMonitor extends Callback {
  readonly root: string;
  readonly path: string;
  readonly field: string;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly send_as_json: boolean;

  constructor(...args: ConstructorArgs<RemoteMonitorOptions, typeof ARGUMENTS>) {
    super();
    const options = namedArguments<RemoteMonitorOptions>('RemoteMonitor', ARGUMENTS, args, [], ['headers']);
    this.root = options.root ?? 'http://localhost:9000';
    this.path = options.path ?? '/publish/epoch/end/';
    this.field = options.field ?? 'data';
    this.headers = options.headers ?? null;
    this.send_as_json = options.send_as_json ?? false;
  }

  override get _isForOneProcess(): boolean {
    return true;
  }

  override async on_epoch_end(epoch: number, logs: Logs = {}): Promise<void> {
    const json = stringifyJSON({ epoch, ...logs });
    const request = this.send_as_json
      ? { body: json, headers: { 'Content-Type': 'application/json', ...this.headers } }
      : { body: new URLSearchParams({ [this.field]: json }), headers: { ...this.headers } };
    try {
      const response = await fetch(this.root + this.path, { method: 'POST', ...request });
      // The connection is free again once the answer has been read.
      await response.arrayBuffer();
    } catch (cause) {
      const { cause: reason } = cause as { cause?: { message?: string } };
      notice(`RemoteMonitor could not reach ${this.root}: ${reason?.message || (cause as Error).message}`);
    }
  }
}
kerasExport(RemoteMonitor, 'keras.callbacks.RemoteMonitor');
