// Learns XOR, saves the model, loads it again; prints what came out as JSON.
import * as keras from 'keras-node';

keras.utils.set_random_seed(7);
const x = [[0, 0], [0, 1], [1, 0], [1, 1]];
const y = [[0], [1], [1], [0]];
const model = new keras.Sequential([
  keras.Input({ shape: [2] }),
  new keras.layers.Dense(16, 'tanh'),
  new keras.layers.Dense(1, 'sigmoid'),
]);
model.compile({ optimizer: new keras.optimizers.Adam(0.1), loss: 'binary_crossentropy' });
await model.fit(x, y, { epochs: 150, batch_size: 4, verbose: 0 });
const predictions = await model.predict(x, { verbose: 0 });

await model.save('xor.keras');
const loaded = await keras.models.load_model('xor.keras');
const again = await loaded.predict(x, { verbose: 0 });
console.log(JSON.stringify({
  backend: keras.config.backend(),
  xor: Array.from(predictions.data, (probability) => Math.round(probability)),
  same: predictions.data.every((probability, i) => Math.abs(probability - again.data[i]) < 1e-6),
}));
