import { expect } from 'chai';
import {
  CustomObjectScope, custom_object_scope, get_custom_objects, get_registered_name, get_registered_object,
  getExportedObject, getExportedPath, getExportsOf, isClass, kerasExport, listExports, register_keras_serializable,
} from '../../src/saving/registration.js';

class Configurable {
  get_config(): object {
    return {};
  }
}

class Bare {
  readonly option = 1;
}
function scale(): void {}
const pause = (): Promise<void> => new Promise((resolve) => {
  setImmediate(resolve);
});

describe('saving/registration', () => {
  afterEach(() => {
    const objects = get_custom_objects();
    for (const key of Object.keys(objects)) delete objects[key];
  });

  describe('kerasExport', () => {
    it('gives a class its public path and aliases', () => {
      class Exported extends Configurable {}
      kerasExport(Exported, 'keras.testing.Exported', 'keras.testing.alias.Exported');
      expect(getExportedPath(Exported)).to.equal('keras.testing.Exported');
      expect(getExportedObject('keras.testing.alias.Exported')).to.equal(Exported);
      expect(getExportsOf('keras.testing').get('Exported')).to.equal(Exported);
      expect(listExports().find(({ target }) => target === Exported)!.paths).to.have.length(2);
    });

    it('names the class by its path, whatever a bundler made of the name', () => {
      class Renamed2 extends Configurable {}
      kerasExport(Renamed2, 'keras.testing.Renamed', 'keras.testing.alias.Other');
      expect(Renamed2.name).to.equal('Renamed');
    });

    it('refuses a path that is taken, or is none', () => {
      class First extends Configurable {}
      class Second extends Configurable {}
      kerasExport(First, 'keras.testing.First');
      expect(() => kerasExport(Second, 'keras.testing.First')).to.throw(/taken by First; Second wants it/);
      expect(() => kerasExport(Second, 'testing.Second')).to.throw(/looks like keras.layers.Dense/);
      expect(() => kerasExport(Second)).to.throw(/at least one path/);
    });
  });

  describe('register_keras_serializable', () => {
    it('registers under package and name, and returns its argument', () => {
      class Mine extends Configurable {}
      expect(register_keras_serializable('my_package')(Mine)).to.equal(Mine);
      expect(get_registered_name(Mine)).to.equal('my_package>Mine');
      expect(get_registered_object('my_package>Mine')).to.equal(Mine);
      register_keras_serializable({ package: 'other', name: 'Named' })(Mine);
      expect(get_registered_name(Mine)).to.equal('other>Named');
      register_keras_serializable()(scale);
      expect(get_registered_name(scale)).to.equal('Custom>scale');
    });

    it('works as a decorator', () => {
      const decorate = register_keras_serializable('my_package', 'Decorated');
      const Decorated = decorate(class extends Configurable {});
      expect(get_registered_object('my_package>Decorated')).to.equal(Decorated);
    });

    it('refuses classes without get_config, nameless functions and unknown options', () => {
      expect(() => register_keras_serializable('p')(Bare)).to.throw(/class Bare has no get_config/);
      expect(() => register_keras_serializable('p')((() => () => {})())).to.throw(/no name of its own/);
      expect(() => register_keras_serializable({ pakage: 'p' } as object)).to.throw(/unknown option 'pakage'/);
    });

    it('leaves unregistered things their own names', () => {
      expect(get_registered_name(Configurable)).to.equal('Configurable');
      expect(get_registered_object('nothing')).to.equal(null);
    });
  });

  describe('get_registered_object', () => {
    it('looks into custom_objects, then module_objects', () => {
      expect(get_registered_object('a', { a: 1 }, { a: 2 })).to.equal(1);
      expect(get_registered_object('a', null, { a: 2 })).to.equal(2);
      expect(get_registered_object('toString', {}, {})).to.equal(null);
    });
  });

  describe('custom_object_scope', () => {
    it('holds inside, nests, and ends', () => {
      custom_object_scope({ a: 1, b: 1 }, () => {
        custom_object_scope({ a: 2 }, () => {
          expect(get_registered_object('a')).to.equal(2);
          expect(get_registered_object('b')).to.equal(1);
        });
        expect(get_registered_object('a')).to.equal(1);
      });
      expect(get_registered_object('a')).to.equal(null);
      expect(() => custom_object_scope({ a: 1 }, () => {
        throw new Error('inside');
      })).to.throw('inside');
      expect(get_registered_object('a')).to.equal(null);
    });

    it('holds across awaits, and only there', async () => {
      const inside = custom_object_scope({ a: 1 }, async () => {
        await pause();
        return get_registered_object('a');
      });
      expect(get_registered_object('a')).to.equal(null);
      expect(await inside).to.equal(1);
    });

    it('can be opened with using', () => {
      {
        using scope = new CustomObjectScope({ a: 1 });
        expect(get_registered_object('a')).to.equal(scope.custom_objects.a);
      }
      expect(get_registered_object('a')).to.equal(null);
    });
  });

  it('tells classes from functions', () => {
    expect(isClass(Configurable)).to.equal(true);
    expect(isClass(() => {})).to.equal(false);
    expect(isClass({})).to.equal(false);
  });
});
