/** How the bundles of this project treat Node's own modules and the serial add-on. */
import { builtinModules } from 'node:module';
import type { Plugin } from 'esbuild';

/**
 * Node's own modules, fetched without `import` and `require`. An `import` reads every export of such a module at once,
 * and of `node:http` that loads a whole HTTP client for its sake (20 ms); `require` does not exist in a module. In a bundle
 * of several files what is imported later has a default export alone: sources take that one.
 */
export const builtinModulesPlugin: Plugin = {
  name: 'builtin modules',
  setup(bundler) {
    const filter = new RegExp(`^(node:)?(${builtinModules.join('|')})$`);
    bundler.onResolve({ filter }, ({ path }) => ({ path: `node:${path.replace(/^node:/, '')}`, namespace: 'builtin' }));
    // A stream's debug log: its package loads five modules of Node's at every start for a log that nobody reads.
    bundler.onResolve({ filter: /^debug$/ }, () => ({ path: 'debug', namespace: 'silent' }));
    bundler.onLoad({ filter: /./, namespace: 'silent' }, () => ({
      contents: 'module.exports = () => () => undefined;',
    }));
    bundler.onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = ${moduleOf(path)};`,
    }));
  },
};

/**
 * A bundle copies the properties of what it imports, and looking at those of `node:util` makes Node load worker threads, streams and
 * more for names that nobody uses. Inherited ones are not copied.
 */
function moduleOf(path: string): string {
  const own = `process.getBuiltinModule('${path}')`;
  return path === 'node:util' ? `Object.create(${own})` : own;
}

/** Name of the serial add-on beside the bundle. */
export const SERIAL_ADDON = 'serialport.node';

/** The package looks for its add-on in its own folder, which a single file does not have: it is loaded from beside it. */
export const serialAddonPlugin: Plugin = {
  name: 'serial add-on',
  setup(bundler) {
    bundler.onResolve({ filter: /^node-gyp-build$/ }, ({ path }) => ({ path, namespace: 'add-on' }));
    bundler.onLoad({ filter: /./, namespace: 'add-on' }, () => ({
      contents: `export default () => {
        const { join } = process.getBuiltinModule('node:path');
        const module = { exports: {} };
        process.dlopen(module, join(import.meta.dirname, '${SERIAL_ADDON}'));
        return module.exports;
      };`,
    }));
  },
};
