/** Our binding in the cache: compiled, loaded once for trial, and put in place. */
import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BINDING_FILE, compileBinding, type Compiler } from './compile.js';
import type { StepContext } from './download.js';
import { SetupError } from './errors.js';
import { sha256Of, sizeOf, writeManifest, type LibraryManifest } from './manifest.js';
import { libraryName, TENSORFLOW_VERSION, TFJS_VERSION, type RuntimeKind } from './paths.js';
import { probe } from './probe.js';
import { bindingFolder, bindingKey } from './runtime.js';
import { forgetArchive, nodeApiHeaders, tfjsBinding, type SourceOptions } from './sources.js';
import { publish, workFolder } from './workspace.js';

/** What `makeBinding` is to make. */
export interface BindingPlan extends StepContext {
  kind: RuntimeKind;
  compiler: Compiler;
  /** The libtensorflow in the cache. */
  library: LibraryManifest;
  sources: SourceOptions;
}

/**
 * Compiles the binding and puts it in the cache.
 *
 * @throws SetupError when sources are missing, the compiler fails, or the result does not load.
 */
export async function makeBinding(plan: BindingPlan): Promise<void> {
  const { kind, root, reporter, signal, compiler, library } = plan;
  const place = bindingFolder(kind, root);
  const tensorflow = join(root, libraryName(kind), 'tensorflow');

  // 1. compile, in the folder that becomes the binding's own
  const work = workFolder(root);
  const tfjs = await tfjsBinding(work, plan, plan.sources);
  const folder = join(work, 'binding');
  const output = join(folder, BINDING_FILE);
  mkdirSync(folder);
  reporter.say(`Compiling the binding with ${compiler.version} (some 15 seconds)`);
  const relativeTensorflow = relative(place, tensorflow);
  const nodeHeaders = nodeApiHeaders();
  await compileBinding({ compiler, tfjs, nodeHeaders, tensorflow, relativeTensorflow, output }, signal);

  // 2. does it load?
  const answer = await probe(output, signal);
  if ('failed' in answer) {
    throw new SetupError(
      `The binding was compiled but does not load: ${answer.failed}`,
      'TensorFlow needs glibc 2.27 or newer and, on x64, a processor with AVX; ' +
        'the wasm backend works everywhere: KERAS_BACKEND=wasm.',
      answer.details,
    );
  }

  // 3. put it in place
  const libraries = Object.entries(library.files).filter(([path]) => /^tensorflow\/[^/]+\.so/.test(path));
  writeManifest(folder, {
    format: 1,
    key: bindingKey(kind),
    kind,
    tensorflow: TENSORFLOW_VERSION,
    tfjs: TFJS_VERSION,
    arch: process.arch,
    created: new Date().toISOString(),
    compiler: compiler.version,
    binding: { file: BINDING_FILE, size: sizeOf(output), sha256: await sha256Of(output, signal) },
    library: {
      folder: libraryName(kind),
      files: Object.fromEntries(libraries.map(([path, { size }]) => [path, size])),
    },
  });
  publish(folder, place);
  forgetArchive(root);
}
