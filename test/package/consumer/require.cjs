// The package from a CommonJS program.
const keras = require('keras-node');

console.log(keras.ops.add([1, 2], [10, 20]).arraySync().join());
