import { defineConfig } from 'vite';

/** The page: static files that work from any folder of any server. */
export default defineConfig({
  root: 'src/page',
  base: './',
  build: { outDir: '../../dist/page', emptyOutDir: true, target: 'es2022', modulePreload: { polyfill: false }, reportCompressedSize: false },
  worker: { format: 'es' },
});
