import { defineConfig } from 'vite';

/** Everything in a few files of our own: the page loads nothing from anywhere else, and no file is inlined, see its CSP. */
export default defineConfig({
  base: './',
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, sourcemap: false },
  oxc: { jsx: { runtime: 'automatic' } },
});
