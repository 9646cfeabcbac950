/** Files that layers keep beside their weights (vocabularies), in a folder of their own while they are handled. */
import {
  existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';

/** Name of the assets' folder in an archive. */
export const ASSETS = 'assets';

/** A folder in the system's temporary space, removed by `close` or at the end of a `using` block. */
export class AssetFolder implements Disposable {
  readonly #root = mkdtempSync(join(tmpdir(), 'keras-assets-'));

  /** The folder of an object, made where it does not exist. */
  make(path: string): string {
    const folder = join(this.#root, ...path.split('/'));
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** The folder of an object, if there is one. */
  get(path: string): string | undefined {
    const folder = join(this.#root, ...path.split('/'));
    return existsSync(folder) ? folder : undefined;
  }

  /** All files, by their names in an archive. */
  files(): { name: string; contents: Uint8Array }[] {
    return readdirSync(this.#root, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(this.#root, name)).isFile())
      .map((name) => ({
        name: [ASSETS, ...name.split(sep)].join('/'),
        contents: readFileSync(join(this.#root, name)),
      }));
  }

  /** Puts a file in place. `name` is a member's name in an archive, which the archive has checked. */
  add(name: string, contents: Uint8Array): void {
    const path = join(this.#root, ...name.split('/').slice(1));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
  }

  close(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
