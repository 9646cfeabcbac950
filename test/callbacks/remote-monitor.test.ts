/** RemoteMonitor against a server on this machine. */
import { expect } from 'chai';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as keras from '../../src/index.js';
import { notices } from '../support/capture.js';

interface Request { method?: string; url?: string; headers: IncomingHttpHeaders; body: string }

/** Runs `fn` with the address of a server, and gives what it received. */
async function received(fn: (root: string) => Promise<unknown>): Promise<Request[]> {
  const requests: Request[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      requests.push({ method: request.method, url: request.url, headers: request.headers, body });
      response.statusCode = 404;
      response.end('whatever');
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  try {
    await fn(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  }
  return requests;
}

describe('RemoteMonitor', () => {
  const { RemoteMonitor } = keras.callbacks;
  const fit = (callbacks: keras.callbacks.Callback): Promise<keras.callbacks.History> => {
    const model = new keras.Sequential([keras.Input({ shape: [1] }), new keras.layers.Dense(1, { kernel_initializer: 'zeros' })]);
    model.compile({ optimizer: new keras.optimizers.SGD(0), loss: 'mse', metrics: ['mae'] });
    return model.fit([[1], [1]], [[2], [2]], { epochs: 2, verbose: 0, callbacks });
  };

  it('sends a form with the logs of each epoch', async () => {
    const requests = await received((root) => fit(new RemoteMonitor({ root, headers: { 'X-Run': '7' } })));
    expect(requests.map(({ method, url }) => [method, url])).to.deep.equal(
      [['POST', '/publish/epoch/end/'], ['POST', '/publish/epoch/end/']]);
    expect(requests[0].headers['content-type']).to.match(/^application\/x-www-form-urlencoded/);
    expect(requests[0].headers['x-run']).to.equal('7');
    expect([...new URLSearchParams(requests[1].body).keys()]).to.deep.equal(['data']);
    expect(JSON.parse(new URLSearchParams(requests[1].body).get('data')!)).to.deep.equal({ epoch: 1, loss: 4, mae: 2 });
  });

  it('or JSON, to another path', async () => {
    const requests = await received((root) => fit(new RemoteMonitor(root, '/log', { send_as_json: true })));
    expect(requests[0].url).to.equal('/log');
    expect(requests[0].headers['content-type']).to.equal('application/json');
    expect(JSON.parse(requests[0].body)).to.deep.equal({ epoch: 0, loss: 4, mae: 2 });
  });

  it('a server that is not there is a notice', async () => {
    let root = '';
    await received((address) => Promise.resolve(root = address));
    const text = await notices(() => fit(new RemoteMonitor({ root })));
    expect(text).to.include(`RemoteMonitor could not reach ${root}`);
  });
});
