import { expect } from 'chai';
import * as keras from '../../src/index.js';

const { DataParallel, DeviceMesh, LayoutMap, ModelParallel, TensorLayout, distribute_tensor, distribution,
  get_device_count, initialize, list_devices, set_distribution } = keras.distribution;
const CPUS = ['cpu:0', 'cpu:1', 'cpu:2', 'cpu:3'];

describe('keras.distribution: devices, meshes and layouts', () => {
  afterEach(() => set_distribution(null));

  it('a process that is alone has one device', () => {
    expect(list_devices()).to.have.length(1);
    expect(get_device_count()).to.equal(1);
    expect(get_device_count('tpu')).to.equal(0);
    expect(() => list_devices('npu' as 'cpu')).to.throw(/must be one of cpu, gpu, tpu or null, received "npu"/);
  });

  it('DeviceMesh', () => {
    const mesh = new DeviceMesh({ shape: [2, 2], axis_names: ['batch', 'model'], devices: CPUS });
    expect(mesh.toString()).to.equal('<DeviceMesh shape=[2, 2], axis_names=[batch, model]>');
    expect(mesh.devices).to.deep.equal(CPUS);
    expect(() => new DeviceMesh([], [])).to.throw(/must not be empty/);
    expect(() => new DeviceMesh([2, 2], ['batch'], CPUS)).to.throw(/one name for each axis/);
    expect(() => new DeviceMesh([3], ['batch'], CPUS)).to.throw(/\[3\] is one of 3 devices, but there are 4/);
  });

  it('TensorLayout and LayoutMap', () => {
    const mesh = new DeviceMesh([2, 2], ['batch', 'model'], CPUS);
    expect(() => new TensorLayout(['data'], mesh)).to.throw(/axes batch, model, received 'data'/);
    const layout = new TensorLayout(['model', null]);
    layout.device_mesh = mesh;
    expect(() => (layout.device_mesh = mesh)).to.throw(/already/);
    const map = new LayoutMap(mesh).set('.*dense.*kernel', [null, 'model']).set('.*bias', layout);
    expect(map.get('model/dense_1/kernel')!.axes).to.deep.equal([null, 'model']);
    expect(map.get('model/dense_1/kernel')!.device_mesh).to.equal(mesh);
    expect(map.get('model/dense_1/kernel/more')).to.equal(undefined);
    expect([...map]).to.deep.equal(['.*dense.*kernel', '.*bias']);
    expect(() => map.set('.*bias', ['model'])).to.throw(/already/);
    map.set('.*dense_1.*', ['batch']);
    expect(() => map.get('dense_1/kernel')).to.throw(/'dense_1\/kernel' matches several of its keys/);
    expect(map.delete('.*dense_1.*') && map.size).to.equal(2);
  });

  it('DataParallel', () => {
    const alone = new DataParallel();
    set_distribution(alone);
    expect(distribution()).to.equal(alone);
    expect([alone.num_processes, alone.process_id, alone.num_model_replicas, alone.data_shard_id]).to.deep.equal([1, 0, 1, 0]);
    expect(alone.get_data_layout([null, 3]).axes).to.deep.equal(['batch', null]);
    expect(alone.get_variable_layout({ path: 'dense/kernel', shape: [4, 2] }).axes).to.deep.equal([null, null]);
    const two = new DataParallel({ devices: CPUS.slice(0, 2) });
    expect(() => set_distribution(two)).to.throw(/over 2 devices \(cpu:0, cpu:1\) needs as many processes.*there are 1/);
    expect(() => set_distribution('parallel' as unknown as null)).to.throw(/must be a distribution/);
  });

  it('ModelParallel says what no backend can do', () => {
    const mesh = new DeviceMesh([2, 2], ['batch', 'model'], CPUS);
    const parallel = new ModelParallel({ layout_map: new LayoutMap(mesh).set('.*kernel', [null, 'model']) });
    expect(parallel.num_model_replicas).to.equal(2);
    expect(parallel.get_variable_layout({ path: 'dense/kernel', shape: [4, 2] }).axes).to.deep.equal([null, 'model']);
    expect(parallel.get_variable_layout({ path: 'dense/bias', shape: [2] }).axes).to.deep.equal([null]);
    expect(() => set_distribution(parallel)).to.throw(/variables that are cut over devices, which no backend of keras-node has/);
    const x = keras.ops.ones([4, 2]);
    expect(() => distribute_tensor(x, new TensorLayout(['batch', null], mesh))).to.throw(/cuts the tensor over devices/);
    expect(distribute_tensor(x, new TensorLayout([null, null], mesh))).to.equal(x);
  });

  it('training under DataParallel in a process that is alone is what it is without', async () => {
    const fit = async (): Promise<unknown> => {
      keras.utils.set_random_seed(1);
      const model = new keras.Sequential([keras.Input([2]), new keras.layers.Dense(1)]);
      model.compile('sgd', 'mse');
      return (await model.fit([[1, 2], [3, 4]], [1, 2], { verbose: 0 })).history;
    };
    const expected = await fit();
    set_distribution(new DataParallel());
    expect(await fit()).to.deep.equal(expected);
  });
});

describe('keras.distribution.initialize', () => {
  const NAMES = ['KERAS_DISTRIBUTION_JOB_ADDRESSES', 'KERAS_DISTRIBUTION_NUM_PROCESSES', 'KERAS_DISTRIBUTION_PROCESS_ID', 'TF_CONFIG'];
  afterEach(() => NAMES.forEach((name) => delete process.env[name]));
  const two = '127.0.0.1:4000,127.0.0.1:4001';

  for (const [what, args, env, message] of [
    ['no addresses', {}, {}, /job_addresses is missing/],
    ['no port', { job_addresses: '127.0.0.1' }, {}, /must be 'host:port', received '127\.0\.0\.1'/],
    ['an address twice', { job_addresses: 'a:1,a:1' }, {}, /an address of its own/],
    ['another number of processes', { job_addresses: two, num_processes: 3 }, {}, /num_processes is 3, but job_addresses has 2/],
    ['no process id', { job_addresses: two }, {}, /process_id must be from 0 to 1, received undefined/],
    ['a process id too large', { job_addresses: two, process_id: 2 }, {}, /process_id must be from 0 to 1, received 2/],
    ['a variable that is no number', {}, { KERAS_DISTRIBUTION_JOB_ADDRESSES: two, KERAS_DISTRIBUTION_PROCESS_ID: 'x' }, /PROCESS_ID must be a number/],
    ['a TF_CONFIG that is no JSON', {}, { TF_CONFIG: '{' }, /TF_CONFIG must be JSON/],
    ['a TF_CONFIG without a task', {}, { TF_CONFIG: '{"cluster": {"worker": ["a:1"]}}' }, /a task of the type chief or worker/],
    ['a start that comes too late', {}, { TF_CONFIG: '{"cluster": {"chief": ["a:1"], "worker": ["b:1"]}, "task": {"type": "worker", "index": 0}}' },
      /must come first in a program: the backend '.*' has been started already/],
  ] as const) {
    it(what, () => {
      keras.backend.memory();
      Object.assign(process.env, env);
      expect(() => initialize(args)).to.throw(message);
    });
  }

  it('one process is what it is without', () => {
    expect(() => initialize('127.0.0.1:4000', 1, 0)).not.to.throw();
  });
});
