/** `keras-node doctor` */
import { homedir } from 'node:os';
import type { DoctorReport, Problem } from '../../setup/doctor.js';
import { interruptible } from '../../setup/interrupt.js';
import { megabytes } from '../../setup/reporter.js';
import type { RegisterCommand } from '../program.js';

export const registerDoctor: RegisterCommand = (program, context) => {
  program
    .command('doctor')
    .description('say what is in use and what is missing, and how to mend it')
    .option('--json', 'print the findings as JSON')
    .action(async (flags: { json?: true }) => {
      const { diagnose } = await import('../../setup/doctor.js');
      const report = await interruptible(diagnose);
      console.log(flags.json ? JSON.stringify(report, null, 2) : render(report));
      if (!report.backend.works) context.exitCode = 1;
    });
};

const WIDTH = 15;

/** The report as a person reads it. */
function render(report: DoctorReport): string {
  const lines = [
    `keras-node ${report.package}`,
    '',
    row('Node', `${report.node.version}, ${report.platform}`, report.node.supported),
    row('Backend', backendText(report), report.backend.works),
    ...report.libraries.map((library) =>
      row(
        'TensorFlow',
        `${library.version} (${library.kind}), ${megabytes(library.bytes)}, ${shorten(library.folder)}`,
        library.damaged === undefined,
      ),
    ),
    bindingRow(report),
    row('NVIDIA driver', driverText(report)),
    ...Object.entries(report.cuda).map(([name, path]) =>
      row(`  ${name}`, path === null ? 'missing' : shorten(path), path !== null),
    ),
    row('Compiler', report.compiler?.version ?? 'none on PATH'),
    row('pip', report.pip === undefined ? 'none on PATH' : `${report.pip.version} of ${report.pip.python}`),
    row('Cache', shorten(report.cache)),
    '',
  ];
  if (report.problems.length === 0) lines.push('All is well.');
  else lines.push('To mend:', ...numbered(report.problems));
  if (report.advice.length > 0) lines.push('', 'Could be better:', ...numbered(report.advice));
  return lines.join('\n');
}

/** One line; with a tick or a cross where something can be right or wrong. */
function row(title: string, text: string, ok?: boolean): string {
  const mark = ok === undefined ? ' ' : ok ? '✓' : '✗';
  return `${mark} ${title.padEnd(WIDTH)} ${text}`;
}

function backendText({ backend: { name, chosenBy, fallback } }: DoctorReport): string {
  const why = chosenBy === 'default' ? 'the default' : `chosen by ${shorten(chosenBy)}`;
  const meanwhile = fallback === undefined ? '' : `; until it works, ${fallback} is used`;
  return `${name} (${why}${meanwhile})`;
}

function bindingRow({ binding }: DoctorReport): string {
  if (binding === undefined) return row('Binding', 'not set up', false);
  const file = shorten(binding.file);
  if (binding.failed !== undefined) return row('Binding', `${file} does not load: ${binding.failed}`, false);
  const devices = binding.devices!.map(({ name }) => name.replace(/^.*device:/, '')).join(', ');
  const seconds = (binding.milliseconds! / 1000).toFixed(1);
  return row('Binding', `loads in ${seconds} s, TensorFlow ${binding.version}, devices ${devices}`, true);
}

function driverText({ nvidiaDriver: driver }: DoctorReport): string {
  if (driver === undefined) return 'none';
  return driver.version === undefined ? `present (${driver.found})` : driver.version;
}

function numbered(problems: readonly Problem[]): string[] {
  return problems.flatMap(({ what, command }, index) => [`  ${index + 1}. ${what}`, `     ${command}`]);
}

function shorten(path: string): string {
  const home = homedir();
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
