import { expect } from 'chai';
import { Writable } from 'node:stream';
import { createReporter, megabytes, type Sink } from '../../src/setup/reporter.js';

/** A sink that keeps what it is given; with `isTTY` it passes for a terminal of 100 columns. */
function sink(isTTY: boolean): { sink: Sink; text: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, next) {
      text += chunk.toString();
      next();
    },
  });
  return { sink: Object.assign(stream, { isTTY, columns: 100 }), text: () => text };
}

describe('setup/reporter', () => {
  it('draws a bar on a terminal', async () => {
    const out = sink(true);
    const progress = await createReporter(out.sink, out.sink).progress('Fetching', 200e6);
    progress.update(50e6);
    progress.stop(true);
    expect(out.text()).to.match(/Fetching +░+ 0% +0\.0 MB of 200 MB/);
    expect(out.text()).to.match(/Fetching +█+ 100% +200 MB of 200 MB/);
  });

  it('leaves a bar where it was when a step fails', async () => {
    const out = sink(true);
    const progress = await createReporter(out.sink, out.sink).progress('Fetching', 200e6);
    progress.stop(false);
    expect(out.text()).not.to.match(/100%/);
  });

  it('writes a line at each quarter elsewhere', async () => {
    const out = sink(false);
    const progress = await createReporter(out.sink, out.sink).progress('Fetching', 100e6);
    for (const done of [1, 24, 26, 27, 80, 100]) progress.update(done * 1e6);
    progress.stop(true);
    expect(out.text()).to.equal('Fetching (100 MB)\n  25%\n  75%\n  done\n');
  });

  it('when silenced, warns and says nothing else', async () => {
    const out = sink(false);
    const warnings = sink(false);
    const reporter = createReporter(out.sink, warnings.sink, true);
    reporter.say('a line');
    (await reporter.progress('Fetching', 100)).update(60);
    reporter.warn('careful');
    expect([out.text(), warnings.text()]).to.deep.equal(['', 'warning: careful\n']);
  });

  it('writes sizes as pip does', () => {
    expect([3.5e6, 273_829_956, 3.4e9].map(megabytes)).to.deep.equal(['3.5 MB', '274 MB', '3.4 GB']);
  });
});
