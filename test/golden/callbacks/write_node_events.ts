/** Writes the trainings of tensorboard.json with keras-node's TensorBoard, one folder each: `tsx write_node_events.ts FOLDER`. */
import { trainWithBoard, tensorboardCases } from '../../support/tensorboard-training.js';
import { join } from 'node:path';

const [, , folder] = process.argv;
for (const [i, row] of tensorboardCases().entries()) await trainWithBoard(row, join(folder, String(i)));
