import { defineProject } from 'vitest/config';

const conditions = ['@worldswitch/source'];

export default defineProject({ resolve: { conditions }, ssr: { resolve: { conditions } }, test: { name: 'harness', testTimeout: 60_000, isolate: false } });
