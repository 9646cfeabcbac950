/** What a test's code prints, and what it throws. */
import { expect } from 'chai';
import { forgetNotices } from '../../src/utils/notice.js';

type Stream = NodeJS.WriteStream & { write: (text: string) => boolean };

/** Runs `fn` and gives what it wrote to stdout or stderr; `isTTY` says what the stream pretends to be. */
export async function captured(name: 'stdout' | 'stderr', fn: () => unknown, isTTY = false): Promise<string> {
  const stream = process[name] as Stream;
  const { write, isTTY: before } = stream;
  let text = '';
  stream.write = (part: string) => {
    text += part;
    return true;
  };
  stream.isTTY = isTTY;
  try {
    await fn();
  } finally {
    stream.write = write;
    stream.isTTY = before;
  }
  return text;
}

/** The notices that `fn` prints, although KERAS_NODE_QUIET may be set, and another test may have had them. */
export async function notices(fn: () => unknown): Promise<string> {
  const quiet = process.env.KERAS_NODE_QUIET;
  delete process.env.KERAS_NODE_QUIET;
  forgetNotices();
  try {
    return await captured('stderr', fn);
  } finally {
    if (quiet !== undefined) process.env.KERAS_NODE_QUIET = quiet;
  }
}

/** The error that `fn` throws or rejects with; its message must hold all of the parts. */
export async function errorOf(fn: () => unknown, ...parts: string[]): Promise<Error> {
  let error: unknown;
  try {
    await fn();
  } catch (thrown) {
    error = thrown;
  }
  expect(error, 'no error').to.be.an('error');
  for (const part of parts) expect((error as Error).message).to.include(part);
  return error as Error;
}
