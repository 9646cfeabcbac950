/** Turns SIGINT, SIGTERM and SIGHUP into an abort signal: work in progress is undone before the exit. */
import { InterruptedError } from './errors.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `work` with a signal that is aborted, with an `InterruptedError`, when the process is asked to stop. A
 * second request is not answered by Node's default exit either: the clean-up takes two seconds at most.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const listeners = SIGNALS.map((name) => {
    const listener = () => controller.abort(new InterruptedError(name));
    process.on(name, listener);
    return [name, listener] as const;
  });
  try {
    return await work(controller.signal);
  } catch (error) {
    // Streams and timers wrap the reason in an AbortError of their own.
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    for (const [name, listener] of listeners) process.off(name, listener);
  }
}
