/**
 * The training of backup-job.ts in a process that it kills. Arguments: the folder, JSON of what to do. Writes the result
 * as JSON to stdout.
 */
import { train, type Job } from './backup-job.js';

const [, , folder, job] = process.argv;
process.stdout.write(JSON.stringify(await train(folder, JSON.parse(job) as Job)));
